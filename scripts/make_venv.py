"""Make a virtual environment, or say what this Python lacks.

Kept to words that old Pythons understand, so that they, too, give the message.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the check is what this script is for
    sys.exit(
        "Python 3.11 or newer is needed, and %s is Python %d.%d. Name another: make demo PYTHON=python3.12"  # noqa: UP031
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )

try:
    import ensurepip  # noqa: F401 - Debian packages it apart from Python
    import venv
except ImportError:
    sys.exit(
        "%s cannot make virtual environments. On Debian and Ubuntu: apt install python%d.%d-venv"  # noqa: UP031
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )

venv.create(sys.argv[1], clear=True, symlinks=True, with_pip=True)

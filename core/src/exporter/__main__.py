"""Where the command begins: `exporter`, or `python -m exporter`. What takes time is imported once Ctrl-C is obeyed in silence."""

from __future__ import annotations

import gc
import signal
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # before a run and after it, Ctrl-C ends the program without a word
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")  # they are for who writes code, not for who exports
    gc.set_threshold(100_000, 20, 100)  # what is imported stays, and a run leaves little rubbish to look for
    from exporter.cli.main import main

    try:
        main()
    finally:
        gc.freeze()  # what is left goes with the process, and need not be looked through before


if __name__ == "__main__":
    main()

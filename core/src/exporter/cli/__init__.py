"""The command line: `exporter`. Each command imports what it needs when it is called."""

"""Run the command line: ``python -m publish``."""

from publish.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

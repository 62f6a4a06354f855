"""The admin's command line: `.venv/bin/python starter.py --help`; any Python finds the environment beside it."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

OWN = Path(__file__).resolve().parent / ".venv" / "bin" / "python"

if __name__ == "__main__":
    if find_spec("cyclopts") is None:
        if not OWN.exists():
            sys.exit("先執行 make setup · run `make setup` first")
        os.execv(OWN, [str(OWN), *sys.argv])  # noqa: S606 -- our own Python, as it was called

    from cli.app import main

    main()

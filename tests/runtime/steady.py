"""A program under supervision: says that it is ready, then waits; `--fail` makes it complain and end."""

from __future__ import annotations

import sys
import time
from pathlib import Path

if "--fail" in sys.argv:
    sys.exit("the roof is missing")
Path(sys.argv[sys.argv.index("--ready") + 1]).write_text("ready\n")
time.sleep(300)

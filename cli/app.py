"""cli: the commands of `starter.py`. Every one has help in both languages; what looks at a school has --data."""

from __future__ import annotations

import os
import signal
import sys

import cli.calendar.amend
import cli.calendar.arrivals
import cli.calendar.edit
import cli.calendar.extensions
import cli.calendar.lint
import cli.calendar.mine
import cli.calendar.office
import cli.calendar.outage
import cli.calendar.propose
import cli.calendar.rehearsing
import cli.calendar.resolving
import cli.calendar.typhoon
import cli.calendar.why
import cli.clock
import cli.filing
import cli.importing
import cli.informing
import cli.items.decide
import cli.items.drafts
import cli.items.hand_in
import cli.items.look
import cli.items.proofs
import cli.items.takeout
import cli.offices
import cli.registry
import cli.rosters.cycle
import cli.rosters.people
import cli.rosters.tools
import cli.running
import cli.self_checks  # noqa: F401 -- these modules add their verbs to their groups
from cli import show
from cli.groups import app


def main() -> None:
    """Run the command line; a refusal or unreadable input ends with exit code 2 and changes nothing."""
    from cli.mishaps import refusal_of
    from rosters.documents import DocumentError

    # Asked to end, a command leaves as with Ctrl-C: what it started for itself is stopped, not left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(sys.argv[1:], result_action="return_value", exit_on_error=False, print_error=False)
    except DocumentError as error:
        code = show.unusable(str(error), [p.shown() for p in error.problems], as_json=_as_json())
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is to be said to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        code = show.refusal(refusal_of(error), as_json=_as_json())
    sys.exit(code if isinstance(code, int) else 0)


def _as_json() -> bool:
    """Whether the answer is one JSON document: with --json, and of `do` always."""
    return "--json" in sys.argv[1:] or sys.argv[1:2] == ["do"]

"""cli: the commands of `starter.py`. Every one has help in both languages; what looks at a school has --data."""

from __future__ import annotations

import os
import signal
import sys

from cyclopts import CycloptsError

import cli.calendar.amend
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
from rules.refusals import Code, Refusal, Refused


def _unreadable(error: CycloptsError) -> Refusal:
    """What the command line's reader says, as a refusal: which option, what stood there, where its help is."""
    verb = " ".join(("starter.py", *(error.command_chain or ())))
    place = error.argument.name if error.argument is not None else verb
    return Refusal(code=Code.BAD_REQUEST, place=place, found=str(error), limit=f"{verb} --help")


def main() -> None:
    """Run the command line; a refusal or unreadable input ends with exit code 2 and changes nothing."""
    from pydantic import ValidationError

    from rosters.documents import DocumentError
    from runtime.servers.parts import PartFailed
    from runtime.servers.supervisor import AlreadySupervised
    from runtime.settings import Settings, wrong_setting

    # Asked to end, a command leaves as with Ctrl-C: what it started for itself is stopped, not left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(sys.argv[1:], result_action="return_value", exit_on_error=False, print_error=False)
    except (CycloptsError, Refused) as error:
        found = error.refusal if isinstance(error, Refused) else _unreadable(error)
        code = show.refusal(found, as_json=_as_json())
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        code = show.refusal(wrong_setting(error), as_json=_as_json())
    except DocumentError as error:
        code = show.unusable(str(error), [p.shown() for p in error.problems], as_json=_as_json())
    except (PartFailed, AlreadySupervised) as error:
        code = show.unusable(str(error), [], as_json=_as_json())
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is to be said to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        # A file, a folder or a server that somebody named; what is wrong with it is the answer.
        found = Refusal(
            code=Code.FILE_UNUSABLE, place=str(error.filename or ""), found=error.strerror or type(error).__name__
        )
        code = show.refusal(found, as_json=_as_json())
    except KeyboardInterrupt:
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _as_json() -> bool:
    """Whether the answer is one JSON document: with --json, and of `do` always."""
    return "--json" in sys.argv[1:] or sys.argv[1:2] == ["do"]

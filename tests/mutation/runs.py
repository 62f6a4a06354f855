"""Runs the pure tests on one spoilt module after the other, each in a forked child that ends at the first failure.

A change inside a function is made in the running process: the function's code is exchanged, so nothing is read
again and decorated functions are spoilt like any other. A change that takes effect at import, or in a function that
ran at import, needs a fresh import in the child: nothing of this project has been imported in the process that forks.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import functools
import gc
import importlib
import importlib.machinery
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Literal, TypeVar

import pytest
from hypothesis import Phase, settings

from tests.mutation.changes import MARK, Change, Spoilt, marked
from tests.mutation.imports import ROOT, distances, test_files_naming

Verdict = Literal["killed", "alive", "unseen", "late", "server"]
"""`unseen`: no test runs the place; `late`: the tests took too long, so somebody would have noticed; `server`:
every test file that imports the module, or that names the class, needs a server, so nothing is said here."""

SCREEN = os.dup(2)
_AREAS = ("rules", "lint", "proposals", "schools", "reconcile", "rosters", "calendars", "cli", "records", "web")
TEST_FOLDERS = tuple(f"tests/{area}" for area in _AREAS)
"""Where tests are that need no server; those among them that do are left out."""
_SERVERS = {"postgres_url", "temporal_address", "server_folder"}
_SECONDS = 5.0
_SECONDS_AT_IMPORT = 10.0
_LIMIT = 30
_KILLED, _ALIVE, _FRESH = 10, 11, 12
_DIE_WITH_PARENT = 1
_FILES_FIRST = 3
_BY_RUNNING = 9
"""As far as a test stands that runs a module without importing it."""

Job = tuple[Spoilt, Change]
Told = Callable[[Change, Verdict], None]
Line = tuple[str, int]
T = TypeVar("T")


class Pure:
    """A pytest plugin: keeps the tests without servers and hands over to `then` instead of running them once."""

    def __init__(self, then: Callable[[Pure], None], *, only: Sequence[str] = ()) -> None:
        self.then = then
        self.order = {name: n for n, name in enumerate(only)}
        self.items: list[pytest.Item] = []
        self.failed = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what needs a server or is slow by itself."""
        items[:] = [
            i for i in items
            if not _SERVERS & set(getattr(i, "fixturenames", ())) and not i.get_closest_marker("slow")
            and (not self.order or i.nodeid in self.order)
        ]  # fmt: skip
        items.sort(key=lambda i: self.order.get(i.nodeid, 0))
        self.items = items

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One failure is enough."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests once."""
        self.failed = bool(session.testsfailed)
        self.then(self)
        return True

    def run(self, items: Iterable[pytest.Item]) -> bool:
        """Whether one of these tests fails; stops at the first that does."""
        self.failed = False
        for item in items:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                return True
        return False


@dataclass(slots=True)
class Seen:
    """Which lines of rules/ each test runs, and the seconds it takes with nothing remembered from another test."""

    took: dict[str, float]
    ran: dict[Line, list[str]]
    at_import: set[Line]
    libraries: list[str]
    """Modules of others that the tests import; those of hypothesis, which reads its settings late, are left out."""

    def reaching(self, change: Change) -> list[str]:
        """The tests that run the change's statement, quick ones first; none where no test runs it."""
        file = str(ROOT / change.module)
        return self._quick({name for line in change.lines for name in self.ran.get((file, line), ())})

    def importing(self, module: str) -> list[list[str]]:
        """The tests whose files import a module or that run anything of it: the nearest files, then the others."""
        path = str(ROOT / module)
        far = distances(module)
        ran = {name for (file, _), names in self.ran.items() if file == path for name in names}
        near = {n: far.get(_file(n), _BY_RUNNING if n in ran else 0) for n in self.took}
        names = self._quick({n for n, steps in near.items() if steps}, near, _SECONDS_AT_IMPORT)
        return _by_files(names, near)

    def only_servers_name(self, change: Change) -> bool:
        """Whether test files name the class or function that holds the change, and all of them need a server."""
        outer = change.where.partition(".")[0]
        naming = test_files_naming(outer) if outer else set()
        return bool(naming) and not naming & {_file(n) for n in self.took}

    def _quick(self, names: set[str], near: Mapping[str, int] | None = None, seconds: float = _SECONDS) -> list[str]:
        """As many of these tests as fit into the time that one change is given, the nearest and quickest first."""
        chosen, left = list[str](), seconds
        for name in sorted(names, key=lambda n: ((near or {}).get(n, 0), self.took[n], n)):
            left -= self.took[name]
            if left < 0 and chosen:
                break
            chosen.append(name)
        return chosen


def trace(tests: Sequence[str]) -> Seen:
    """Run each test once on rules/ with a mark at every statement. For a process that has imported nothing yet."""
    lines = set[Line]()
    seen = Seen({}, defaultdict(list), set(), [])

    def each(plugin: Pure) -> None:
        seen.at_import.update(lines)
        caches = [x for x in gc.get_objects() if isinstance(x, functools._lru_cache_wrapper) and _remembers(x)]
        for item in plugin.items:
            for cached in caches:
                cached.cache_clear()
            lines.clear()
            started = time.monotonic()
            if plugin.run([item]):
                os.write(SCREEN, f"left out, it fails without any change: {item.nodeid}\n".encode())
                continue
            seen.took[item.nodeid] = time.monotonic() - started
            for line in lines:
                seen.ran[line].append(item.nodeid)

    mark_rules(lines.add)
    if pytest_in_here(Pure(each), tests) > 1 or not seen.took:
        raise SystemExit("the tests cannot be read")
    files = ((name, getattr(module, "__file__", None) or "") for name, module in sys.modules.items())
    seen.libraries = sorted(name for name, file in files if "site-packages" in file and "hypothesis" not in name)
    return seen


def _remembers(cached: object) -> bool:
    """Whether it may keep from one test to the next what rules/ said: a later test would seem not to run them."""
    return (getattr(cached, "__module__", None) or "").startswith(("rules.", "tests.", "test_"))


def pytest_in_here(plugin: Pure, files: Sequence[str]) -> int:
    """Pytest in this process, with nothing written to disk or screen."""
    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None, deadline=None,
                              derandomize=True)  # fmt: skip
    settings.load_profile("mutants")
    options = ["-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", "--tb=no", "--no-header", "-W", "ignore"]
    return int(pytest.main([*options, *files], plugins=[plugin]))


Functions = dict[tuple[str, str, int], list[FunctionType]]


def functions_of_rules() -> Functions:
    """Every function of rules/ in this process, by file, name and first line; decorated ones too."""
    found: Functions = defaultdict(list)
    rules = str(ROOT / "rules") + os.sep
    for f in gc.get_objects():
        if type(f) is FunctionType and f.__code__.co_filename.startswith(rules):
            found[f.__code__.co_filename, f.__code__.co_qualname, f.__code__.co_firstlineno].append(f)
    return found


def exchanged(spoilt: Spoilt, change: Change, functions: Functions) -> bool:
    """Whether the spoilt function's code now runs in this process; False: it needs a fresh import."""
    assert change.function is not None
    found = [c for c in _codes(spoilt.code(change)) if (c.co_qualname, c.co_firstlineno) == change.function]
    if len(found) != 1:
        return False
    made = functions.get((str(spoilt.path), *change.function), [])
    try:
        for function in made:
            function.__code__ = found[0]
    except ValueError:
        return False
    return bool(made)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def import_spoilt(spoilt: Spoilt, change: Change) -> None:
    """From now on this process imports the spoilt module in the place of the written one."""
    code = spoilt.code(change)
    _import_by(lambda path: code if path == str(spoilt.path) else None)


def mark_rules(ran: Callable[[Line], None]) -> None:
    """From now on this process imports rules/ with marks that tell of each statement that runs in a function."""
    rules = str(ROOT / "rules") + os.sep
    vars(builtins)[MARK] = ran
    _import_by(lambda path: marked(Path(path)) if path.startswith(rules) else None)


def _import_by(code_of: Callable[[str], CodeType | None]) -> None:
    read = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        return code_of(loader.path) or read(loader, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


class Children:
    """Forked children, so many at once; each has a limit in seconds of work and dies with its parent."""

    def __init__(self, many: int) -> None:
        self.many = many
        self.running: dict[int, Callable[[int], None]] = {}

    def start(self, work: Callable[[], int], ended: Callable[[int], None]) -> None:
        """Fork a child that exits with what `work` returns; `ended` hears it."""
        while len(self.running) >= self.many:
            self.wait()
        if pid := os.fork():
            self.running[pid] = ended
            return
        try:
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            resource.setrlimit(resource.RLIMIT_CPU, (_LIMIT, _LIMIT))
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            os._exit(work())
        except BaseException:
            os._exit(_KILLED)

    def wait(self) -> None:
        """Until one child has ended."""
        pid, status = os.wait()
        self.running.pop(pid)(-1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))

    def all_ended(self) -> None:
        """Until every child has ended."""
        while self.running:
            self.wait()


def _verdict(code: int) -> Verdict:
    return "alive" if code == _ALIVE else "late" if code == -1 else "killed"


def judge_within(jobs: Iterable[Job], seen: Seen, told: Told, tests: Sequence[str], many: int) -> list[Job]:
    """Judge changes inside functions. Answers those that need a fresh import.

    Where a test file runs the place while it is read, its tests judge first: only what they let live is imported anew.
    """
    fresh: list[Job] = []

    def judge(plugin: Pure) -> None:
        items = {i.nodeid: i for i in plugin.items}
        functions = functions_of_rules()
        gc.collect()
        gc.freeze()
        children = Children(many)
        for job in jobs:
            spoilt, change = job
            early = any((str(spoilt.path), line) in seen.at_import for line in change.lines)
            names = seen.reaching(change)
            if change.function is None or (early and not names):
                fresh.append(job)
            elif not names:
                told(change, "unseen")
            else:
                work = functools.partial(_within_child, plugin, job, functions, [items[n] for n in names])
                children.start(work, functools.partial(ended, job, early))
        children.all_ended()

    def ended(job: Job, early: bool, code: int) -> None:
        if code == _FRESH or (early and code == _ALIVE):
            fresh.append(job)
        else:
            told(job[1], _verdict(code))

    pytest_in_here(Pure(judge), tests)
    return fresh


def _within_child(plugin: Pure, job: Job, functions: Functions, items: list[pytest.Item]) -> int:
    if not exchanged(*job, functions):
        return _FRESH
    return _KILLED if plugin.run(items) else _ALIVE


def in_child(work: Callable[[], T]) -> T:
    """What `work` answers in a forked child, so that nothing that it loads or remembers stays here."""
    with tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if not pid:
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            try:
                pickle.dump(work(), answer)
                answer.flush()
                os._exit(0)
            except BaseException as error:
                os.write(SCREEN, f"{error!r}\n".encode())
                os._exit(1)
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("the tests could not be run")
        answer.seek(0)
        return pickle.load(answer)


def judge_fresh(jobs: Sequence[Job], seen: Seen, told: Told, many: int) -> None:
    """Judge changes that take effect at import: first by the nearest test files, then by the others that import the module."""
    for name in seen.libraries:  # once here instead of in every child; nothing of this project is among them
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    children = Children(many)

    def stage(spoilt: Spoilt, change: Change, rest: list[list[str]]) -> None:
        def ended(code: int) -> None:
            if code == _ALIVE and len(rest) > 1:
                again.append((spoilt, change, rest[1:]))
            elif code == _ALIVE and seen.only_servers_name(change):
                told(change, "server")
            else:
                judged_by[id(change)] = rest[0]
                told(change, _verdict(code))

        children.start(lambda: _fresh_child(spoilt, change, rest[0]), ended)

    def prove(names: list[str], tries: int = 2) -> None:
        """These tests once more in a fresh process with nothing spoilt: where they fail by themselves, they prove nothing."""

        def ended(code: int) -> None:
            if code != _ALIVE:
                unproved.append((names, tries - 1))

        children.start(functools.partial(_run_fresh, names), ended)

    again: list[tuple[Spoilt, Change, list[list[str]]]] = []
    unproved: list[tuple[list[str], int]] = []
    unsound: list[list[str]] = []
    proved = set[str]()
    judged_by: dict[int, list[str]] = {}
    for spoilt, change in jobs:
        stages = seen.importing(change.module)
        if not stages:
            told(change, "server")
            continue
        if change.module not in proved:
            proved.add(change.module)
            for names in stages:
                prove(names)
        stage(spoilt, change, stages)
    while again or unproved or children.running:
        if again:
            stage(*again.pop())
        elif unproved:
            names, tries = unproved.pop()
            prove(names, tries) if tries else unsound.append(names)
        else:
            children.wait()
    for _, change in jobs:
        if judged_by.get(id(change)) in unsound:
            os.write(SCREEN, f"its tests fail without any change: {change.module}\n".encode())
            told(change, "alive")


def _by_files(names: list[str], near: Mapping[str, int]) -> list[list[str]]:
    """The tests of the few nearest files, then the others."""
    many: dict[tuple[int, str], int] = defaultdict(int)
    for name in names:
        many[near[name], _file(name)] += 1
    first = {file for _, file in sorted(many, key=lambda f: (f[0], -many[f]))[:_FILES_FIRST]}
    stages = [[n for n in names if _file(n) in first], [n for n in names if _file(n) not in first]]
    return [s for s in stages if s]


def _file(test: str) -> str:
    return test.split("::")[0]


def _fresh_child(spoilt: Spoilt, change: Change, names: list[str]) -> int:
    import_spoilt(spoilt, change)
    return _run_fresh(names)


def _run_fresh(names: list[str]) -> int:
    failed: list[bool] = []
    plugin = Pure(lambda p: failed.append(p.failed or p.run(p.items)), only=names)
    pytest_in_here(plugin, list(dict.fromkeys(map(_file, names))))
    return _ALIVE if failed == [False] else _KILLED

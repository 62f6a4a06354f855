"""The small changes that spoil a module of rules/, one place at a time, and where each takes effect."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import CodeType

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_DROPPED = (ast.AugAssign, ast.Raise, ast.Continue, ast.Delete)
_ID = re.compile(r"(規§)?[A-Za-z0-9_.:/|+-]*")
_UNCHANGED_KEYWORDS = {"strict", "frozen", "slots", "kw_only", "repr", "eq", "description", "title", "maxsize"}
"""How a class is built and texts for people: no rule of the school."""
_WIDTH = 90
MARK = "__ran__"


@dataclass(frozen=True, slots=True)
class Change:
    """One spoilt place. `function` is the outermost function that holds it, None where it takes effect at import.

    `lines` are those of its statement: a test that ran one of them may notice.
    """

    module: str
    where: str
    before: str
    after: str
    function: tuple[str, int] | None
    lines: range
    spot: tuple[ast.AST, str, int | None, object]
    again: int = 1

    @property
    def key(self) -> str:
        """A name that stays the same while lines are put in elsewhere."""
        nth = f" #{self.again}" if self.again > 1 else ""
        return f"{self.module}::{self.where} `{self.before}` → `{self.after}`{nth}"

    def rank(self, seed: int) -> str:
        """Where the change stands when a sample is drawn: by its name alone, so a sample is drawn the same again."""
        return hashlib.sha256(f"{seed} {self.key}".encode()).hexdigest()


class Spoilt:
    """The tree of one module, in which one change at a time is made and taken back."""

    def __init__(self, path: Path, module: str) -> None:
        self.path = path
        self.module = module
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.changes = tuple(_numbered(_Walk(module).module(self.tree)))

    def code(self, change: Change) -> CodeType:
        """The compiled module with this change."""
        node, field, index, new = change.spot
        old = getattr(node, field)
        value = new
        if index is not None:
            value = [*old[:index], *([] if new is None else [new]), *old[index + 1 :]]
        setattr(node, field, value)
        try:
            return compile(ast.fix_missing_locations(self.tree), str(self.path), "exec", dont_inherit=True)
        finally:
            setattr(node, field, old)


def _numbered(changes: Iterator[Change]) -> Iterator[Change]:
    seen: dict[str, Iterator[int]] = {}
    for c in changes:
        again = next(seen.setdefault(c.key, count(1)))
        yield Change(c.module, c.where, c.before, c.after, c.function, c.lines, c.spot, again)


class _Walk:
    """Walks a module and yields what can be spoilt; texts for people, type hints and imports are left alone."""

    def __init__(self, module: str) -> None:
        self.name = module
        self.scope: list[str] = []
        self.function: tuple[str, int] | None = None
        self.lines = range(0)
        self.hint = False

    def module(self, tree: ast.Module) -> Iterator[Change]:
        """Everything that can be spoilt in a module."""
        yield from self._body(tree, "body")

    def _body(self, node: ast.AST, field: str) -> Iterator[Change]:
        statements: list[ast.stmt] = getattr(node, field)
        for n, statement in enumerate(statements):
            end = statement.end_lineno or statement.lineno
            inner = getattr(statement, "body", None)
            if isinstance(inner, list) and inner:
                end = max(statement.lineno, inner[0].lineno - 1)
            self.lines = range(statement.lineno, end + 1)
            call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.Await)
            if self.function is not None and (call or isinstance(statement, _DROPPED)):
                yield self._made((node, field, n, ast.copy_location(ast.Pass(), statement)), statement, "pass")
            yield from self._statement(statement)

    def _statement(self, node: ast.stmt) -> Iterator[Change]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__", "__slots__"):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from self._named(node)
            return
        if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
            yield self._made((node, "value", None, ast.Constant(None)), node, "return None")
        yield from self._fields(node)

    def _named(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Change]:
        for n, decorator in enumerate(node.decorator_list):
            if "dataclass" not in ast.unparse(decorator):
                yield from self._child(node, "decorator_list", n, decorator)
        self.scope.append(node.name)
        if isinstance(node, ast.ClassDef):
            for n, keyword in enumerate(node.keywords):
                yield from self._child(node, "keywords", n, keyword)
            yield from self._body(node, "body")
        else:
            yield from self._fields(node.args)
            outer = self.function
            first = min(x.lineno for x in (node, *node.decorator_list))
            self.function = outer or (".".join(self.scope), first)
            yield from self._body(node, "body")
            self.function = outer
        self.scope.pop()

    def _fields(self, node: ast.AST) -> Iterator[Change]:
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                if value and isinstance(value[0], ast.stmt):
                    yield from self._body(node, field)
                    continue
                for n, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield from self._child(node, field, n, item)
            elif isinstance(value, ast.AST):
                yield from self._child(node, field, None, value)

    def _child(self, parent: ast.AST, field: str, index: int | None, node: ast.AST) -> Iterator[Change]:
        hint, self.hint = self.hint, self.hint or field in ("annotation", "returns")
        if isinstance(node, ast.Call):
            self.hint = False
        if not (isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("Literal", "cast")):
            if not self.hint:
                for new, before, after in _spoilt(parent, field, node):
                    yield self._made((parent, field, index, new), before, after)
            if not (isinstance(node, ast.keyword) and node.arg in _UNCHANGED_KEYWORDS):
                yield from self._fields(node)
        self.hint = hint

    def _made(self, spot: tuple[ast.AST, str, int | None, object], before: ast.AST, after: ast.AST | str) -> Change:
        shown = after if isinstance(after, str) else _shown(after)
        return Change(self.name, ".".join(self.scope), _shown(before), shown, self.function, self.lines, spot)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _spoilt(parent: ast.AST, field: str, node: ast.AST) -> Iterator[tuple[object, ast.AST, ast.AST | str]]:
    """What may stand in a node's place: the new node, and both as they are shown."""
    if type(node) in _SWAPS:
        new = _SWAPS[type(node)]()
        yield new, parent, _with(parent, field, node, new)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand, node, node.operand
    elif isinstance(node, ast.Constant):
        for value in _constants(node.value):
            constant = ast.copy_location(ast.Constant(value), node)
            yield constant, parent, _with(parent, field, node, constant)
    elif (
        isinstance(node, ast.keyword) and isinstance(parent, ast.Call) and node.arg not in {*_UNCHANGED_KEYWORDS, None}
    ):
        yield None, parent, f"without {node.arg}"
    if isinstance(node, ast.Name | ast.Call | ast.Attribute) and _decides(parent, field):
        new_test = ast.copy_location(ast.UnaryOp(ast.Not(), node), node)
        yield new_test, node, new_test


def _decides(parent: ast.AST, field: str) -> bool:
    return field in ("test", "ifs") or (isinstance(parent, ast.BoolOp) and field == "values")


def _constants(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1)
    if isinstance(value, str) and _ID.fullmatch(value):
        return ("XX" + value,)
    return ()


def _with(parent: ast.AST, field: str, old: ast.AST, new: ast.AST) -> str:
    """The parent as it reads with another child."""
    value = getattr(parent, field)
    changed = [new if x is old else x for x in value] if isinstance(value, list) else new
    setattr(parent, field, changed)
    try:
        return _shown(ast.fix_missing_locations(parent))
    finally:
        setattr(parent, field, value)


def marked(path: Path) -> CodeType:
    """The compiled module with a mark before each statement of its functions: `__ran__((path, line))`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in [x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef | ast.AsyncFunctionDef)]:
        for node in [x for x in ast.walk(function) if isinstance(x, ast.stmt | ast.ExceptHandler)]:
            for field in ("body", "orelse", "finalbody"):
                statements: list[ast.stmt] = getattr(node, field, [])
                if statements and not isinstance(statements[0], _Mark):
                    setattr(node, field, [x for s in statements for x in (s, _mark(path, s))[:: 1 if _text(s) else -1]])
    return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


def _text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Mark(ast.Expr):
    """A statement put in by `marked`."""


def _mark(path: Path, statement: ast.stmt) -> ast.stmt:
    place = ast.Constant((str(path), statement.lineno))
    mark = _Mark(ast.Call(ast.Name(MARK, ast.Load()), [place], []))
    for node in ast.walk(mark):
        ast.copy_location(node, statement)
    return mark

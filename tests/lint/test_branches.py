"""Every branch of every lint rule goes both ways in the pairs of calendars of that rule. 規§4.1, 規§4.2"""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rules.lint import checks, floors, frame, hours, order
from rules.lint.model import Chapter, LintRule
from tests.lint.pairs import PAIRS

MODULES = {"floors": floors, "order": order, "hours": hours, "frame": frame, "checks": checks}
SAW = "__saw__"


class _Seen(ast.NodeTransformer):
    """Puts a note around everything that decides: tests, parts of `and` and `or`, conditions of comprehensions."""

    def __init__(self) -> None:
        self.function = ""
        self.deciding = False
        self.places: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.function = self.function, self.function or node.name
        node.body = [self.visit(x) for x in node.body]
        self.function = outer
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._test(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._test(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._test(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.ifs = [self._noted(x) for x in node.ifs]
        self.generic_visit(node)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        # The last of `found or NONE` decides nothing, that of a test does; a test is noted as a whole too.
        node.values = [*(self._noted(x) for x in node.values[:-1]), self._last(node.values[-1])]
        return node

    def _last(self, value: ast.expr) -> ast.expr:
        return self._noted(value) if self.deciding else self.visit(value)

    def _test(self, node: Any) -> ast.AST:
        node.test = self._noted(node.test)
        self.generic_visit(node)
        return node  # type: ignore[no-any-return]

    def _noted(self, test: ast.expr) -> ast.expr:
        if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == SAW:
            return test
        place = f"{self.function}: {ast.unparse(test)}"
        self.places.add(place)
        outer, self.deciding = self.deciding, True
        inner = self.visit(test)
        self.deciding = outer
        return ast.Call(ast.Name(SAW, ast.Load()), [ast.Constant(place), inner], [])


@cache
def watched() -> tuple[dict[str, LintRule], dict[str, set[bool]], set[str]]:
    """The rules with their notes: by id, what each branch was seen to say, and all branches there are."""
    said: dict[str, set[bool]] = defaultdict(set)

    def saw(place: str, value: object) -> object:
        said[place].add(bool(value))
        return value

    rules: dict[str, LintRule] = {}
    places: set[str] = set()
    for name, module in MODULES.items():
        path = Path(str(module.__file__))
        notes = _Seen()
        tree = ast.fix_missing_locations(notes.visit(ast.parse(path.read_text(encoding="utf-8"))))
        space: dict[str, Any] = {"__name__": module.__name__, SAW: saw}
        exec(compile(tree, str(path), "exec"), space)
        chapter: Chapter = space[name]
        rules |= {rule.id: rule for rule in chapter}
        places |= notes.places
    return rules, said, places


@pytest.mark.clause("規§4.1", "規§4.2")
def test_every_branch_of_a_rule_goes_both_ways_in_its_pairs() -> None:
    rules, said, places = watched()
    for name, passes, fails in PAIRS:
        for case in (passes, fails):
            list(rules[name].judge(case))
    assert len(places) >= 100
    assert {place: said[place] for place in sorted(places) if len(said[place]) < 2} == {}

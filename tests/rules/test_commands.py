"""The contract of the commands: what a body holds is recorded, and every bound holds on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from cli.clauses import known_clauses
from rules.commands import REGISTRY
from tests.mutation.imports import ROOT
from tests.rules.contract import COMMANDS as RECORDED
from tests.rules.contract import HOW, contract, lines, recorded

Shape = dict[str, Any]
Place = tuple[str | int, ...]
COMMANDS = recorded(RECORDED)
NAMES = tuple(COMMANDS)
KEPT = {
    r"^[0-9a-f]{64}$": ("0123456789abcdef" * 4, ["0" * 63, "0" * 65, "A" * 64, "g" + "0" * 63, "0" * 64 + "\n"]),
    r"^\d{3}$": ("115", ["15", "1150", "11a", "115\n", "x115"]),
    r"^\d{3}-[12]$": ("115-2", ["115-0", "115-3", "115", "15-1", "115-1x"]),
    r"^\d{3}/\d{1,6}$": ("115/999999", ["115/", "115/1000000", "15/1", "115-1", "115/1x"]),
    r"^\d{3}/\d+$": ("115/1000000", ["115/", "15/1", "115-1", "115/1x"]),
    r"^\d{3}-[12]/\d+$": ("115-2/1", ["115-2/", "115-3/1", "115/1", "115-2/1x"]),
}
"""Each pattern with a text that fits it and texts that just do not."""


# -- a body made from the recorded contract, and its edges -----------------------------------------


def least(shape: Shape) -> Any:
    """The smallest value that a shape takes."""
    if "anyOf" in shape:
        return least(shape["anyOf"][0])
    if "enum" in shape:
        return shape["enum"][0]
    if "pattern" in shape:
        return KEPT[shape["pattern"]][0]
    match shape["type"]:
        case "object":
            return {f: least(x) for f, x in shape.get("fields", {}).items() if f in shape["required"]}
        case "array":
            return [least(shape["items"])] * shape.get("minItems", 0)
        case "string":
            known = {"date-time": "2026-08-31T00:00:00Z", "date": "2026-08-31"}
            return known.get(shape.get("format", ""), "x" * shape.get("minLength", 0))
        case "integer":
            return shape.get("minimum", 0)
    return False


def body(name: str) -> Shape:
    """The smallest body that a command takes."""
    found: Shape = least({"type": "object"} | COMMANDS[name])
    return found


def edges(shape: Shape) -> Iterator[tuple[Any, bool]]:
    """Values of a field at its bounds and one beyond, each with whether it is taken."""
    for one in shape.get("anyOf", [shape]):
        if "enum" in one:
            yield from ((word, True) for word in one["enum"])
            yield one["enum"][0] + "x", False
        if "pattern" in one:
            good, bad = KEPT[one["pattern"]]
            yield from [(good, True), *((x, False) for x in bad)]
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in one:
                yield from [(one[bound], True), (one[bound] + step, False)]
        for bound, step in (("minLength", -1), ("maxLength", 1)):
            if bound in one:
                yield from [("x" * one[bound], True), ("x" * (one[bound] + step), False)]
        for bound, step in (("minItems", -1), ("maxItems", 1)):
            if bound in one:
                part = least(one["items"])
                yield from [([part] * one[bound], True), ([part] * (one[bound] + step), False)]
        if one.get("format") == "date-time":
            yield from [
                ("2026-08-31 24:00", True),
                ("2026-08-31T08:00:00", True),
                ("3000-01-01 00:00", False),
                ("soon", False),
            ]
        if one.get("format") == "date":
            yield from [("2026-02-28", True), ("2026-02-29", False)]
        if one.get("type") == "boolean":
            yield from [(True, True), (False, True), ("maybe", False)]
    if not any(x.get("type") == "null" for x in shape.get("anyOf", ())):
        yield None, False


def places(shape: Shape, place: Place = ()) -> Iterator[tuple[Place, Shape]]:
    """Every field of a shape, those of its parts and of the parts of its lists too."""
    for field, inner in shape.get("fields", {}).items():
        yield (*place, field), inner
        yield from places(inner, (*place, field))
        if "fields" in inner.get("items", {}):
            yield from places(inner["items"], (*place, field, 0))


def with_value(name: str, place: Place, value: Any) -> Shape:
    """The smallest body with one value put in; the lists on the way to it have one part."""
    found = deepcopy(body(name))
    at: Any = found
    shape: Shape = COMMANDS[name]
    for step, after in pairwise(place):
        if step == 0:
            shape = shape["items"]
        else:
            shape = shape["fields"][step]
            if after == 0:
                at[step] = [least(shape["items"])]
            else:
                at.setdefault(step, least(shape))
        at = at[step]
    at[place[-1]] = value
    return found


def taken(name: str, given: Any) -> bool:
    """Whether a command takes a body."""
    try:
        REGISTRY[name].model_validate(given)
    except ValidationError:
        return False
    return True


# -- the contract ----------------------------------------------------------------------------------


def test_what_callers_send_is_what_was_recorded() -> None:
    now, then = list(lines(contract())), list(lines(COMMANDS))
    assert [x for x in now if x not in then] == [x for x in then if x not in now] == [], HOW
    assert list(REGISTRY) == list(NAMES)


def test_every_command_rests_on_a_clause_and_is_named_in_both_languages() -> None:
    known = known_clauses(ROOT)
    for name, command in REGISTRY.items():
        assert command.name == name
        assert command.clause in known
        assert command.title and command.title_en.isascii()


@pytest.mark.parametrize("name", NAMES)
def test_a_command_takes_what_it_needs_and_no_field_less_or_other(name: str) -> None:
    whole = body(name)
    assert taken(name, whole)
    for field in COMMANDS[name]["required"]:
        assert not taken(name, {k: v for k, v in whole.items() if k != field}), field
    assert not taken(name, whole | {"feild": 1})
    assert not taken(name, [whole])


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_of_a_field_takes_what_lies_on_it_and_refuses_what_lies_beyond(name: str) -> None:
    wrong = [
        (place, value, fits)
        for place, shape in places(COMMANDS[name])
        for value, fits in edges(shape)
        if taken(name, with_value(name, place, value)) is not fits
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_parts_of_a_body_have_fields_that_they_need_and_no_others(name: str) -> None:
    for place, shape in places(COMMANDS[name]):
        part = shape.get("items", {})
        if "fields" in part:
            one = least(part)
            assert taken(name, with_value(name, place, [one] * shape.get("minItems", 1)))
            assert not taken(name, with_value(name, place, [one | {"feild": 1}]))
            for field in part["required"]:
                assert not taken(name, with_value(name, place, [{k: v for k, v in one.items() if k != field}]))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_has_the_recorded_value(name: str) -> None:
    command = REGISTRY[name].model_validate(body(name))
    for field, shape in COMMANDS[name]["fields"].items():
        if field not in COMMANDS[name]["required"]:
            found = TypeAdapter(object).dump_python(getattr(command, field), mode="json")
            assert found == shape.get("default", {}), field
            assert getattr(command, field) == (tuple(found) if isinstance(found, list) else found)

"""Clauses and the places that cite them: every citation means a clause, and most clauses have code and tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.clauses import CODE, Citation, citations, cited_by, clauses, groups, known_clauses

ROOT = Path(__file__).resolve().parents[2]
MARK = "規" + "§"
TEXT = "至多15件。"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository of four clauses, to be cited by the tests below."""
    (tmp_path / "schools").mkdir()
    rows = "".join(f"  - {{id: {MARK}{n}, text: {TEXT}}}\n" for n in ("5.3.1", "5.3.2", "10.3.2.1", "10.3.3", "11"))
    (tmp_path / "schools" / "clauses.yaml").write_text(f"clauses:\n{rows}", encoding="utf-8")
    return tmp_path


def write(root: Path, place: str, text: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def places(root: Path, name: str) -> tuple[list[str], list[str]]:
    """(code, tests) of one clause."""
    found = next(c for c in clauses(root) if c["id"] == MARK + name)
    return found["code"], found["tests"]


# -- this repository -------------------------------------------------------------------------------


def test_all_clauses_are_listed_in_order_with_their_words() -> None:
    found = clauses(ROOT)
    assert [c["id"] for c in found] == list(known_clauses(ROOT))
    assert len(found) == 44
    assert all(set(c) == {"id", "text", "code", "tests"} and c["text"] for c in found)


def test_every_mark_that_is_cited_is_a_clause_or_heads_clauses() -> None:
    known = known_clauses(ROOT)
    allowed = set(known) | groups(known)
    wrong = [(name, c.place) for c in citations(ROOT) for name in cited_by(c, known) if name not in allowed]
    assert wrong == []


def test_what_a_test_claims_to_read_is_a_clause_and_no_group_of_them() -> None:
    known = known_clauses(ROOT)
    marks = [c for c in citations(ROOT, ("tests",)) if c.mark not in known]
    claimed = [c.place for c in marks if "mark.clause(" in line(c)]
    assert claimed == []


def test_a_rule_of_a_school_names_one_clause() -> None:
    known = known_clauses(ROOT)
    wrong = [c.place for c in citations(ROOT, ("schools",)) if "clause:" in line(c) and c.mark not in known]
    assert [place for place in wrong if "#" not in line_at(place).split("clause:")[0]] == []


def line(citation: Citation) -> str:
    """The line on which a citation stands."""
    return line_at(citation.place)


def line_at(place: str) -> str:
    path, number = place.rsplit(":", 1)
    return (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_most_clauses_have_both_code_and_tests() -> None:
    both = [c["id"] for c in clauses(ROOT) if c["code"] and c["tests"]]
    assert len(both) >= 20
    quotas = [f"{MARK}{n}" for n in ("5.3.1", "5.4", "6.1")]
    assert set(quotas) <= set(both)


def test_a_place_is_a_line_that_cites() -> None:
    for clause in clauses(ROOT):
        for place in (*clause["code"], *clause["tests"]):
            assert MARK in line_at(place), place
        assert not [p for p in clause["code"] if p.startswith("tests/") or "schools/clauses.yaml" in p]
        assert all(p.startswith("tests/") for p in clause["tests"])


# -- what counts as a citation ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ("{}5.3.1", "5.3.1", True),
        ("see {}5.3.1.", "5.3.1", True),
        ("({}5.3.1, {}11)", "11", True),
        ("{}5.3.10", "5.3.1", False),
        ("{}5.3.1.2", "5.3.1", False),
        ("{}10.3.2.1", "10.3.2.1", True),
        ("{}10.3.2", "10.3.2.1", False),
        ("{}5.3", "5.3.1", False),
        ("{}110", "11", False),
        ("{}5(三)1", "5.3.1", False),
        ("{}11(說明)", "11", True),
        ("5.3.1", "5.3.1", False),
        ("{}5.3.1–5.3.2", "5.3.2", True),
        ("{}5.3.2–{}10.3.3", "10.3.2.1", True),
        ("{}5.3.2-10.3.3", "11", False),
    ],
)
def test_a_citation_is_the_whole_mark(small: Path, line: str, name: str, found: bool) -> None:
    write(small, "rules/one.py", f"# {line.replace('{}', MARK)}\n")
    assert places(small, name) == ((["rules/one.py:1"], []) if found else ([], []))


@pytest.mark.parametrize("room", CODE)
@pytest.mark.parametrize("kind", [".py", ".sql", ".yaml"])
def test_code_data_and_sql_of_every_room_are_read(small: Path, room: str, kind: str) -> None:
    write(small, f"{room}/deep/place{kind}", f"\n-- {MARK}11\n")
    assert places(small, "11") == ([f"{room}/deep/place{kind}:2"], [])


def test_tests_stand_apart_and_other_files_are_not_read(small: Path) -> None:
    write(small, "tests/rules/test_one.py", f'@pytest.mark.clause("{MARK}11", "{MARK}5.3.1")\n')
    write(small, "rules/notes.md", f"{MARK}11\n")
    write(small, "web/page.py", f"# {MARK}11\n")
    assert places(small, "11") == ([], ["tests/rules/test_one.py:1"])
    assert places(small, "5.3.1") == ([], ["tests/rules/test_one.py:1"])


def test_a_line_that_cites_twice_is_one_place_and_an_uncited_clause_has_none(small: Path) -> None:
    write(small, "rules/one.py", f"# {MARK}11 and {MARK}11\n")
    assert places(small, "11") == (["rules/one.py:1"], [])
    assert places(small, "5.3.2") == ([], [])


def test_a_group_is_no_clause(small: Path) -> None:
    known = known_clauses(small)
    assert groups(known) == {f"{MARK}{n}" for n in ("5", "5.3", "10", "10.3", "10.3.2")}

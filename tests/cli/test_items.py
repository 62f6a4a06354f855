"""`starter.py item …` as a student and a teacher would: answers, refusals in both languages, exit codes, nothing changed."""

from __future__ import annotations

import asyncio
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pikepdf
import pytest

from cli import show
from cli.app import app, main
from records.clock import hold_clock
from records.db import Database
from records.migrate import migrate
from rosters.documents import DocumentError
from rules.refusals import Refused
from tests.records.builders import MIB, packed_zeros, pdf
from tests.rules.builders import taipei

ROOT = Path(__file__).resolve().parents[2]
MEDIA = ROOT / "schools" / "samples" / "media"
SCHOOL, COURSE = "999901", "115-1/101/01"
ME, OTHER, TEACHER, DIRECTOR = "115001", "115002", "T01", "A02"
Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def place(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory of the small sample school, its year started, the clock inside the first upload."""
    folder = tmp_path_factory.mktemp("place")
    url = postgres_url.rsplit("/", 1)[0] + "/cli_items"

    async def made() -> None:
        server = await asyncpg.connect(postgres_url)
        await server.execute("drop database if exists cli_items with (force)")
        await server.execute("create database cli_items")
        await server.close()
        await migrate(url)

    async def held() -> None:
        operator = await Database.open_operator(url)
        await hold_clock(operator, SCHOOL, taipei("2026-10-01 12:00"))
        await operator.close()

    asyncio.run(made())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LICHENG_DATABASE_URL", url)
        small = str(ROOT / "schools" / "samples" / "small")
        options = ["--code", SCHOOL, "--name", "x", "--demo", "--data", str(folder)]
        assert app(["school", "import", small, *options], result_action="return_value") == 0
        asyncio.run(held())
        assert app(["year", "start", "115", "--as", "A04", "--data", str(folder)], result_action="return_value") == 0
        yield folder


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb of `item` (or another group) with --json: its exit code and document."""

    def call(*tokens: object, who: str | None = ME, group: str = "item") -> tuple[int, Any]:
        capsys.readouterr()
        acting = ["--as", who] if who else []
        words = [group, *map(str, tokens), *acting, "--data", str(place), "--json"]
        try:
            code = app(words, result_action="return_value")
        except Refused as refused:
            code = show.refusal(refused.refusal, as_json=True)
        return int(code), json.loads(capsys.readouterr().out)

    return call


def hand_in(run: Run, tmp_path: Path, name: str) -> dict[str, Any]:
    """An outcome handed in from a file of its own content; its proof."""
    path = tmp_path / f"{name}.pdf"
    # A comment before the end mark changes the hash and nothing else.
    path.write_bytes((MEDIA / "document.pdf").read_bytes().replace(b"startxref", f"%{name}\nstartxref".encode()))
    code, answer = run("upload", path, "--summary", "觀察", "--period", "115-1", "--course", COURSE)
    assert code == 0, answer
    proof: dict[str, Any] = answer["proof"]
    return proof


@pytest.mark.clause("規§5.3.1", "規§5.3.2")
def test_an_outcome_is_handed_in_certified_and_proved(run: Run, tmp_path: Path) -> None:
    proof = hand_in(run, tmp_path, "one")
    assert run("request-certification", proof["item"])[0] == 0
    (waiting,) = run("queue", who=TEACHER)[1]
    assert (waiting["id"], waiting["number"], waiting["summary"]) == (proof["item"], ME, "觀察") and waiting["name"]
    assert (waiting["due"][:16], waiting["closes"][:16]) == ("2027-02-24T09:00", "2027-03-12T09:00")
    code, answer = run("certify", "--course", COURSE, who=TEACHER)
    assert code == 0 and [r["accepted"] for r in answer["answers"][0]["results"]] == [True]
    code, proofs = run("proof", proof["item"])
    assert [p["kind"] for p in proofs] == ["uploaded", "certification_requested", "certified"]
    shown = tmp_path / "proof.json"
    shown.write_text(json.dumps(proofs[0]))
    assert run("proof", "--check", shown)[1] == {"genuine": True, "differs": [], "state": "certified"}
    shown.write_text(json.dumps(proofs[0] | {"digest": "0" * 64}))
    code, found = run("proof", "--check", shown)
    assert (code, found["differs"]) == (1, ["digest"])
    shown.write_text(json.dumps(proofs))
    code, found = run("proof", "--check", shown)
    assert (code, found["genuine"]) == (0, True) and [p["genuine"] for p in found["proofs"]] == [True] * 3
    shown.write_text(json.dumps([proofs[0], proofs[1] | {"digest": "0" * 64}]))
    code, found = run("proof", "--check", shown)
    assert (code, [p["differs"] for p in found["proofs"]]) == (1, [[], ["digest"]])
    code, listed = run("list")
    assert {u["used"] for u in listed["use"] if u["counts"] == "uploaded"} == {1}
    assert run("progress", "115-1", who=TEACHER)[1][0]["certified"] == 1


@pytest.mark.clause("規§5.3.2")
def test_many_are_returned_with_one_result_a_row(
    run: Run, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, plain = hand_in(run, tmp_path, "two"), hand_in(run, tmp_path, "three")
    assert run("request-certification", asked["item"])[0] == 0
    rows = tmp_path / "rows.csv"
    rows.write_text(f"item,digest\n{asked['item']},\n{plain['item']},\n", encoding="utf-8-sig")
    code, answer = run("return", "--list", rows, "--reason", "wrong_file", who=TEACHER)
    assert code == 2
    assert [r["accepted"] for r in answer["answers"][0]["results"]] == [True, False]
    refusal = answer["answers"][0]["results"][1]["refusal"]
    assert (refusal["code"], refusal["clause"]) == ("wrong_state", "規§5.3.2")
    words = ["item", "certify", "--list", str(rows), "--as", TEACHER, "--data", str(place)]
    assert app(words, result_action="return_value") == 2
    said = capsys.readouterr().out
    assert "0 件完成,2 件未成" in said and "完成者已生效,未成者保持原狀" in said
    assert "the present state does not allow this" in said and "look at the present state first" in said
    path = tmp_path / "two.pdf"
    assert run("replace", asked["item"], path, "--summary", "更正")[0] == 0
    assert run("withdraw", plain["item"])[0] == 0


REFUSALS = [
    (("certify", "nonsense"), TEACHER, "not_found"),
    (("certify", "--course", "115-1/999/01"), TEACHER, "not_found"),
    (("certify", "--course", COURSE), "T05", "not_certifier"),
    (("certify", "--course", COURSE), TEACHER, "already_done"),
    (("certify",), TEACHER, "bad_request"),
    (("select", "00000000-0000-0000-0000-000000000000"), ME, "not_found"),
    (("proof", "00000000-0000-0000-0000-000000000000"), ME, "not_found"),
    (("upload", "gone.pdf", "--summary", "x", "--period", "115-1", "--course", COURSE), ME, "not_found"),
    (("upload", MEDIA / "document.pdf", "--summary", "", "--period", "115-1", "--course", COURSE), ME, "summary_missing"),
    (("upload", MEDIA / "document.pdf", "--summary", "觀" * 101, "--period", "115-1", "--course", COURSE), ME, "summary_length"),
    (("upload", MEDIA / "README.md", "--summary", "x", "--period", "115-1", "--course", COURSE), ME, "file_type"),
    (("upload", MEDIA / "document.pdf", "--summary", "x", "--period", "115-1", "--course", "115-1/201/01"), ME, "not_found"),
    (("upload", MEDIA / "document.pdf", "--summary", "x", "--period", "115-2", "--course", COURSE), ME, "window_not_open"),
    (("list",), "nobody", "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "who", "code"), REFUSALS, ids=[f"{t[0]}-{c}-{n}" for n, (t, _, c) in enumerate(REFUSALS)]
)
def test_what_is_wrong_is_said_in_both_languages_and_changes_nothing(
    run: Run, tokens: tuple[Any, ...], who: str, code: str
) -> None:
    before = run("list")[1]
    exit_code, answer = run(*tokens, who=who)
    refusal = answer["refusal"]
    assert (exit_code, refusal["code"]) == (2, code)
    assert all(refusal[k] for k in ("clause", "place", "message", "message_en", "remedy", "remedy_en"))
    assert run("list")[1] == before


@pytest.mark.parametrize(
    ("tokens", "place"),
    [(["item", "uplod"], "starter.py item"), (["item", "upload", "a.pdf", "--as", "1", "--summary", "x"], "--period"),
     (["item", "select", "x", "--as", "1", "--nonsense"], "starter.py item select"),
     (["item", "upload", "a.pdf", "--as", "1", "--summary", "x", "--period", "115-1", "--variant", "bad"], "--variant")],
)  # fmt: skip
def test_what_the_command_line_cannot_read_is_a_refusal_like_any_other(
    tokens: list[str], place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["starter.py", *tokens, "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    found = json.loads(capsys.readouterr().out)["refusal"]
    assert ended.value.code == show.REFUSED
    assert (found["code"], found["place"]) == ("bad_request", place) and found["limit"].endswith("--help")
    monkeypatch.setattr("sys.argv", ["starter.py", *tokens])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr()
    assert said.out == "" and "拒絕 · refused" in said.err and "remedy" in said.err


def test_a_demo_schools_clock_moves_ahead_and_never_back(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def clock(*at: str) -> Any:
        assert app(["school", "clock", *at, "--data", str(place), "--json"], result_action="return_value") == 0
        return json.loads(capsys.readouterr().out)

    capsys.readouterr()
    assert clock()["kind"] == "demo"
    assert clock("2026-10-01 12:01") == clock()
    for at, code in (("2026-10-01 12:00", "before_now"), ("tomorrow", "bad_request")):
        with pytest.raises(Refused) as refused:
            clock(at)
        assert refused.value.refusal.code == code
    assert clock()["now"].startswith("2026-10-01T04:01")


@pytest.mark.parametrize("verb", ["list", "reports", "silent"])
def test_an_id_that_no_submission_has_is_refused_and_no_empty_list(place: Path, verb: str) -> None:
    with pytest.raises(Refused) as refused:
        app(["roster", verb, "submission/none", "--data", str(place)], result_action="return_value")
    assert refused.value.refusal.code == "not_found"


def _bomb() -> bytes:
    """A PDF of one page whose content unfolds to 300 MiB."""
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.pages[0].Contents = pikepdf.Stream(document, packed_zeros(300), Filter=pikepdf.Name.FlateDecode)
    document.save(out)
    return out.getvalue()


WHOLE = (MEDIA / "document.pdf").read_bytes()
OTHER_FIELDS = [
    word
    for field in ("name=探究", "organiser=本校", "first_day=2026-09-01", "last_day=2026-09-20", "hours=3")
    for word in ("--field", field)
]
WRONG_FILES = {
    "a program": ("作品.pdf", b"MZ" + bytes(300), "file_type", "檔案格式不在允許範圍", "application/octet-stream"),
    "a text": ("作品.pdf", "一段文字".encode(), "file_type", "檔案格式不在允許範圍", "text/plain"),
    "zeros": ("作品.pdf", bytes(500), "file_type", "檔案格式不在允許範圍", "application/octet-stream"),
    "larger than an item": ("作品.pdf", pdf("large", 4 * MIB + 1), "file_size", "檔案過大", None),
    "larger than the store takes": ("作品.pdf", b"%PDF-" + bytes(16 * MIB), "file_size", "檔案過大", None),
    "0 bytes": ("作品.pdf", b"", "file_empty", "檔案是空的", "0"),
    "cut off": ("作品.pdf", WHOLE[: len(WHOLE) // 2], "file_truncated", "檔案不完整,後段缺漏", None),
    "damaged": ("作品.pdf", b"%PDF-1.4\nx\nstartxref\n5\n%%EOF\n", "file_damaged", "檔案已損壞,無法正常讀取", None),
    "a bomb": ("作品.pdf", _bomb(), "file_expands", "檔案展開後過大", "> 256 MiB"),
    "a name with a bell": ("a\x07.pdf", WHOLE, "file_name", "檔名不能使用", "U+0007"),
    "a name with a line end": ("a\nb.pdf", WHOLE, "file_name", "檔名不能使用", "U+000A"),
    "a name that hides its end": ("a\u202efdp.exe", WHOLE, "file_name", "檔名不能使用", "U+202E"),
    "a name of a device": ("con.pdf", WHOLE, "file_name", "檔名不能使用", "CON"),
    "a name too long": ("字" * 70 + ".pdf", WHOLE, "file_name", "檔名不能使用", "214 bytes"),
}


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("what", WRONG_FILES)
def test_a_wrong_file_is_refused_with_its_own_message_and_nothing_is_kept(
    run: Run, tmp_path: Path, place: Path, what: str
) -> None:
    name, data, code, message, found = WRONG_FILES[what]
    path = tmp_path / name
    path.write_bytes(data)
    stand = sorted((place / "files").rglob("*"))
    before = run("list")[1]
    exit_code, answer = run("upload", path, "--summary", "觀察", "--period", "115-1", "--course", COURSE)
    refusal = answer["refusal"]
    assert (exit_code, refusal["code"], refusal["clause"], refusal["message"]) == (2, code, "規§5.3.1", message)
    assert found in (None, refusal["found"])
    assert all(refusal[k] for k in ("place", "found", "limit", "message_en", "remedy", "remedy_en"))
    assert name not in json.dumps(refusal, ensure_ascii=False)
    assert run("list")[1] == before
    # A file that is only too large for an item is sound: the store has it, no item does.
    assert what == "larger than an item" or sorted((place / "files").rglob("*")) == stand


@pytest.mark.clause("規§5.3.1")
def test_the_wrong_one_of_several_files_is_named_by_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"")
    code, answer = run(
        "upload", MEDIA / "document.pdf", tmp_path / "b.pdf", "--summary", "x", "--period", "115-1", "--course", COURSE
    )
    assert (code, answer["refusal"]["code"], answer["refusal"]["place"]) == (2, "file_empty", "file 2")


@pytest.mark.clause("規§5.3.1", "規§10.2.1")
@pytest.mark.parametrize(
    ("name", "summary", "kept"),
    [("e\u0301tude.pdf", "cafe\u0301", "étude.pdf"), ("étude.pdf", "café", "étude.pdf"), ("𠮷野家 作品.pdf", "𠮷" * 100, "𠮷野家 作品.pdf")],
    ids=["NFD", "NFC", "astral"],
)  # fmt: skip
def test_names_and_summaries_in_any_script_come_back_in_one_form(
    run: Run, tmp_path: Path, name: str, summary: str, kept: str
) -> None:
    path = tmp_path / name
    path.write_bytes(WHOLE.replace(b"startxref", f"%{name!a}\nstartxref".encode()))
    # A category of its own leaves the outcomes' quota to the other tests of this student.
    given = ("--summary", summary, "--period", "115", "--category", "other", *OTHER_FIELDS)
    code, answer = run("upload", path, *given, who=OTHER)
    assert code == 0, answer
    assert run("export", tmp_path / "copy.zip", who=OTHER)[0] == 0
    with zipfile.ZipFile(tmp_path / "copy.zip") as copy:
        items = json.loads(copy.read("manifest.json"))["items"]
    (mine,) = (i for i in items if i["id"] == answer["proof"]["item"])
    assert mine["versions"][0]["files"][0]["path"].endswith(f"/1-{kept}")
    assert mine["versions"][0]["text"]["summary"] == unicodedata.normalize("NFC", summary)
    code, answer = run("upload", path, *("--summary", summary[0] * 101, *given[2:]), who=OTHER)
    assert (code, answer["refusal"]["code"], answer["refusal"]["found"]) == (2, "summary_length", "101")


GRANT = ("--period", "115-1", "--kind", "outcome_upload", "--closes", "2027-02-20 17:00")
BECAUSE = ("--reason", "住院", "--approver", "academic_affairs_director")
LATER = "2027-02-20T09:00:00"


def dated(rows: list[dict[str, Any]]) -> str:
    """Until when the first semester's upload is open, by a list of own dates."""
    (row,) = [r for r in rows if (r["period"], r["kind"]) == ("115-1", "outcome_upload")]
    return str(row["closes"])[:19].replace(" ", "T")


@pytest.mark.clause("規§10.2.2", "規§4.2")
def test_an_extension_is_the_date_that_every_verb_shows_its_person(run: Run, tmp_path: Path) -> None:
    person = ("--scope", "person", "--target", OTHER)
    before = run("extensions", who=None, group="calendar")
    code, found = run("extend", *GRANT, *person, *BECAUSE, "--check", who=DIRECTOR, group="calendar")
    assert (code, found["fits"]) == (0, True)
    # The new close is a Saturday: that is warned of as an amended date is.
    assert [f["rule"] for f in found["warnings"]] == ["due-on-day-off"]
    # Without a word that it was looked at nothing is granted: the ripple comes first.
    code, answer = run("extend", *GRANT, *person, *BECAUSE, who=DIRECTOR, group="calendar")
    assert (code, answer["refusal"]["place"]) == (2, "--check | --apply")
    assert run("extensions", who=None, group="calendar") == before
    assert run("extend", *GRANT, *person, *BECAUSE, "--apply", who=DIRECTOR, group="calendar")[0] == 0
    feed, page = tmp_path / "mine.ics", tmp_path / "mine.html"
    mine = run("mine", "--ics", feed, "--html", page, who=OTHER, group="calendar")[1]
    assert dated(mine) == dated(run("list", who=OTHER)[1]["windows"]) == LATER
    assert "DTEND;TZID=Asia/Taipei:20270220T170000" in feed.read_text("utf-8")
    assert f'<time datetime="{LATER}+00:00">116.2.20(星期六)17:00</time>' in page.read_text("utf-8")
    assert run("why", "115-1/g10_11/outcome_upload", who=OTHER, group="calendar")[1]["at"][:19] == LATER
    changes = run("diff", "v1", "v1", "--for", OTHER, who=None, group="calendar")[1]
    assert {(c["edge"], c["after"][:19], c["because"]) for c in changes} == {
        (edge, LATER, "ext-1") for edge in ("due", "closes")
    }
    assert run("diff", "v1", "v1", "--for", ME, who=None, group="calendar")[1] == []
    assert "2027-02-20 17:00" in run("list", who=OTHER, group="notice")[1][0]["subject"]


@pytest.mark.clause("規§10.2.2", "規§7")
def test_the_register_names_a_student_to_who_may_approve_and_to_nobody_else(run: Run) -> None:
    grant = ("--period", "115", "--kind", "diverse_upload", "--closes", "2027-08-02 17:00")
    person = ("--scope", "person", "--target", OTHER)
    assert run("extend", *grant, *person, *BECAUSE, "--apply", who=DIRECTOR, group="calendar")[0] == 0
    (plain,) = run("extensions", "--period", "115", who=None, group="calendar")[1]
    assert "name" not in plain and "number" not in plain
    (named,) = run("extensions", "--period", "115", who=DIRECTOR, group="calendar")[1]
    assert (named["number"], named["target"]) == (OTHER, plain["target"]) and named["name"]
    for who in (ME, OTHER, TEACHER):
        code, answer = run("extensions", who=who, group="calendar")
        assert (code, answer["refusal"]["code"]) == (2, "no_post")


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("rows", "row"), [(["學號", OTHER, "999999"], 3), (["學號", ME, OTHER, ME], 4), (["學號"], 1), (["name", ME], 1)]
)
def test_a_wrong_row_of_a_list_is_named_and_nobody_gets_more_time(
    run: Run, tmp_path: Path, rows: list[str], row: int
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("\n".join(rows) + "\n", encoding="utf-8")
    before = run("extensions", who=None, group="calendar")[1]
    with pytest.raises(DocumentError) as wrong:
        run("extend", *GRANT, "--csv", listed, *BECAUSE, "--apply", who=DIRECTOR, group="calendar")
    (problem,) = wrong.value.problems
    assert (problem.line, problem.field) == (row, "學號")
    assert run("extensions", who=None, group="calendar")[1] == before


@pytest.mark.clause("規§10.2.2")
def test_an_open_window_is_not_reopened_and_no_outage_is_made_up(run: Run) -> None:
    code, answer = run("reopen", *GRANT, "--scope", "all", *BECAUSE, "--apply", who=DIRECTOR, group="calendar")
    assert (code, answer["refusal"]["code"], answer["refusal"]["found"]) == (2, "wrong_state", "open")
    code, answer = run("outage", who=None, group="calendar")
    assert (code, answer["refusal"]["code"]) == (2, "not_found")
    code, answer = run("outage", "2027-02-03 20:00", "2027-02-03 22:00", who=None, group="calendar")
    assert (code, answer["refusal"]["place"]) == (2, "LAST")
    assert run("outage", "2026-09-30 20:00", "2026-09-30 22:00", who=None, group="calendar") == (0, [])


@pytest.mark.parametrize(
    ("words", "place_"),
    [(["item", "none", "outcome", "999-1", "--as", "A04"], "PERIOD"),
     (["item", "none", "outcome", "115", "--as", "A04"], "PERIOD"),
     (["item", "none", "diverse", "115-1", "--as", "A04"], "PERIOD"),
     (["item", "progress", "115", "--as", "A04"], "SEMESTER"), (["school", "completeness", "999-1", "--as", "A04"], "SEMESTER"), (["duty", "list", "--post", "nobody"], "--post")],
)  # fmt: skip
def test_an_unknown_period_or_post_is_refused_and_no_list_of_everybody(
    place: Path, words: list[str], place_: str
) -> None:
    with pytest.raises(Refused) as refused:
        app([*words, "--data", str(place)], result_action="return_value")
    assert (refused.value.refusal.code, refused.value.refusal.place) == ("not_found", place_)


@pytest.mark.clause("規§5.3.1")
def test_who_has_none_and_how_complete_a_class_is_are_shown_to_its_teacher_and_to_who_works_on_it(run: Run) -> None:
    def classes(who: str, *words: str, group: str) -> set[str] | str:
        code, found = run(*words, who=who, group=group)
        if code != 0:
            return str(found["refusal"]["code"])
        return {r["class"] for r in (found["without"] if group == "item" else found)}

    everybody = {"101", "201", "301", "302"}
    none, complete = ("none", "diverse", "115"), ("completeness", "115-1")
    secretary, registrar, courses, it = "A04", "A07", "A08", "A13"
    for who, expected in ((TEACHER, {"101"}), (secretary, everybody), (registrar, everybody), (it, "no_post")):
        assert classes(who, *none, group="item") == expected
    (own,) = run(*none, who="115006", group="item")[1]["without"]
    assert own["number"] == "115006" and own["name"], "a student sees the own row"
    assert {r["number"] for r in run(*none, who=TEACHER)[1]["without"]} >= {"115003", "115004"}
    for who, expected in ((TEACHER, {"101", "302"}), (registrar, everybody), (courses, everybody), (OTHER, "no_post")):
        assert classes(who, *complete, group="school") == expected


@pytest.mark.clause("規§5.1.1")
def test_a_file_that_no_clerk_exports_is_refused_before_it_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "grades.csv"
    with file.open("wb") as hole:
        hole.truncate(64 * MIB + 1)
    code, answer = run(file, "--check", who="A07", group="import")
    told = answer["refusal"]
    assert (code, told["code"], told["place"], told["limit"]) == (2, "file_size", "grades.csv", "64 MB")


@pytest.mark.clause("規§3.1", "規§4.1")
def test_last_years_arrivals_are_measured_and_a_rehearsal_plays_them(run: Run, tmp_path: Path) -> None:
    curves = tmp_path / "last-year.yaml"
    code, found = run("arrivals", "115", "--out", curves, who=None, group="calendar")
    assert code == 0
    uploads = next(c for c in found["curves"] if c["of"] == "uploads")
    # Every outcome of these tests came on 1 October, long before the deadline.
    assert [p["share"] for p in uploads["points"]] == [1.0] and not uploads["guess"] and found["guess"]
    code, answer = run("arrivals", "114", "--out", curves, who=None, group="calendar")
    assert (code, answer["refusal"]["code"], answer["refusal"]["place"]) == (2, "not_found", "YEAR")
    played = ["calendar", "rehearse", str(ROOT / "schools" / "licheng"), "--assume", "arrivals"]
    assert app([*played, "--assumptions", str(curves), "--json"], result_action="return_value") == 0


@pytest.mark.clause("規§6.1", "規§5.0")
def test_a_refusal_names_the_option_the_file_and_the_clause_that_it_is_about(run: Run, tmp_path: Path) -> None:
    def told(*tokens: object, **of: Any) -> tuple[str, ...]:
        code, answer = run(*tokens, **of)
        assert code == 2, answer
        return tuple(answer["refusal"][part] for part in ("code", "clause", "place", "found", "limit"))

    item = hand_in(run, tmp_path, "named")["item"]
    assert told("select", item) == ("wrong_state", "規§6.1", f"item {item}", "uploaded", "certified")
    assert run("withdraw", item)[0] == 0
    until = ("--kind", "outcome_upload", "--closes", "2027-02-06 12:00", "--scope", "person", "--check")
    unknown = told("extend", "--period", "115-1", *until, "--target", "999", group="calendar", who="A02")
    assert unknown[:4] == ("not_found", "規§5.0", "--target", "999") and "學號" in unknown[4]
    rows = tmp_path / "rnd.yaml"
    rows.write_text("x")
    none = told(rows, "--check", group="import", who="A08")
    assert none[2] == "rnd.yaml" and "students" in none[4] and ".xlsx" in none[4]
    summary = ("upload", MEDIA / "document.pdf", "--summary", "a\x07b", "--period", "115-1", "--course", COURSE)
    seen = told(*summary)
    assert "第 2 字元" in seen[2] and "控制字元" in seen[3] and "看得見" in seen[4]
    wrong = told("return", item, "--reason", "ugly", who=TEACHER)
    assert wrong[0] == "reason_missing" and "wrong_file 檔案放錯了" in wrong[4]


@pytest.mark.clause("規§5.0")
def test_a_body_is_a_file_or_the_words_themselves(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--as", ME, "--data", str(place)]
    capsys.readouterr()
    for undo in (False, True):
        body = json.dumps({"what": "diverse", "period": "115", "undo": undo})
        assert app(["do", "decline", "--json", body, *words], result_action="return_value") == 0
        assert json.loads(capsys.readouterr().out)["accepted"]
    with pytest.raises(Refused) as refused:
        app(["do", "decline", "--json", '{"what":', *words], result_action="return_value")
    assert refused.value.refusal.place.startswith("--json")


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_people_read_names_summaries_and_whole_dates_of_taipei(
    run: Run, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: object) -> str:
        capsys.readouterr()
        assert app([*map(str, words), "--data", str(place)], result_action="return_value") == 0
        return capsys.readouterr().out

    item = hand_in(run, tmp_path, "seen")["item"]
    asked = said("item", "request-certification", item, "--as", ME)
    assert "at: 2026-10-01 12:0" in asked and "(臺北時間 · Taipei)" in asked and "+00:00" not in asked
    name = run("queue", who=TEACHER)[1][0]["name"]
    queue = said("item", "queue", "--as", TEACHER)
    assert ME in queue and name in queue and "簡述 · summary: 觀察" in queue and "2027-02-24(三) 17:00" in queue
    assert "2027-02-03(三) 17:00" in said("item", "list", "--as", ME)
    assert "2027-02-03(三) 17:00" in said("calendar", "mine", "--as", ME)
    nobody = said("item", "none", "diverse", "115", "--as", TEACHER)
    assert "115003" in nobody and not show._ID.search(nobody)
    assert run("return", item, "--reason", "wrong_file", who=TEACHER)[0] == 0
    assert f"{item}: 檔案放錯了 · the wrong file" in said("item", "list", "--as", ME)
    assert run("withdraw", item)[0] == 0

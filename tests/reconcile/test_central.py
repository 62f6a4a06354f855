"""The seam to the central database, and the simulated one: rosters in, receipts out, nothing shared with our code."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from python_calamine import CalamineWorkbook

from demo.central_database.__main__ import main
from rosters.central.by_hand import ByHand, SentByHand
from rosters.central.folders import Folders
from rosters.central.seam import CentralDatabase, NotSent, Sending
from tests.reconcile.samples import REGULAR, SCHOOL, outcome_rows, write_roster

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2027, 4, 16, 9, tzinfo=UTC)


def sending(roster: Path, version: int = 1) -> Sending:
    sha256 = hashlib.sha256(roster.read_bytes()).hexdigest()
    return Sending(school=SCHOOL, year="115", semester="0", code="26", version=version, file=roster.name, sha256=sha256)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return write_roster(tmp_path / "outcomes.xlsx", outcome_rows(8))


def answered(inbox: Path, outbox: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, object]]:
    assert main(["--inbox", str(inbox), "--outbox", str(outbox), "--seed", "1", *more]) == 0
    return [json.loads(text) for text in capsys.readouterr().out.splitlines()]


@pytest.mark.clause("規§6.3.2")
def test_what_a_person_sends_counts_with_their_evidence_only(roster: Path, tmp_path: Path) -> None:
    adapter: CentralDatabase = ByHand()
    assert not adapter.automatic
    with pytest.raises(NotSent, match="evidence"):
        adapter.submit(sending(roster), roster)
    letter = tmp_path / "letter.pdf"
    stated = SentByHand(at=NOW, post="registration_section", evidence=letter, kind="letter", reference="校註字第 1 號")
    with pytest.raises(NotSent, match=r"letter\.pdf"):
        ByHand(stated).submit(sending(roster), roster)
    letter.write_bytes(b"%PDF-1.4 letter")
    proof = ByHand(stated).submit(sending(roster), roster)
    assert (proof.at, proof.post, proof.proof.reference) == (NOW, "registration_section", "校註字第 1 號")
    assert proof.proof.sha256 == hashlib.sha256(letter.read_bytes()).hexdigest()
    assert SCHOOL in proof.sending.series and proof.sending.version == 1


@pytest.mark.clause("規§5.1.3")
def test_another_file_than_the_approved_one_is_never_sent(roster: Path, tmp_path: Path) -> None:
    order = sending(roster)
    roster.write_bytes(roster.read_bytes() + b"\x00")
    evidence = tmp_path / "screen.png"
    evidence.write_bytes(b"png")
    by_hand = ByHand(SentByHand(at=NOW, post="registration_section", evidence=evidence, kind="screenshot"))
    folders = Folders(tmp_path / "in", tmp_path / "out", "registration_section", lambda: NOW)
    for adapter in (by_hand, folders):
        with pytest.raises(NotSent, match="approved"):
            adapter.submit(order, roster)
    assert not (tmp_path / "in").exists()


def test_a_fetched_receipt_is_handed_over_as_it_is(roster: Path, tmp_path: Path) -> None:
    receipt = tmp_path / "收訖.csv"
    assert ByHand(receipt=receipt).fetch(sending(roster)) is None
    receipt.write_bytes(b"a,b")
    fetched = ByHand(receipt=receipt).fetch(sending(roster))
    assert fetched is not None and (fetched.name, fetched.content) == ("收訖.csv", b"a,b")


def test_the_folders_adapter_and_the_simulated_database_meet_over_versions(
    roster: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    adapter: CentralDatabase = Folders(inbox, outbox, "registration_section", lambda: NOW)
    assert adapter.automatic and adapter.fetch(sending(roster)) is None
    adapter.submit(sending(roster), roster)
    assert [a["version"] for a in answered(inbox, outbox, capsys)] == [1]
    corrected = write_roster(tmp_path / "corrected.xlsx", outcome_rows(8, seed=2))
    adapter.submit(sending(corrected, 2), corrected)
    assert [a["version"] for a in answered(inbox, outbox, capsys)] == [1, 2], "a file sent twice is one version"
    names = [adapter.fetch(sending(path, version)) for path, version in ((roster, 1), (corrected, 2))]
    assert [n and n.name for n in names] == [f"{SCHOOL}_115_0_26_v{v}_收訖明細.xlsx" for v in (1, 2)]


def test_a_wrong_cover_is_sent_back_with_its_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    write_roster(inbox / "a.xlsx", outcome_rows(2), code="99", school="9999")
    (inbox / "b.xlsx").write_bytes(b"no workbook")
    write_roster(inbox / "c.xlsx", {"學期課程學習成果": (REGULAR[1:], [])})
    answers = answered(inbox, outbox, capsys)
    assert [a["answer"] for a in answers] == ["returned"] * 3
    assert [a["complaints"] for a in answers] == [2, 1, 1]
    for one in answers:
        assert CalamineWorkbook.from_path(str(outbox / str(one["file"]))).sheet_names == ["退件"]


@pytest.mark.clause("規§5.2.3")
def test_a_pre_check_answers_with_places_and_no_receipt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    rows = outcome_rows(3)
    headers, body = rows["學期課程學習成果"]
    body[0][3] = "too short"
    body[1][0] = ""
    write_roster(inbox / "a.xlsx", {"學期成績": (headers, body)}, code="41", semester=1)
    [answer] = answered(inbox, outbox, capsys)
    assert (answer["answer"], answer["complaints"]) == ("pre-check", 2)
    rows_told = CalamineWorkbook.from_path(str(outbox / str(answer["file"]))).get_sheet_by_name("預檢結果").to_python()
    assert [(r[1], r[2], r[3]) for r in rows_told[1:]] == [("學期成績", 2.0, "課程代碼"), ("學期成績", 3.0, "身分證號")]


def test_more_faults_than_people_are_refused_and_unknown_classes_too(roster: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(roster.read_bytes())
    base = ["--inbox", str(inbox), "--outbox", str(tmp_path / "out"), "--seed", "1", "--faults"]
    assert main([*base, "missing=9"]) == 2
    with pytest.raises(SystemExit):
        main([*base, "invented=1"])


def test_it_runs_as_a_program_of_its_own_and_shares_no_code_with_ours(roster: Path, tmp_path: Path) -> None:
    """A reader and a writer that share code agree by accident."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(roster.read_bytes())
    command = [
        sys.executable,
        "-m",
        "demo.central_database",
        "--inbox",
        str(inbox),
        "--outbox",
        str(tmp_path / "o"),
        "--seed",
        "3",
    ]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, timeout=60
    )
    assert ran.returncode == 0 and json.loads(ran.stdout)["answer"] == "receipt"
    ours = {"rules", "records", "rosters", "runtime", "cli", "activities", "workflows", "bench"}
    for path in sorted((ROOT / "demo" / "central_database").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {name.split(".")[0] for name in names} & ours, path.name
            assert all(not n.startswith("demo.") or n.startswith("demo.central_database") for n in names), path.name


def test_a_sending_names_a_real_hash() -> None:
    with pytest.raises(ValidationError):
        Sending(school=SCHOOL, year="115", semester="0", code="26", version=0, file="a", sha256="x")

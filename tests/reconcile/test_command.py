"""`starter.py reconcile`: exit codes, JSON, report; no server, nothing kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.rosters.reconcile import AGREE, DIFFER, REFUSED, reconcile_files
from tests.reconcile.planting import Answer, sent
from tests.reconcile.samples import as_received, outcome_rows, write_roster

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {"missing": 2, "extra": 2, "altered": 3, "wrong_course_code": 2, "duplicate_person": 2}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    folder = tmp_path_factory.mktemp("command")
    return sent(write_roster(folder / "outcomes.xlsx", outcome_rows(40)), folder, seed=9, faults=FAULTS)


@pytest.fixture(scope="module")
def complete(answer: Answer) -> Path:
    path = answer.roster.with_name("all-received.xlsx")
    path.write_bytes(as_received(answer.roster.read_bytes()))
    return path


def asked(capsys: pytest.CaptureFixture[str], *paths: Path, **options: Any) -> tuple[int, dict[str, Any]]:
    code = reconcile_files(*paths, as_json=True, **options)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["exit"] == code
    return code, document


@pytest.mark.clause("規§6.4")
def test_differences_end_with_1_and_name_owner_place_and_remedy(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = asked(capsys, answer.roster, answer.receipt)
    assert code == DIFFER
    found = document["reconciliation"]
    assert found["counts"] == FAULTS and len(found["differences"]) == sum(FAULTS.values())
    for one in found["differences"]:
        assert one["owner"] == "registration_section" and one["clause"] == "規§6.3.2"
        assert one["remedy"] and one["remedy_en"] and one["places"]
    text = json.dumps(document, ensure_ascii=False)
    assert not any(p["person"] in text for p in answer.planted), "people stand masked; the row leads to them"


def test_agreement_ends_with_0_and_a_refused_file_with_2(
    answer: Answer, complete: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(capsys, answer.roster, complete)[0] == AGREE
    code, document = asked(capsys, answer.roster, tmp_path / "absent.xlsx")
    assert (code, document["reconciliation"]) == (REFUSED, None)
    assert [f["rule"] for f in document["findings"]] == ["file_unreadable"]


@pytest.mark.clause("規§6.4")
def test_the_roster_itself_is_refused_as_its_own_receipt(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    """Agreeing with oneself proves nothing: the clerk chose the file that was sent."""
    code, document = asked(capsys, answer.roster, answer.roster)
    assert (code, document["reconciliation"]) == (REFUSED, None)
    assert [f["rule"] for f in document["findings"]] == ["roster_itself"]


@pytest.mark.clause("規§6.1", "規§6.2")
def test_the_students_selection_is_the_third_ledger(
    answer: Answer, complete: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = outcome_rows(40)
    rows["學期課程學習成果"][1].pop(5)
    selection = write_roster(tmp_path / "selection.xlsx", rows)
    code, document = asked(capsys, answer.roster, complete, selection=selection)
    [one] = document["reconciliation"]["differences"]
    assert code == DIFFER and (one["kind"], one["step"]) == ("extra", "selection_roster")
    assert set(one["places"]) == {"roster", "receipt"}, "nobody selected it, and the central database has it"


def test_a_part_is_taken_by_a_decision_with_its_reason_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(30))
    cut = sent(roster, tmp_path, seed=1, faults={"truncated": 1}, form="central_rows")
    assert asked(capsys, cut.roster, cut.receipt)[0] == REFUSED
    assert reconcile_files(cut.roster, cut.receipt, accept_partial="  ") == REFUSED
    assert "reason" in capsys.readouterr().err
    code, document = asked(capsys, cut.roster, cut.receipt, accept_partial="先核對前半")
    assert code == DIFFER and document["partial"] and document["partial_reason"] == "先核對前半"


def test_a_mapping_of_ones_own_is_read_from_yaml_and_an_unknown_one_refused(
    answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "mine.yaml"
    text = (ROOT / "schools" / "national" / "receipts-115.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("beside: [收訖序號, ", "beside: ["), encoding="utf-8")
    code, document = asked(capsys, answer.roster, answer.receipt, mapping=str(own))
    assert code == DIFFER and {f["column"] for f in document["findings"]} == {"收訖序號"}
    assert reconcile_files(answer.roster, answer.receipt, mapping="nothing") == REFUSED
    assert "central_rows" in capsys.readouterr().err
    assert asked(capsys, answer.roster, answer.receipt, mapping="central_rows")[0] == REFUSED


def test_the_report_is_one_file_without_network_or_script(
    answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "new" / "report.html"
    reconcile_files(answer.roster, answer.receipt, report=report)
    page = report.read_text(encoding="utf-8")
    assert "<script" not in page and "http://" not in page and "src=" not in page
    assert "註冊組長" in page and "規§6.3.2" in page and page.count("<tr>") > sum(FAULTS.values())
    assert not any(p["person"] in page for p in answer.planted)
    out = capsys.readouterr().out
    assert "課程代碼不同" in out and "wrong course code" in out


def test_a_value_with_markup_stays_a_text_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = outcome_rows(2)
    roster = write_roster(tmp_path / "a.xlsx", rows)
    rows["學期課程學習成果"][1][0][8] = "<script>alert(1)</script>"
    report = tmp_path / "report.html"
    assert reconcile_files(roster, write_roster(tmp_path / "b.xlsx", rows), report=report) == DIFFER
    assert "<script" not in report.read_text(encoding="utf-8")


def test_the_program_needs_no_server_and_keeps_nothing(answer: Answer, tmp_path: Path) -> None:
    for path in (answer.roster, answer.receipt):
        shutil.copy(path, tmp_path / path.name)
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    command = [sys.executable, str(ROOT / "starter.py"), "reconcile", answer.roster.name, answer.receipt.name, "--json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ran.returncode == DIFFER and json.loads(ran.stdout)["reconciliation"]["counts"] == FAULTS
    assert {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == before

"""The codes that stand in the school's files, in the facts and in answers; what data that leaves a field out says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from rules import admission, closures, duties, identity, moves, ripple
from rules.admission import Standing
from rules.calendar_diff import Concern, DateChange
from rules.file_names import NameFault
from rules.instants import Model
from rules.items.schema import Holds
from rules.items.states import state_words
from rules.ledgers import words
from rules.ledgers.closing import Evidence, Way
from rules.ledgers.line import Book
from rules.ledgers.matching import Match
from rules.plan import Plan
from rules.refusals.codes import Code
from rules.rehearsals.data import Limits
from rules.rehearsals.moments import Moment
from rules.rehearsals.script import Line
from rules.roc import RocFault
from rules.rosters.checks.catalogue import Desk
from rules.rosters.checks.table import Found, SheetCells
from rules.rosters.course_code import CodePart, CourseCodeForm, Withheld
from rules.rosters.doctor_data import DoctorData
from rules.rosters.rejects import Reject
from rules.rosters.schema import CodeList, ColumnSchema, DateStyle, RosterCode, RosterSchema, SheetSchema
from rules.ruleset import DutyRule, ImportRule, Kind
from rules.schedule import NationalWindow
from rules.school_files import CadreLevel, Track
from rules.snapshot import ExtensionState, Snapshot, Structure, VersionState
from rules.text import TextFault, length
from rules.verdict import Act, StoredPart
from tests.rules.builders import taipei

AT = taipei("2026-10-30 17:00")
DIGEST = "0" * 63 + "a"
PART = {"name": "year", "title": "x", "title_en": "x", "start": 0, "length": 3, "source": "x"}
WITHHELD = {"kinds": (), "unless_property": (), "source": "x"}


@pytest.mark.clause("規§5.1.2", "規§5.1.3")
@pytest.mark.parametrize("word", ["general", "vocational", "comprehensive", "continuing"])
def test_a_track_stands_so_in_the_schools_files(word: str) -> None:
    assert Track(word).value == word


@pytest.mark.clause("規§5.1.2")
@pytest.mark.parametrize("word", ["school", "class", "club"])
def test_a_level_of_office_stands_so_in_the_schools_files(word: str) -> None:
    assert CadreLevel(word).value == word


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize("word", ["no_course_code", "withheld_course"])
def test_the_reason_of_a_row_that_is_not_submitted_stands_so_in_the_facts(word: str) -> None:
    assert Reject(word).value == word


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize("word", ["roc7", "roc_slash", "ad_slash", "ad_digits"])
def test_a_style_of_dates_stands_so_in_the_national_data(word: str) -> None:
    assert DateStyle(word).value == word


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("word", ["submitter", "students", "courses", "platform"])
def test_the_desk_that_a_check_belongs_to_stands_so_in_the_national_data(word: str) -> None:
    assert Desk(word).value == word


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize(
    "word", ["summary_empty", "summary_too_long", "summary_control_character", "summary_too_many_marks"]
)
def test_the_fault_of_a_summary_is_answered_by_this_code(word: str) -> None:
    assert TextFault(word).value == word


REFUSALS = [
    "window_not_open",
    "window_closed",
    "no_window",
    "quota_exceeded",
    "wrong_state",
    "not_found",
    "not_yours",
    "no_post",
    "not_certifier",
    "holder_present",
    "hash_changed",
    "file_missing",
    "file_type",
    "file_size",
    "file_empty",
    "file_truncated",
    "file_damaged",
    "file_mixed",
    "file_expands",
    "file_name",
    "file_unusable",
    "file_unchecked",
    "file_not_open",
    "file_lost",
    "files_away",
    "pdf_protected",
    "pdf_script",
    "pdf_attachment",
    "pdf_launch",
    "ticket_invalid",
    "upload_offset",
    "upload_checksum",
    "upload_gone",
    "upload_busy",
    "uploads_open",
    "summary_missing",
    "summary_length",
    "field_missing",
    "field_unknown",
    "field_invalid",
    "link_invalid",
    "course_kind",
    "role_not_taken",
    "role_full",
    "items_there",
    "drafts_full",
    "reason_missing",
    "key_reused",
    "gate_closed",
    "evidence_missing",
    "receipt_mismatch",
    "import_errors",
    "receipt_unreadable",
    "checks_open",
    "checklist_open",
    "differences_open",
    "objection_late",
    "before_now",
    "contradiction",
    "not_later",
    "closed_day_lost",
    "national_fixed",
    "calendar_errors",
    "own_deputy",
    "gap_day",
    "too_long",
    "already_done",
    "already_exists",
    "claimed_name",
    "not_decided",
    "bad_request",
    "server_away",
    "database_fault",
    "migration_changed",
    "key_damaged",
    "unforeseen",
]


@pytest.mark.parametrize("word", REFUSALS)
def test_a_refusal_is_answered_and_kept_under_this_code(word: str) -> None:
    assert Code(word).name == word.upper()


@pytest.mark.parametrize(
    ("said", "default"),
    [
        (CodePart.model_validate(PART), False),
        (Withheld.model_validate(WITHHELD), False),
        (
            CourseCodeForm.model_validate({"length": 3, "parts": (PART,), "withheld": WITHHELD, "source": "x"}),
            False,
        ),
        (CodeList.model_validate({"title": "x", "values": {}, "source": "x"}), False),
        (RosterCode.model_validate({"code": "26", "title": "x", "source": "x"}), False),
        (
            NationalWindow.model_validate({
                "period": "115-1", "kind": "semester_submission", "lanes": ("g10_11",),
                "opens": "2027-03-15 08:00", "closes": "2027-04-09 17:00",
            }),
            False,
        ),
    ],
    ids=lambda x: type(x).__name__,
)  # fmt: skip
def test_what_the_data_leaves_out_is_unverified(said: Any, default: bool) -> None:
    assert said.verified is default


@pytest.mark.parametrize("kind", [DoctorData, ColumnSchema, SheetSchema, RosterSchema], ids=lambda kind: kind.__name__)
def test_large_data_is_unverified_too_where_it_does_not_say_so(kind: type[Model]) -> None:
    assert kind.model_construct().verified is False  # type: ignore[attr-defined]


@pytest.mark.clause("規§4.2")
def test_a_duty_is_no_guess_unless_its_rule_says_so() -> None:
    rule = DutyRule.model_validate({
        "kind": "x", "title": "x", "title_en": "x", "process": "semester", "owner": "x",
        "due": {"window": "entry"}, "ladder": "x", "clause": "規§4.2",
    })  # fmt: skip
    assert (rule.guess, rule.optional) == (False, False)


@pytest.mark.clause("規§4.2")
def test_limits_of_a_rehearsal_begin_at_one() -> None:
    limits = {"notices_a_day": 1, "duties_due_a_day": 1, "certifications_a_day": 1}
    assert Limits.model_validate(limits | {"source": "x"}).certifications_a_day == 1
    for name in limits:
        with pytest.raises(ValidationError):
            Limits.model_validate(limits | {"source": "x", name: 0})


def test_a_file_of_the_school_is_brought_in_by_at_least_one_post() -> None:
    rule = {"file": "grades", "clause": "規§5.2.1"}
    assert not ImportRule.model_validate(rule | {"posts": ("registration_section",)}).guess
    with pytest.raises(ValidationError):
        ImportRule.model_validate(rule | {"posts": ()})


@pytest.mark.clause("規§6.2")
@pytest.mark.parametrize("digest", [DIGEST[:-1], DIGEST + "0", DIGEST[:-1] + "A", "x" + DIGEST[:-1]])
def test_evidence_is_named_by_its_whole_sha_256(digest: str) -> None:
    evidence = {"kind": "letter", "at": "2027-04-20 08:00"}
    assert Evidence.model_validate(evidence | {"sha256": DIGEST}).reference == ""
    with pytest.raises(ValidationError):
        Evidence.model_validate(evidence | {"sha256": digest})


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("certified", "認證成功 · certified"),
        ("withdrawn", "已撤回 · withdrawn"),
        ("selected", "已勾選 · chosen for submission"),
        ("of_tomorrow", "of_tomorrow · of_tomorrow"),
    ],
)
def test_a_state_is_told_in_both_languages_and_a_new_one_as_it_is(state: str, told: str) -> None:
    assert state_words(state) == told


def test_a_change_of_a_date_and_a_line_of_the_script_say_nothing_that_was_not_given() -> None:
    change = DateChange(what="lost", period="115-1", kind="entry", edge="due")
    assert (change.lane, change.because, change.before, change.after) == ("", "", None, None)
    line = Line(AT, "opening", "p", "k", "t", ())
    assert (line.count, line.outcome, line.duty) == (1, "done", "")


@pytest.mark.clause("規§6.3.1")
def test_a_part_of_the_course_code_has_at_least_one_character() -> None:
    assert CodePart.model_validate(PART | {"length": 1}).length == 1
    with pytest.raises(ValidationError):
        CodePart.model_validate(PART | {"length": 0})
    with pytest.raises(ValidationError, match="the parts have 3 characters, not 4"):
        CourseCodeForm.model_validate({"length": 4, "parts": (PART,), "withheld": WITHHELD, "source": "x"})


@pytest.mark.clause("規§4.2")
def test_a_version_of_which_nothing_is_known_has_nothing_open() -> None:
    v = VersionState(1, AT)
    assert (v.checks_open, v.differences, v.differences_open, v.unnoticed, v.to_correct) == (0, 0, 0, 0, 0)


@pytest.mark.clause("規§4.2")
def test_rows_of_a_sheet_begin_below_its_header_and_a_place_without_a_row_is_the_whole_sheet() -> None:
    assert SheetCells("x", (), ()).first == 2
    found = Found()
    found.tell("sheet_missing", "學期成績")
    assert found.places == {"sheet_missing": [("學期成績", 0, "")]}


def test_moments_of_a_script_are_told_apart_by_when_and_under_which_key_and_never_by_their_words() -> None:
    def moment(at: datetime = AT, text: str = "") -> Moment:
        return Moment(at, "key", AT, "process", "step", "done", text)

    bare = Moment(AT, "key", AT, "process", "step", "done")
    assert (bare.text, bare.what) == ("", None)
    assert moment(text="a") == moment(text="b")
    assert Moment(AT, "key", AT, "p", "k", "o", "", None) == Moment(AT, "key", AT, "p", "k", "o", "", "x")  # type: ignore[arg-type]
    assert moment() < moment(taipei("2026-10-30 18:00"))


@pytest.mark.parametrize(
    ("char", "counted"), [("e\u0301", 1), ("क\u093e", 1), ("5\u20dd", 1), ("字\u200b", 1)], ids=["Mn", "Mc", "Me", "Cf"]
)
@pytest.mark.clause("規§5.3.1")
def test_marks_around_and_beside_a_character_and_what_is_invisible_do_not_count(char: str, counted: int) -> None:
    assert length(char) == counted


def test_kinds_of_work_stand_so_in_keys_and_facts() -> None:
    assert (duties.DIFFERENCES, duties.UNNOTICED, duties.STUCK) == (
        "resolve_differences",
        "decide_unnoticed",
        "stuck_step",
    )
    assert duties.GATES == ("self_check", "precheck", "approve", "submit", "import_receipt", "confirm_receipts")
    assert [k.value for k in Kind] == ["school_year", "semester", "submission", "handover"]


@pytest.mark.clause("規§4.1", "規§4.2")
def test_windows_and_edges_are_called_so_in_commands_and_answers() -> None:
    assert closures.STUDENTS == (
        "outcome_upload",
        "diverse_upload",
        "selection",
        "semester_receipts",
        "yearly_receipts",
    )
    assert moves.EDGES == ("opens", "due", "closes", "correction_closes", "self_check_opens", "self_check_closes")
    assert admission.ITEM_WINDOWS == ("outcome_upload", "certification", "diverse_upload", "selection")
    assert admission.CORRECTION == ripple.CORRECTION == "outcome_correction"
    assert [k.value for k in closures.ClosureKind] == ["停課", "停班", "both"]
    assert [(k.lessons, k.offices) for k in closures.ClosureKind] == [(True, False), (False, True), (True, True)]


@pytest.mark.clause("規§10.2.2")
def test_what_follows_a_window_is_this_table() -> None:
    certified = [("certification", edge) for edge in ("correction_closes", "due", "closes")]
    selected = [("selection", "opens"), ("selection", "closes")]
    assert {kind: list(after) for kind, after in ripple.FOLLOWING.items()} == {
        "outcome_upload": [*certified, selected[0]],
        "outcome_correction": [certified[2], selected[0]],
        "certification": selected,
        "diverse_upload": selected,
        "selection": [],
    }
    assert ripple.LIMITS == {
        "outcome_upload": "certification", "outcome_correction": "certification", "certification": "selection",
        "diverse_upload": "selection",
    }  # fmt: skip


@pytest.mark.clause("規§6.2", "規§6.4")
def test_differences_and_their_ends_stand_so_in_facts_and_commands() -> None:
    assert [k.value for k in words.Kind] == ["missing", "extra", "altered", "wrong_course_code", "duplicate_person"]
    assert [s.value for s in words.Step] == ["selection_roster", "roster_receipt", "across_schools"]
    assert [b.value for b in Book] == ["selection", "roster", "receipt"]
    assert [w.value for w in Way] == ["corrected", "explained"]
    assert set(words.KINDS) == set(words.Kind)
    assert set(words.STEPS) == set(words.Step)
    assert [en for _, en in words.KINDS.values()] == [
        "missing", "extra", "altered", "wrong course code", "also reported by another school",
    ]  # fmt: skip
    assert [en for _, en in words.STEPS.values()] == [
        "selection and roster", "roster and receipt", "this school and another",
    ]  # fmt: skip
    assert not any(zh.isascii() for zh, _ in (*words.KINDS.values(), *words.STEPS.values()))


def test_numbers_of_people_and_faults_of_texts_are_told_by_these_words() -> None:
    assert [k.value for k in identity.IdentityKind] == [
        "national_id",
        "resident_certificate_old",
        "resident_certificate_new",
    ]
    assert [x.value for x in identity.Sex] == ["male", "female"]
    assert [f.value for f in identity.IdentityFault] == ["identity_shape", "identity_check_digit"]
    assert [f.value for f in RocFault] == ["roc_shape", "roc_ad_year", "roc_no_such_day", "roc_weekday", "roc_clock"]
    assert [f.value for f in NameFault] == [
        "name_empty", "name_control_character", "name_separator", "name_reserved", "name_too_long", "name_not_text",
    ]  # fmt: skip
    assert [h.value for h in Holds] == ["text", "day", "number", "code"]


@pytest.mark.clause("規§5.3.1")
def test_an_act_of_which_nothing_else_is_said_is_a_student_s_own_on_a_new_item() -> None:
    act = Act(item="outcome", command="upload", period="115-1", who=Standing("p", "101", "g10_11"))
    said = (act.state, act.id, act.used, act.own, act.right, act.post, act.course, act.digest, act.seen, act.files)
    assert said == ("", "", 0, True, "holder", "", "", "", None, ())
    assert (act.variant, act.enrolment) == ("regular", "regular")
    assert StoredPart("document", DIGEST, None).media_type == ""


def test_a_process_of_which_nothing_is_known_has_nothing() -> None:
    s = Snapshot("999999", "p", Kind.SEMESTER, {}, AT, ())
    assert (s.duties, s.pending, s.children, s.stuck, s.done) == ({}, {}, {}, {}, frozenset())
    assert (s.extensions, s.versions, s.reports, s.handover) == ((), (), (), None)
    assert s.structure == Structure() == Structure((), {}, frozenset())
    assert (Plan((), ()).duties, Match().same) == ({}, 0)
    held = ExtensionState("115-1", "entry", frozenset(), AT)
    assert (held.occurrence, held.scopes, held.granted_at) == ("", frozenset(), None)
    assert (Concern().lane, Concern().certifies, Concern().posts) == ("", frozenset(), frozenset())
    assert closures.Proposal(move=moves.Move(period="115", kind="x", due=AT)).conflict == ""
    duty = duties.Duty("k", "x", "p", "", None, "post", "t", AT, AT, "office", "規§4.2", AT)
    assert (duty.joined, duty.counted) == (None, False)

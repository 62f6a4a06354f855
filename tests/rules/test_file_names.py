"""The name of a file that somebody hands in: brought into one form, or refused by its fault. 規§5.3.1"""

from __future__ import annotations

import pytest

from rules.file_names import LONGEST, NameFault, _hidden, file_name, name_fault, normal_name, shown_name
from rules.refusals import Refused

HASH = "0123456789abcdef0123456789abcdef"


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("成果.pdf", "成果.pdf"),
        ("C:\\fakepath\\成果.pdf", "成果.pdf"),
        ("/home/a/成果.pdf", "成果.pdf"),
        ("../../成果.pdf", "成果.pdf"),
        ("  ..成果 .pdf.. ", "成果 .pdf"),
        ("成果　 的\t報告.pdf", "成果 的 報告.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("folder/", ""),
    ],
)
def test_a_name_is_kept_in_one_form_without_folders_and_outer_dots(given: str, kept: str) -> None:
    assert normal_name(given) == kept


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", NameFault.EMPTY),
        ("a\ud800.pdf", NameFault.NOT_TEXT),
        ("a\nb.pdf", NameFault.CONTROL),
        ("a\x07b.pdf", NameFault.CONTROL),
        *((f"a{c}b.pdf", NameFault.CONTROL) for c in "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060\ufeff"),
        *((f"a{c}b.pdf", NameFault.SEPARATOR) for c in '/\\:*?"<>|'),
        *((f"{x}.pdf", NameFault.RESERVED) for x in ("con", "PRN", "aux", "Nul", "conin$", "CONOUT$", "com1", "LPT²")),
        ("con .tar.gz", NameFault.RESERVED),
        ("a" * (LONGEST + 1), NameFault.TOO_LONG),
        ("學" * (LONGEST // 3 + 1), NameFault.TOO_LONG),
        ("a" * LONGEST, None),
        ("console.pdf", None),
        ("com10.pdf", None),
        ("a.con", None),
        ("👩\u200d🎓.pdf", None),
        ("成果報告(第2版).pdf", None),
    ],
)
def test_a_name_that_hides_or_leads_or_cannot_be_saved_is_at_fault(name: str, fault: NameFault | None) -> None:
    assert name_fault(name) is fault


@pytest.mark.clause("規§5.3.1")
def test_the_longest_name_is_two_hundred_bytes() -> None:
    assert LONGEST == 200


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("given", "place", "found", "limit"),
    [
        ("...", "name_empty", "0 bytes", "at least one character"),
        ("成\u200b.pdf", "name_control_character", "U+200B", "no control or invisible"),
        ("a:b", "name_separator", ":", "none of /"),
        ("con .pdf", "name_reserved", "CON", "for a device"),
        ("a" * 201, "name_too_long", "201 bytes", "200 bytes"),
        ("a\ud800", "name_not_text", "U+D800", "written as text"),
    ],
)
def test_a_refused_name_is_never_repeated_only_its_fault(given: str, place: str, found: str, limit: str) -> None:
    with pytest.raises(Refused) as error:
        file_name(given)
    r = error.value.refusal
    assert (r.code.value, r.clause, r.place, r.found) == ("file_name", "規§5.3.1", place, found)
    assert limit in r.limit
    assert file_name("C:\\x\\ 成果.pdf") == "成果.pdf"


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("成果.pdf", "application/pdf", "成果.pdf"),
        ("成果.PDF", "application/pdf", "成果.PDF"),
        ("成果.exe", "application/pdf", "成果.exe.pdf"),
        ("成果", "application/x-unknown", "成果.bin"),
        ("成果.bin", "application/x-unknown", "成果.bin"),
        ("con", "application/pdf", "0123456789ab.pdf"),
        ("", "video/mp4", "0123456789ab.mp4"),
        ("a.m4v", "video/mp4", "a.m4v"),
        ("a.m4a", "video/mp4", "a.m4a"),
        ("a.jpeg", "image/jpeg", "a.jpeg"),
        ("a.jfif", "image/jpeg", "a.jfif"),
        ("a", "image/jpeg", "a.jpg"),
        ("a", "image/png", "a.png"),
        ("a.mp3", "audio/mpeg", "a.mp3"),
        ("a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx"),
    ],
)
def test_a_download_ends_as_its_proved_type_does(name: str, media_type: str, shown: str) -> None:
    assert shown_name(name, media_type, HASH) == shown


def test_whatever_nobody_sees_is_not_printable() -> None:
    """So one look at a whole name finds that nothing in it is hidden."""
    assert not any(chr(n).isprintable() and _hidden(chr(n)) for n in range(0x110000))

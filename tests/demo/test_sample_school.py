"""The sample schools: always the same bytes, in order for the importer, complete for the working group."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from demo.media import MEDIA, MediaKind, variant
from demo.sample_school import SAMPLES, school_files
from demo.sample_words import SCHOOL_CODE, SIZES
from rosters.sis_import import SchoolFiles, read_school

SEATS = {
    "principal", "academic_affairs_director", "student_affairs_director", "counselling_director",
    "practicum_director", "registration_section", "course_affairs_section", "instruction_section",
    "it_section", "student_activities_section", "student_life_section", "resource_section",
    "course_advisor", "teacher_representative_1", "teacher_representative_2", "parent_representative",
    "student_representative",
}  # fmt: skip
REPRESENTATIVES = {seat for seat in SEATS if "_representative" in seat}
COUNTS = {
    "standard": {
        "students": 216,
        "classes": 9,
        "staff": 28,
        "posts": 18,
        "courses": 108,
        "grades": 2592,
        "cadre": 64,
        "advisory": 36,
    },
    "small": {
        "students": 24,
        "classes": 4,
        "staff": 22,
        "posts": 18,
        "courses": 24,
        "grades": 144,
        "cadre": 30,
        "advisory": 16,
    },
}


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def files(size: str) -> SchoolFiles:
    read, problems = read_school(SAMPLES / size, school_code=SCHOOL_CODE)
    assert problems == ()
    return read


def test_generating_again_gives_the_committed_bytes(size: str) -> None:
    committed = {path.name: path.read_bytes() for path in (SAMPLES / size).iterdir()}
    assert school_files(SIZES[size]) == committed


def test_the_importer_finds_everything_in_order(size: str, files: SchoolFiles) -> None:
    found = {name: len(getattr(files, name)) for name in SchoolFiles.model_fields}
    assert found == COUNTS[size] | {"enrolments": 0}


@pytest.mark.clause("規§2")
def test_all_seventeen_seats_are_filled(files: SchoolFiles) -> None:
    assert len(SEATS) == 17
    assert {post.post_id for post in files.posts} == SEATS | {"it_office"}


@pytest.mark.clause("規§10.1.2")
def test_every_office_post_has_two_deputies(files: SchoolFiles) -> None:
    without = {post.post_id for post in files.posts if None in (post.first_deputy_no, post.second_deputy_no)}
    assert without == REPRESENTATIVES


@pytest.mark.clause("規§10.1.2")
def test_every_course_has_a_deputy_who_is_another_teacher_and_there(size: str, files: SchoolFiles) -> None:
    away = {SIZES[size].inactive, SIZES[size].leaving}
    teachers = {course.teacher_no for course in files.courses}
    for course in files.courses:
        assert course.deputy_teacher_no in teachers - away - {course.teacher_no}


@pytest.mark.clause("規§10.3.2.1")
def test_the_special_teachers_teach_in_both_semesters(size: str, files: SchoolFiles) -> None:
    people = YAML(typ="safe", pure=True).load((SAMPLES / size / "people.yaml").read_text(encoding="utf-8"))
    assert set(people) == {"inactive_teacher", "leaving_teacher", "successor_teacher"}
    for number in people.values():
        assert {course.semester for course in files.courses if course.teacher_no == number} == {1, 2}


def test_both_semesters_have_the_same_courses(files: SchoolFiles) -> None:
    first, second = (
        {(one.course_code, one.class_code, one.teacher_no) for one in files.courses if one.semester == semester}
        for semester in (1, 2)
    )
    assert first == second


def test_every_student_has_a_grade_in_each_course_of_the_class(files: SchoolFiles) -> None:
    class_of = {student.student_no: student.class_code for student in files.students}
    expected = {
        (course.semester, number, course.course_code)
        for course in files.courses
        for number, code in class_of.items()
        if code == course.class_code
    }
    assert {(one.semester, one.student_no, one.course_code) for one in files.grades} == expected


def test_names_hold_characters_that_old_encodings_lack(files: SchoolFiles) -> None:
    names = "".join(student.name for student in files.students)
    assert set("堃喆峯珉𠮷") <= set(names)


def test_the_folder_mixes_the_formats_that_schools_have(size: str) -> None:
    folder = SAMPLES / size
    assert (folder / "students.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (folder / "staff.csv").read_bytes().decode("cp950").startswith("職員編號")
    assert (folder / "posts.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("kind", list(MediaKind))
def test_every_variant_of_a_file_has_a_hash_of_its_own(kind: MediaKind) -> None:
    made = [variant(kind, n) for n in range(300)]
    assert len({hashlib.sha256(data).digest() for data in made}) == 300
    assert max(map(len, made)) < 30_000
    assert variant(kind, 7) == made[7]


def test_an_unknown_kind_or_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="exe"):
        variant("exe", 1)
    with pytest.raises(ValueError, match="-1"):
        variant("pdf", -1)


def test_the_committed_document_is_the_first_variant() -> None:
    assert (MEDIA / "document.pdf").read_bytes() == variant("pdf", 0)


@pytest.mark.parametrize("n", [0, 99_999])
def test_a_pdf_names_the_right_place_of_every_object(n: int) -> None:
    data = variant("pdf", n)
    table = data[int(data.split(b"startxref\n")[1].split(b"\n")[0]) :]
    offsets = [int(line[:10]) for line in table.splitlines()[3:8]]
    assert [data[at:].split(b"\n")[0] for at in offsets] == [b"%d 0 obj" % number for number in range(1, 6)]
    assert f"(No. {n})".encode() in data


def test_a_png_keeps_right_check_sums() -> None:
    data = variant("png", 5)
    at, kinds = 8, []
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        chunk = data[at + 4 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(chunk)
        kinds.append(chunk[:4])
        at += 12 + size
    assert kinds[-2:] == [b"tEXt", b"IEND"]


def test_a_film_is_a_chain_of_boxes_that_ends_with_the_file() -> None:
    data = variant("mp4", 5)
    at, kinds = 0, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind)
        at += size
    assert (at, kinds[0], kinds[-1]) == (len(data), b"ftyp", b"free")
    assert {b"moov", b"mdat"} <= set(kinds)


def test_a_picture_begins_and_ends_as_one_and_carries_its_note() -> None:
    data = variant("jpg", 5)
    assert (data[:4], data[-2:]) == (b"\xff\xd8\xff\xe0", b"\xff\xd9")
    assert b"\xff\xfe\x00\x0blicheng 5" in data


def test_a_sound_has_its_tag_before_its_first_frame() -> None:
    data = variant("mp3", 5)
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    assert data[:3] == b"ID3"
    assert data[10 + size] == 0xFF


def test_sample_folders_hold_their_readme(size: str) -> None:
    lines = Path(SAMPLES / size / "README.md").read_text(encoding="utf-8").splitlines()
    assert 2 <= len([line for line in lines if line]) <= 5

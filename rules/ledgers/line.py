"""rules: lines and ledgers: what one book says, line by line, and which columns say what it is about. 規§6.2, 規§6.4.

A ledger keeps each line as one text, since a million of them are compared at once: a text is hashed
and compared in one go, and its columns are only looked at where two ledgers differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Self

from rules.instants import Model

_BETWEEN = "\x1f"
"""Stands between a line's columns; a value that holds it is refused, it is a control character."""


class Book(StrEnum):
    """The three ledgers of an item. Rosters without selection have two (readings, "Submission")."""

    SELECTION = "selection"
    ROSTER = "roster"
    RECEIPT = "receipt"


class Place(NamedTuple):
    """Where a line stands: a file, its sheet and the row from 1, or a book of records and the row's id."""

    file: str
    sheet: str
    row: int | str

    def __str__(self) -> str:
        return f"{self.file}〔{self.sheet}〕{self.row}"


class Line(NamedTuple):
    """One line. `person` is a blind index or an id, opaque here; `key` holds the study key's values in the
    order of the sheet's shape, `fields` the other columns. `school` is set where a receipt names another school.
    """

    sheet: str
    person: str
    key: tuple[str, ...]
    fields: Mapping[str, str]
    place: Place
    school: str = ""


class Shape(Model):
    """What a sheet's columns mean to the comparison. Columns are data, with their source.

    `key`: the study key, in the order of `Line.key`. `code`: which of them is the course code, if
    one is. `telling`: columns (of the key or not) by which a line is known again when its key changed.
    `personal`: columns whose values are shown masked.
    """

    sheet: str
    key: tuple[str, ...]
    code: str | None = None
    telling: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


class Columns(NamedTuple):
    """The columns of a sheet that are compared: how many form the key, and the names of the others."""

    key: int
    others: tuple[str, ...]


class Ledger:
    """One book's lines. Memory: the text of each line and its row number.

    Two ledgers can be compared when the sheets that both hold have the same columns.
    """

    __slots__ = ("book", "columns", "file", "foreign", "rows", "texts")

    def __init__(self, book: Book, file: str, columns: Mapping[str, Columns]) -> None:
        self.book, self.file, self.columns = book, file, dict(columns)
        self.texts: list[str] = []
        self.rows: list[int | str] = []
        self.foreign: list[Line] = []
        """Lines that the receipt shows under another school: never matched, told by person."""

    @classmethod
    def of(cls, book: Book, lines: Iterable[Line]) -> Self:
        """A ledger of ready lines; the first line of a sheet says which columns the sheet has.

        Raises ValueError for a line of other columns.
        """
        made = cls(book, "", {})
        for line in lines:
            made.file = made.file or line.place.file
            if line.school:
                made.foreign.append(line)
                continue
            others = tuple(sorted(line.fields))
            if made.columns.setdefault(line.sheet, Columns(len(line.key), others)) != (len(line.key), others):
                raise ValueError(f"{line.sheet}: the columns differ from those of the sheet's first line")
            made.add(line.sheet, line.person, (*line.key, *(line.fields[name] for name in others)), line.place.row)
        return made

    def add(self, sheet: str, person: str, values: Sequence[str], row: int | str) -> None:
        """A line: the values of the key, then of the other columns, in the sheet's order.

        Raises KeyError for a sheet without columns, ValueError for another number of values or a separator in one.
        """
        text = _BETWEEN.join((sheet, person, *values))
        columns = self.columns[sheet]
        if text.count(_BETWEEN) != columns.key + len(columns.others) + 1:
            raise ValueError(f"{sheet} {row}: values do not fit the columns")
        self.texts.append(text)
        self.rows.append(row)

    def __len__(self) -> int:
        return len(self.texts)

    def line(self, index: int) -> Line:
        """The line at an index, its columns taken apart."""
        sheet, person, *values = self.texts[index].split(_BETWEEN)
        columns = self.columns[sheet]
        fields = dict(zip(columns.others, values[columns.key :], strict=True))
        place = Place(self.file, sheet, self.rows[index])
        return Line(sheet, person, tuple(values[: columns.key]), fields, place)

    def lines(self, indexes: Iterable[int]) -> Iterator[Line]:
        """The lines at some indexes."""
        return (self.line(index) for index in indexes)

    def person(self, index: int) -> str:
        """Whose line it is."""
        return self.texts[index].partition(_BETWEEN)[2].partition(_BETWEEN)[0]

    def persons(self) -> set[str]:
        """Everybody who has a line here."""
        return {self.person(index) for index in range(len(self))}


def values_of(line: Line, shape: Shape) -> dict[str, str]:
    """Every column of a line by name, those of the key included."""
    return {**dict(zip(shape.key, line.key, strict=False)), **line.fields}


def content(line: Line) -> tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...], str, str, str]:
    """What a line says, then where it stands: the order in which equal work is done."""
    place = line.place
    row = f"{place.row:09}" if isinstance(place.row, int) else place.row
    return (line.sheet, line.person, line.key, tuple(sorted(line.fields.items())), line.school, place.sheet, row)

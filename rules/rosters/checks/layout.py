"""rules: whether the sheets and columns of a roster are those of its schema. 規§6.3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.rosters.checks.context import Context
from rules.rosters.checks.table import Cell, Found, SheetCells, Table
from rules.rosters.schema import COVER_SHEET, ColumnSchema, SheetSchema


@dataclass(frozen=True, slots=True)
class Fitted:
    """A sheet of the file beside its schema: where each known column stands, and which rows hold anything."""

    cells: SheetCells
    schema: SheetSchema
    at: dict[str, int]
    live: Sequence[int]

    def columns(self) -> Iterator[tuple[ColumnSchema, int]]:
        """The columns that both have, with their place."""
        for column in self.schema.columns:
            if column.name in self.at:
                yield column, self.at[column.name]

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """(number in the file, cells) of the rows that hold anything."""
        first, rows = self.cells.first, self.cells.rows
        for index in self.live:
            yield first + index, rows[index]


def fit(table: Table, context: Context, found: Found) -> list[Fitted]:
    """The sheets that can be looked at, in the schema's order; what does not fit is told."""
    given = {s.name: s for s in table.sheets}
    fitted: list[Fitted] = []
    for name in table.hidden:
        found.tell("sheet_hidden", name)
    for schema in context.schema.sheets:
        cells = given.pop(schema.name, None)
        if cells is None:
            found.tell("sheet_missing", schema.name)
        else:
            fitted.append(_sheet(cells, schema, context, found))
    for name in given:
        found.tell("sheet_unknown", name)
    for sheet in table.rejects:
        for index in range(len(sheet.rows)):
            found.tell("rejects_present", sheet.name, sheet.first + index)
    if fitted and not any(f.live for f in fitted):
        found.tell("no_rows", COVER_SHEET)
    return fitted


def _sheet(cells: SheetCells, schema: SheetSchema, context: Context, found: Found) -> Fitted:
    at: dict[str, int] = {}
    header = cells.first - 1
    ours = {alias: c.name for c in schema.columns for alias in (c.name, *c.aliases)}
    others = _other_division(schema, context)
    for index, given in enumerate(cells.headers):
        name = ours.get(given, given)
        if name in at:
            found.tell("column_twice", cells.name, header, given)
        elif name in schema.by_name:
            at[name] = index
        elif given:
            found.tell("division_columns" if name in others else "column_unknown", cells.name, header, given)
    for column in schema.columns:
        if column.name not in at:
            # A column that nobody has to fill may be left out of a file of another vendor.
            needed = column.required or column.name in schema.key
            found.tell("column_missing" if needed else "column_unfilled", cells.name, header, column.name)
    live = [i for i, row in enumerate(cells.rows) if any(cell != "" for cell in row)]
    for index in live:
        row = cells.rows[index]
        if len(row) > len(cells.headers) and any(cell != "" for cell in row[len(cells.headers) :]):
            found.tell("cell_without_column", cells.name, cells.first + index)
    return Fitted(cells, schema, at, live)


def _other_division(schema: SheetSchema, context: Context) -> set[str]:
    whole = context.book.roster(context.schema.id).sheet(schema.id)
    return set() if whole is None else {c.name for c in whole.columns} - set(schema.by_name)

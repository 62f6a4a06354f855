"""rosters.writing: an order becomes a workbook for the central database; the same order, the same bytes. 規§6.3."""

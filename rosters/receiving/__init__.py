"""rosters.receiving: receipt files (收訖明細) of any producer, read through a mapping table (規§6.2, 規§6.4)."""

"""rosters: the outside formats: rosters, receipts, exchange packages, files of the SIS. No SQL, no records."""

"""rosters.sis: the folder of files that a registrar takes out of the student information system (校務行政系統)."""

"""records: the only room that speaks SQL: commands, queries, migrations and the file store."""

"""Tests of the records: real PostgreSQL, real files."""

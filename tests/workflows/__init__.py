"""Tests of the loop, its replay and a whole played year."""

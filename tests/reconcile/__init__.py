"""Tests of receipts and ledgers."""

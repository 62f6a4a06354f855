"""tests of runtime: real servers, killed for real."""

"""Long runs: make fuzz."""

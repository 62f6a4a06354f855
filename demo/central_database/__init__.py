"""demo.central_database: a simulated central database, a program of its own that shares no code with the house.

It stands for the authority's side in demo and tests: rosters come in, receipts with planted faults go out.
Being separate, it cannot agree with our reader by accident. How the real one behaves is not public.
"""

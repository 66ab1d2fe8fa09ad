"""Floor 0: settings, clock, tokens, database, facts, refusals and languages. Knows nothing of bookings."""

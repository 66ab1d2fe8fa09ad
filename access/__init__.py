"""Floor 3: accounts, the roles × rights table, and paired devices."""

"""Floor 4: what is told to whom, when, and whether it arrived."""

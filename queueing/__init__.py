"""Floor 2: the day itself. Who came, who is next and why, who was called where."""

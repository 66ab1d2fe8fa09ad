"""Example data, simulated phones and the clock mover; mounted only in demo mode."""

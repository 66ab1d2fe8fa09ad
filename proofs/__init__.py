"""Proofs that take long: many processes, killed at random, and a checker of what their clients were told."""

"""Figures: measured here, never in timed tests."""

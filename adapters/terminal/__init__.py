"""The terminal door: one question asked from a shell, its answer drawn with rich. Start at `ask`."""

"""Recurring work, a job a file: what `bot.scheduler` runs. Each may run at any time and twice, and counts."""

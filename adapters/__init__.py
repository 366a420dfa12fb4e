"""The doors: each speaks one platform, turns its messages into `core.chat` values and back, and knows no SQL."""

"""It keeps running, killed on purpose, and loses nothing."""

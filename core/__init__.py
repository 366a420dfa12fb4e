"""The core: one road for a question, and a room for each thing it needs. Knows no platform."""

"""What Teams sends, by kind: a message, a button, a dialog, our being added. Every activity comes in at `turn`."""

from adapters.teams.listeners.dispatch import turn

__all__ = ["turn"]

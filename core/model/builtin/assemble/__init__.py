"""From units to an intent."""

from core.model.builtin.assemble.assembler import assemble, conditions_of

__all__ = ["assemble", "conditions_of"]

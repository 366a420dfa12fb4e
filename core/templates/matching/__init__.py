"""Which saved template a question fits, word for word or closely: at 0 tokens."""

from core.templates.matching.index import Fit, TemplateIndex
from core.templates.matching.pattern import Candidate

__all__ = ["Candidate", "Fit", "TemplateIndex"]

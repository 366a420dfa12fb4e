"""A model describes a schema, once: what each table and column holds, and what people call it in both languages."""

from core.catalog.describe.describer import Describer, Done
from core.catalog.describe.plan import Plan

__all__ = ["Describer", "Done", "Plan"]

"""The audit is sealed, and what was refused again and again is written down."""

from datetime import datetime

from core.audit.refusals import Refusals
from core.audit.sealing import Sealing


async def seal_audit(sealing: Sealing, refusals: Refusals, now: datetime) -> int:
    """Seal the lines that were written since the last run. Counts them."""
    await refusals.flush(now)
    return await sealing.run(now)

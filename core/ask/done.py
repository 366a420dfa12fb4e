"""What changes no row of ours but belongs into the audit: files taken along, questions of others opened or stopped."""

from core.ask.road import Road
from core.audit.record import record
from core.people.person import Person
from core.storage.session import persistently


async def note_done(
    road: Road, person: Person, action: str, resource_type: str, resource_id: str | None = None, **what: object
) -> None:
    """Write down what somebody did, in a transaction of its own, before they get it. Raises `StoreFailed`.

    What cannot be written down is not given out.
    """

    async def write() -> None:
        async with road.store.writing() as session:
            await record(session, action, resource_type, resource_id, by=person.id, new=what or None, at=road.clock())

    await persistently(write)


async def note_reading(road: Road, person: Person, owner: str, resource_type: str, resource_id: str) -> None:
    """Write down that somebody opened what another asked; of one's own, nothing."""
    if owner != person.id:
        await note_done(road, person, "answer.read", resource_type, resource_id, owner=owner)

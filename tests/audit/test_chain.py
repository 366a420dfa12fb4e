"""The chain over the audit: every damage is found and told apart, on each kind of store."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.chain import head_of, seals
from core.audit.sealing import BATCH, GRACE
from core.audit.verifying import verify
from core.errors import BadEdit
from core.records import AuditDamage, AuditHead, AuditVerdict
from core.storage.session import Store
from tests.audit.writing import KEYS, NOW, ONLY_NEW, ROTATED, damage, line, sealing, varied, write, write_some

LATER = NOW + timedelta(hours=1)


async def verified(store: Store, *heads: AuditHead, now: Any = LATER, keyring: Any = KEYS) -> AuditVerdict:
    return await verify(sealing(store, keyring), heads, now)


def kinds(verdict: AuditVerdict) -> list[tuple[str, int | None]]:
    return [(one.kind, one.number) for one in verdict.damage]


async def _audit_id(store: Store, number: int) -> str:
    async with store.reading() as session:
        found = await session.scalar(select(seals.c.audit_id).where(seals.c.number == number))
    assert found is not None
    return str(found)


async def test_nothing_is_whole(store: Store) -> None:
    verdict = await verified(store)
    assert (verdict.lines, verdict.since, verdict.head, verdict.damaged) == (0, None, None, 0)


async def test_lines_are_sealed_in_order_and_the_chain_is_whole(store: Store) -> None:
    ids = await write(store, sorted(varied(BATCH + 57), key=lambda row: (row["timestamp"], row["id"])))
    assert await sealing(store).run(LATER) == len(ids)
    assert await sealing(store).run(LATER) == 0
    async with store.reading() as session:
        rows = (await session.execute(select(seals).order_by(seals.c.number))).all()
    assert [row.number for row in rows] == list(range(1, len(ids) + 1))
    assert [row.audit_id for row in rows] == ids
    assert {row.key_id for row in rows} == {"old"}
    verdict = await verified(store)
    assert verdict.is_whole
    assert (verdict.lines, verdict.sealed_now) == (len(ids), 0)
    assert verdict.head == AuditHead(len(ids), rows[-1].seal)
    assert verdict.since is not None and verdict.since >= NOW


async def test_verifying_seals_what_has_no_seal_yet(store: Store) -> None:
    await write_some(store, 5)
    verdict = await verified(store)
    assert (verdict.sealed_now, verdict.lines, verdict.is_whole) == (5, 5, True)


async def test_a_line_whose_transaction_ended_late_is_sealed(store: Store) -> None:
    await write_some(store, 5)
    await sealing(store).run(LATER)
    await write(store, [line(NOW - GRACE / 2)])
    assert await sealing(store).run(LATER) == 1
    # The late one is the last of the chain now, and those that follow are sealed all the same.
    await write_some(store, 3, since=NOW + timedelta(seconds=30))
    assert await sealing(store).run(LATER) == 3
    assert (await verified(store)).is_whole


async def test_a_line_put_in_long_after_its_time_is_reported(store: Store) -> None:
    await write_some(store, 5)
    await sealing(store).run(LATER)
    (late,) = await write(store, [line(NOW - 2 * GRACE)])
    assert await sealing(store).run(LATER) == 0
    verdict = await verified(store)
    assert verdict.damage == (AuditDamage("unsealed", audit_id=late, at=NOW - 2 * GRACE),)


async def test_lines_put_in_step_by_step_further_back_are_reported(store: Store) -> None:
    """Each is within the grace of the one before, and so it is sealed; but not within that of the chain."""
    await write_some(store, 5)
    await sealing(store).run(LATER)
    for step in range(1, 5):
        await write(store, [line(NOW - step * GRACE * 0.9)])
        assert await sealing(store).run(LATER) == 1
    assert [kind for kind, _ in kinds(await verified(store))] == ["backdated", "backdated"]


async def test_a_store_that_was_never_sealed_catches_up_though_it_is_interrupted(store: Store) -> None:
    """Old lines are no late ones: a history from before there were seals, hours long, sealed in several runs."""
    await write_some(store, 3 * BATCH, apart=60.0)
    now = NOW + timedelta(days=30)
    assert await sealing(store).run(now, most=BATCH) == BATCH
    assert await sealing(store).run(now, most=BATCH + 7) == BATCH + 7
    assert await sealing(store).run(now) == BATCH - 7
    verdict = await verified(store, now=now)
    assert (verdict.lines, verdict.is_whole) == (3 * BATCH, True)


async def test_a_clock_that_ran_ahead_shuts_nothing_out(store: Store) -> None:
    ahead = NOW + timedelta(days=1)
    await write_some(store, 3)
    await write(store, [line(ahead)])
    await sealing(store).run(ahead)
    await write_some(store, 3, since=NOW + timedelta(minutes=1))
    assert await sealing(store).run(NOW + timedelta(minutes=2)) == 3
    assert (await verified(store, now=NOW + timedelta(minutes=3))).is_whole


async def test_several_at_once_seal_each_line_once(store: Store) -> None:
    await write_some(store, 3 * BATCH)
    done = await asyncio.gather(*(sealing(store).run(LATER) for _ in range(6)))
    while extra := await sealing(store).run(LATER):
        done.append(extra)
    assert sum(done) == 3 * BATCH
    verdict = await verified(store)
    assert (verdict.lines, verdict.is_whole) == (3 * BATCH, True)


Expected = list[tuple[str, int | None]]

DAMAGES: dict[str, tuple[list[str], Expected]] = {
    "a value was changed": (
        ["UPDATE audit_logs SET user_agent = 'x' WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 4)"],
        [("changed", 4)],
    ),
    "who it was was changed": (
        ["UPDATE audit_logs SET success = NOT success WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 4)"],
        [("changed", 4)],
    ),
    "two were changed": (
        ["UPDATE audit_logs SET action = 'x' WHERE id IN (SELECT audit_id FROM audit_seals WHERE number IN (4, 5))"],
        [("changed", 4), ("changed", 5)],
    ),
    "a time was moved by a microsecond": (
        ["UPDATE audit_logs SET timestamp = '2026-06-15 10:30:03.123457' "
         "WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 4)"],
        [("changed", 4)],
    ),
    "a line was deleted": (
        ["DELETE FROM audit_logs WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 4)"],
        [("row_deleted", 4)],
    ),
    "a seal was deleted with its line": (
        ["DELETE FROM audit_logs WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 4)",
         "DELETE FROM audit_seals WHERE number = 4"],
        [("seal_deleted", 4)],
    ),
    "the first ones were deleted": (
        ["DELETE FROM audit_logs WHERE id IN (SELECT audit_id FROM audit_seals WHERE number < 4)",
         "DELETE FROM audit_seals WHERE number < 4"],
        [("seal_deleted", 1)],
    ),
    "a seal was changed": (
        [f"UPDATE audit_seals SET seal = '{'f' * 64}' WHERE number = 4"],
        [("seal_changed", 4)],
    ),
    "the time of a seal was changed": (
        ["UPDATE audit_seals SET sealed_at = '2026-06-15 10:30:00' WHERE number = 4"],
        [("changed", 4)],
    ),
    "two seals changed places": (
        ["UPDATE audit_seals SET number = 1000 WHERE number = 4",
         "UPDATE audit_seals SET number = 4 WHERE number = 8",
         "UPDATE audit_seals SET number = 8 WHERE number = 1000"],
        [("reordered", 4), ("reordered", 8)],
    ),
    "two seals beside each other changed places": (
        ["UPDATE audit_seals SET number = 1000 WHERE number = 4",
         "UPDATE audit_seals SET number = 4 WHERE number = 5",
         "UPDATE audit_seals SET number = 5 WHERE number = 1000"],
        [("reordered", 4), ("reordered", 5)],
    ),
    "the last one was changed": (
        ["UPDATE audit_logs SET action = 'x' WHERE id = (SELECT audit_id FROM audit_seals WHERE number = 10)"],
        [("changed", 10)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
async def test_a_damage_is_found_and_told_apart(store: Store, name: str) -> None:
    await write_some(store, 10)
    await sealing(store).run(LATER)
    statements, expected = DAMAGES[name]
    await damage(store, *statements)
    verdict = await verified(store)
    assert kinds(verdict) == expected
    assert verdict.damaged == (3 if name == "the first ones were deleted" else len(expected))
    assert not verdict.is_whole


async def test_lines_that_changed_places_are_told(store: Store) -> None:
    await write_some(store, 10)
    await sealing(store).run(LATER)
    fourth, eighth = await _audit_id(store, 4), await _audit_id(store, 8)
    await damage(
        store,
        "UPDATE audit_seals SET audit_id = 'none' WHERE number = 4",
        "UPDATE audit_seals SET audit_id = :fourth WHERE number = 8",
        "UPDATE audit_seals SET audit_id = :eighth WHERE number = 4",
        fourth=fourth,
        eighth=eighth,
    )
    verdict = await verified(store)
    assert kinds(verdict) == [("reordered", 4), ("reordered", 8)]
    assert [one.audit_id for one in verdict.damage] == [eighth, fourth]


async def test_a_seal_that_was_taken_off_old_lines_is_told(store: Store) -> None:
    ids = await write_some(store, 10, apart=1800.0)
    now = NOW + timedelta(days=1)
    await sealing(store).run(now)
    await damage(store, "DELETE FROM audit_seals WHERE number = 4")
    verdict = await verified(store, now=now)
    assert sorted(one.kind for one in verdict.damage) == ["seal_deleted", "unsealed"]
    assert {one.audit_id for one in verdict.damage if one.kind == "unsealed"} == {ids[3]}


@pytest.mark.parametrize("rewritten", [False, True])
async def test_an_end_that_was_cut_off_is_found_by_a_head_that_was_noted(store: Store, rewritten: bool) -> None:
    await write_some(store, 10)
    sealer = sealing(store)
    await sealer.run(LATER)
    head = await sealer.head()
    assert head is not None
    assert (await verified(store, head)).is_whole
    cut = "SELECT audit_id FROM audit_seals WHERE number > 7"
    if not rewritten:
        await damage(store, f"DELETE FROM audit_logs WHERE id IN ({cut})")
    else:
        await damage(store, f"UPDATE audit_logs SET action = 'x' WHERE id IN ({cut})")
    await damage(store, "DELETE FROM audit_seals WHERE number > 7")
    # Without what was noted elsewhere, the chain that is left, or that was made anew, is in order.
    assert (await verified(store)).is_whole
    verdict = await verified(store, head)
    assert kinds(verdict) == [("cut_off", 10)]


async def test_the_process_that_sealed_notices_that_its_chain_was_cut(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await write_some(store, 3)
    sealer = sealing(store)
    with caplog.at_level(logging.INFO):
        await sealer.run(LATER)
        await write_some(store, 1, since=NOW + timedelta(seconds=20))
        await sealer.run(LATER)
    (said,) = caplog.records  # once an hour, whatever was sealed
    assert said.message == "the audit is sealed up to here"
    assert head_of(said.__dict__["head"]).number == 3
    caplog.clear()
    await damage(store, "DELETE FROM audit_seals WHERE number > 2")
    await sealer.run(LATER + timedelta(seconds=5))
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_the_old_key_is_needed_for_what_it_sealed(store: Store) -> None:
    await write_some(store, 5)
    await sealing(store, KEYS).run(LATER)
    await write_some(store, 5, since=NOW + timedelta(seconds=60))
    await sealing(store, ROTATED).run(LATER)
    assert (await verified(store, keyring=ROTATED)).is_whole
    verdict = await verified(store, keyring=ONLY_NEW)
    (missing,) = verdict.damage
    assert (missing.kind, missing.number, missing.last, missing.key_id) == ("key_missing", 1, 5, "old")
    assert verdict.damaged == 5
    # Another key under the same id makes none of the seals.
    wrong = await verified(store, keyring=type(KEYS).parse("new:" + "33" * 32 + ",old:" + "44" * 32))
    assert wrong.damaged == 10


async def test_more_damages_than_are_listed_are_counted(store: Store) -> None:
    await write_some(store, 1_100)
    await sealing(store).run(LATER)
    await damage(store, "UPDATE audit_logs SET action = 'x'")
    verdict = await verified(store)
    assert (verdict.damaged, len(verdict.damage)) == (1_100, 1_000)


async def test_the_seals_are_the_same_on_every_server(store: Store) -> None:
    """A store that is moved to another server is proven there by the seals that it was given here."""
    rows = varied(50)
    for number, row in enumerate(rows):
        row["id"] = f"line-{number:03}"
    await write(store, rows)
    await sealing(store).run(LATER)
    head = await sealing(store).head()
    assert str(head) == HEAD_OF_50


HEAD_OF_50 = "50:d6981ccef8b51ddb42549c782e1e783a1bfcc975a0b9fdaa197cf6fa35b32d68"


@pytest.mark.parametrize("text", ["", "1", "0:" + "a" * 64, "1:" + "g" * 64, "1:" + "a" * 63, "-1:" + "a" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(BadEdit, match=r"audit\.bad_head"):
        head_of(text)
    assert head_of(f" 12:{'A' * 64} ") == AuditHead(12, "a" * 64)

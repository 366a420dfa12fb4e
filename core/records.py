"""What administrators read of the audit, of the settings that change while running and of recurring jobs, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Which lines of the audit are wanted: all that is given must fit. Nothing given: every line."""

    who: str = ""
    """A person's e-mail address or users id."""
    action: str = ""
    """An action's code ("connection.added"), or the beginning of several up to its dot ("connection.")."""
    resource_type: str = ""
    resource_id: str = ""
    success: bool | None = None
    since: datetime | None = None
    """The first moment; aware."""
    until: datetime | None = None
    """The moment before which all lie; aware."""
    origin: str = ""
    """A part of the address or of the program that it came from, in either case."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit. `words` and `why` are in the reader's language, everything else as it was written."""

    id: str
    at: datetime
    user_id: str | None
    """None: nobody that is known, or the house by itself."""
    name: str
    email: str
    """Empty when nobody vouched for an address."""
    action: str
    words: str
    """What the action is, in words."""
    resource_type: str
    resource_id: str | None
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    ip: str | None
    agent: str | None
    success: bool
    code: str | None
    """Why it was not done: a code of the catalogue of errors."""
    why: str
    """The same in words; empty where it was done."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines of the audit, the newest first."""

    lines: tuple[AuditLine, ...]
    next: str
    """What to ask for to get the lines after these; empty at the end."""


DamageKind = Literal[
    "changed", "row_deleted", "seal_deleted", "seal_changed", "reordered", "unsealed", "backdated", "cut_off",
    "key_missing",
]  # fmt: skip
"""What is wrong with a line of the audit or with its seal.

changed: the line is not what was sealed; row_deleted: a seal's line is gone; seal_deleted: numbers are missing in the
chain; seal_changed: the line is as it was, its seal is not; reordered: a line or seal stands where another one stood;
unsealed: a line without a seal, older than lines that were sealed long ago: written into the table by hand, or its seal
was taken off; backdated: sealed, but long after lines that are younger; cut_off: the chain does not reach or contain
a head that was noted elsewhere; key_missing: sealed with a key that is not among the keys at hand.
"""


@dataclass(frozen=True, slots=True)
class AuditDamage:
    """One damage: which number of the chain, which line, as far as they are known."""

    kind: DamageKind
    number: int | None = None
    last: int | None = None
    """Of several numbers in a row, the last."""
    audit_id: str | None = None
    at: datetime | None = None
    """When the line says that it was written."""
    key_id: str | None = None
    """Of a missing key."""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the chain at some moment: noted elsewhere, it shows that nothing before it was cut off or rewritten.

    As text it is "number:seal" (`str(head)`, `core.audit.chain.head_of`).
    """

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What came of walking the whole chain."""

    lines: int
    """Lines whose seals were looked at."""
    since: datetime | None
    """When the first of them was written; None without any."""
    head: AuditHead | None
    sealed_now: int
    """Lines that had no seal yet and got theirs first."""
    damaged: int
    """Everything that was found, whether it is listed or not."""
    damage: tuple[AuditDamage, ...] = ()
    """At most 1,000 of it."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.damaged == 0


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting that changes while running, as administrators see it."""

    key: str
    description: str
    """In the reader's language."""
    value: Any
    """As JSON values; what holds now. Of a sensitive one that is set "***", never the value."""
    default: Any
    """What holds where it is not set."""
    is_set: bool
    is_sensitive: bool
    schema: Mapping[str, Any] = field(default_factory=dict)
    """The JSON schema of its values."""
    elsewhere: str = ""
    """Where it is changed instead, in words: it has a form or command of its own. Empty: here."""
    changed_at: datetime | None = None
    changed_by: str = ""
    """The name of whoever set it; empty where it is not set or nobody is known."""


@dataclass(frozen=True, slots=True)
class JobRan:
    """How a recurring job went the last time, whichever process it was."""

    at: datetime
    milliseconds: int
    count: int
    """What it did, in whatever it counts: rows that it deleted, questions that it took up."""
    problem: str
    """The code of why it failed; empty where it did not."""
    why: str
    """The same in words."""
    process: str
    """Which process it was: its machine and number, as "web-1:4242". Empty where that was not noted."""


@dataclass(frozen=True, slots=True)
class JobEnded:
    """How a run of a recurring job ended. elsewhere: another process is at it. failed: `problem` is the code of why."""

    outcome: Literal["done", "failed", "elsewhere"]
    count: int = 0
    milliseconds: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A recurring job, as administrators see it. `words`, `every` and `why` are in the reader's language."""

    name: str
    words: str
    """What it does."""
    every: str
    """When it runs."""
    next_at: datetime
    is_overdue: bool
    """A run that was due has not happened: no process was serving then, or none is."""
    last: JobRan | None
    """None before the first run."""


@dataclass(frozen=True, slots=True)
class JobDone:
    """What came of running a job by hand.

    elsewhere: another run of it is under way, and nothing was done. under_way: it takes longer than was waited for, and
    goes on by itself.
    """

    outcome: Literal["done", "failed", "elsewhere", "under_way"]
    text: str
    """The same in the reader's language."""
    problem: str
    """The code of why it failed; empty where it did not."""
    job: JobLine
    """The job, after it."""

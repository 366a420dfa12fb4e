"""Everything that can go wrong on the road, typed.

An error carries a stable `code` and the `details` a sentence needs. It never carries a driver's text, a path, a host
or a secret: `core.locale` turns code and details into words for people, in one place.
"""


class ColloqueryError(Exception):
    """The base of all of them. `code` names the sentence in the catalogue, `details` fill its blanks."""

    code = "unexpected"

    def __init__(self, code: str | None = None, /, **details: object) -> None:
        self.code = code or type(self).code
        self.details = details
        super().__init__(self.code)


class BadQuestion(ColloqueryError):
    """The question cannot be taken as it is: empty, too long."""

    code = "question.empty"


class NotAllowed(ColloqueryError):
    """`may` said no. The code says why."""


class NotSignedIn(ColloqueryError):
    """Nobody is known to send this: no sign-in, a wrong or ended one, a wrong key."""

    code = "sign_in.ended"


class TooSoon(ColloqueryError):
    """Too often in too short a time. `details["seconds"]` says after how long it may be tried again."""

    code = "sign_in.wait"


class UnknownConnection(ColloqueryError):
    """No connection of that name, or none chosen and no default."""

    code = "connection.unknown"


class BadConnection(ColloqueryError):
    """A connection's own fields are wrong, or its password cannot be read with the keys at hand."""

    code = "connection.bad"


class DatabaseUnavailable(ColloqueryError):
    """The asked database cannot be reached, or refuses the sign-in."""

    code = "database.unreachable"


class QueryFailed(ColloqueryError):
    """The asked database refused or stopped the query. `detail` is safe to show: names of the query only."""

    code = "query.failed"


class QueryRefused(ColloqueryError):
    """The guard refused the SQL. `reason` is a stable word, `place` the offending piece of the query."""

    code = "guard.refused"


class ModelFailed(ColloqueryError):
    """The model did not give a usable answer: down, too slow, cut off, nonsense."""

    code = "model.down"


class BeyondWriter(ColloqueryError):
    """The writer says plainly that it cannot turn this question into SQL."""

    code = "writer.beyond"


class QuotaExceeded(ColloqueryError):
    """A person's limit of tokens does not cover the question. The code names the window."""


class BadEdit(ColloqueryError):
    """A change to the catalog or to a setting cannot be made as it is."""

    code = "catalog.bad_edit"


class NoTemplate(ColloqueryError):
    """There is no such template, or none that this person may see."""

    code = "template.unknown"


class NoSchedule(ColloqueryError):
    """There is no such scheduled question, or none that this person may see."""

    code = "schedule.unknown"


class NoAnswer(ColloqueryError):
    """The question has no answer yet, or its answer has no table or no SQL."""

    code = "answer.not_ready"


class Busy(ColloqueryError):
    """More is asked than can be answered; nothing was stored. `waiting` says how many questions wait."""

    code = "question.busy"


class NotAnnounced(ColloqueryError):
    """A message that answers no question did not arrive at its place, or cannot be said to have."""

    code = "announce.failed"


class StoreFailed(ColloqueryError):
    """Our own store cannot be read or written: disk full, unreachable, read-only, a broken migration state."""

    code = "store.unreachable"


class BadBackup(ColloqueryError):
    """A back-up cannot be taken or put back: there is none, it is damaged, it is not ours, it cannot be written."""

    code = "backup.damaged"


class BadSetting(ColloqueryError):
    """A setting is wrong. `name` is the setting's name; its value is never shown."""

    code = "setting.bad"


class BadGoldenSet(ColloqueryError):
    """A golden set, or the file of a run of one, cannot be taken as it is. `line` and `number` say where."""

    code = "golden.unreadable"

"""The small dialogs of connections: to whom one is given, from whom it is taken back, whether it is deleted. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.chat.connection_form import receiver
from adapters.chat.text import Json
from adapters.teams import cards
from adapters.teams.dialogs import Dialog, form
from core.chat import ConnectionView
from core.connections.connections import SubjectKind
from core.connections.fields import LENGTHS
from core.locale import say

GIVE = "give_connection"
"""Name of the form in which one is given."""
TAKE = "take_connection"
"""Name of the form in which one is taken back."""
DELETE = "delete_connection"
"""Name of the question whether one is to be deleted."""

_SUBJECTS: dict[str, SubjectKind] = {"everyone": "everyone", "person": "user", "conversation": "place"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """To whom it is to be given."""

    whom: str = "everyone"
    """The line of the menu."""
    email: str = ""
    """Of a person; empty when none was written."""
    default: bool = False
    private: bool = False

    @property
    def to(self) -> SubjectKind:
        """What kind of receiver that is; "place" is the conversation in which the form was opened."""
        return _SUBJECTS.get(self.whom, "everyone")


def render_give_form(view: ConnectionView, wanted: Wanted, locale: str, wrong: str = "") -> Dialog:
    """The form: everyone, a person or this conversation; whether they ask it by default and see what is private."""
    whom = [
        (say(locale, "chat.give.everyone"), "everyone"),
        (say(locale, "teams.connections.one_person"), "person"),
        (say(locale, "teams.connections.conversation"), "conversation"),
    ]
    body = [
        *cards.paragraphs(say(locale, "chat.give.how", name=view.name), locale),
        cards.choice("whom", say(locale, "chat.give.whom"), whom, wanted.whom, required=True),
        cards.field("email", say(locale, "teams.connections.email"), wanted.email, most=LENGTHS["host"]),
        cards.tick("default", say(locale, "chat.give.default"), ticked=wanted.default),
        cards.tick("private", say(locale, "chat.give.private"), ticked=wanted.private),
    ]
    return _form(GIVE, view, body, locale, wrong)


def read_wanted(fields: Mapping[str, str]) -> Wanted:
    """What was filled in, out of a form that was sent."""
    whom = fields.get("whom", "")
    return Wanted(
        whom if whom in _SUBJECTS else "everyone",
        fields.get("email", "").strip(),
        fields.get("default") == "true",
        fields.get("private") == "true",
    )


def render_take_form(view: ConnectionView, here: str, locale: str) -> Dialog:
    """The form: one of those it is given to. `here` is the `core.ids.place_id` of where it was opened."""
    given = [(receiver(one, here, locale), f"{one.to}|{one.subject}") for one in view.given_to]
    body = [
        *cards.paragraphs(say(locale, "chat.take.how", name=view.name), locale),
        cards.choice("from", say(locale, "chat.take.whom"), given, given[0][1] if given else "", required=True),
    ]
    return _form(TAKE, view, body, locale)


def render_delete_form(view: ConnectionView, locale: str) -> Dialog:
    """Is it really to be deleted? Sending the form says yes."""
    return _form(DELETE, view, cards.paragraphs(say(locale, "chat.delete.sure", name=view.name), locale), locale)


def _form(name: str, view: ConnectionView, body: Iterable[Json], locale: str, wrong: str = "") -> Dialog:
    words = f"chat.{name.removesuffix('_connection')}"
    title, submit = say(locale, f"{words}.title"), say(locale, f"{words}.submit")
    return form(title, name, view.id, list(body), submit, locale, wrong)

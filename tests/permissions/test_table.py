"""docs/permissions.md says what `may` answers: for every kind of person, action, thing, owner and place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any, get_args, get_type_hints

import pytest

from core.chat import KeyScope, Place
from core.ids import place_id
from core.locale.words import catalogue
from core.people.permission import Action, Decision, Resource, may
from core.people.person import Person
from tests.permissions import written
from tests.permissions.written import KEYS, LIMITED, PEOPLE, PeopleRow, names, tables

ACTIONS: tuple[Action, ...] = get_args(Action)
KINDS: tuple[Any, ...] = get_args(get_type_hints(Resource)["kind"])
SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
READERS: tuple[Any, ...] = get_args(get_type_hints(Place)["readers"])
ROLES: tuple[Any, ...] = ("viewer", "admin")

ME = Person("me", "Me", "viewer", True, "member", "en", "UTC", account="account")
HERE = Place("slack", "T1", "C1", "1.0")
GRANTS = {
    "given to them": ("user", "me"),
    "given here": ("place", place_id(HERE)),
    "given to everyone": ("everyone", "*"),
}
WHOSE = ("own", *GRANTS, "somebody else's", "nobody's")
ANSWERS = {"another bot": {"kind": "bot"}, "somebody of another organisation": {"kind": "foreign"},
           "a guest of the workspace": {"kind": "guest"},
           "somebody who was deactivated": {"is_active": False}}  # fmt: skip
ABOUT = {"a question": "question", "a thread": "thread", "a connection": "connection", "a template": "template"}


@dataclass(frozen=True)
class Case:
    """One question that `may` is asked."""

    action: Action
    whose: str
    where: str
    resource: Resource

    @property
    def place(self) -> Place:
        return replace(HERE, readers=self.where)  # type: ignore[arg-type]  # they are all that there are


def resource_of(kind: Any, whose: str, *, private: bool, **more: Any) -> Resource:
    owner = {"own": "me", "nobody's": None}.get(whose, "somebody")
    given = frozenset({GRANTS[whose]} if whose in GRANTS else ())
    return Resource(kind, owner, given, given if private else frozenset(), **more)


def cases(kinds: tuple[Any, ...] = KINDS, **more: Any) -> Iterator[Case]:
    for action in ACTIONS:
        for kind in kinds:
            for whose in WHOSE:
                for where in READERS:
                    yield Case(action, whose, where, resource_of(kind, whose, private=action == "see_private", **more))


def rows_of(case: Case) -> list[PeopleRow]:
    """The rows that say something of a case; "everything else" is what no other row of the action says."""
    of_action = [row for row in written.people() if case.action in row.actions]
    here = [row for row in of_action if row.where & {case.where, "any"}]
    named = [row for row in here if row.whose & {case.whose, "any"}]
    return named or [row for row in here if "everything else" in row.whose]


def answer(case: Case, role: str) -> str:
    (row,) = rows_of(case)
    return row.answers[ROLES.index(role)]


def told(decision: Decision) -> str:
    assert decision.allowed == (decision.why == "")
    return decision.why


def test_every_word_of_the_tables_is_known() -> None:
    for row in written.people():
        assert row.actions <= set(ACTIONS)
        assert row.whose <= {*WHOSE, "any", "everything else"}
        assert row.where <= {*READERS, "any"}
    assert [row[0].strip("`") for row in tables(written.ENGLISH)[written.ACTIONS][1:]] == list(ACTIONS)
    assert [row[0].strip("`") for row in tables(written.ENGLISH)[written.SCOPES][1:]] == list(SCOPES)
    assert set(written.outsiders()) == set(ANSWERS)


def test_every_case_has_one_row_and_every_row_a_case() -> None:
    found = [rows_of(case) for case in cases()]
    assert {len(rows) for rows in found} == {1}
    assert {rows[0] for rows in found} == set(written.people())


@pytest.mark.parametrize("role", ROLES)
def test_people(role: Any) -> None:
    person = replace(ME, role=role)
    wrong = [
        (case, told(may(person, case.action, case.resource, case.place)), answer(case, role))
        for case in cases()
        if told(may(person, case.action, case.resource, case.place)) != answer(case, role)
    ]
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_with_no_place_nobody_else_reads_and_nothing_is_given_to_it(role: Any) -> None:
    person = replace(ME, role=role)
    for case in cases():
        whose = "somebody else's" if case.whose == "given here" else case.whose
        alone = replace(case, whose=whose, where="alone")
        assert told(may(person, case.action, case.resource, None)) == answer(alone, role), case


def test_what_is_given_without_its_private_columns_shows_none() -> None:
    for case in cases():
        if case.action == "see_private" and case.whose in GRANTS:
            without = replace(case.resource, private_to=frozenset())
            other = replace(case, whose="somebody else's")
            assert told(may(ME, "see_private", without, case.place)) == answer(other, "viewer")


def test_of_several_reasons_to_allow_it_each_one_does() -> None:
    for action in ACTIONS:
        for where in READERS:
            for several in chain.from_iterable(combinations(WHOSE[:4], size) for size in (2, 3, 4)):
                given = frozenset(GRANTS[one] for one in several if one in GRANTS)
                resource = Resource("connection", "me" if "own" in several else "somebody", given, given)
                each = [answer(Case(action, one, where, resource), "viewer") for one in several]
                asked = told(may(ME, action, resource, replace(HERE, readers=where)))
                assert asked == ("" if "" in each else each[0]), (action, where, several)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("who", ANSWERS)
def test_outsiders_may_nothing_whatever_their_role_or_their_key(who: str, role: Any) -> None:
    every = tuple((scope, None) for scope in SCOPES)
    for scopes in (None, every):
        person = replace(ME, role=role, scopes=scopes, **ANSWERS[who])  # type: ignore[arg-type]  # fields of it
        for case in cases():
            assert told(may(person, case.action, case.resource, case.place)) == written.outsiders()[who]


def key_cell(scope: str, action: str, kind: str) -> str:
    heading, *rows = tables(written.ENGLISH)[KEYS]
    of_action = [row for row in rows if action in names(row[0])]
    about = [row for row in of_action if kind in {ABOUT.get(one) for one in names(row[1])}]
    (row,) = about or [row for row in of_action if row[1] in ("anything", "anything else")]
    return row[heading.index(f"`{scope}`")]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", SCOPES)
def test_keys_of_one_scope(scope: KeyScope, role: Any) -> None:
    person = replace(ME, role=role, scopes=((scope, None),))
    for account in ("account", "another"):
        for case in cases(account=account):
            cell = key_cell(scope, case.action, case.resource.kind)
            expected = {
                "no": "people.key_not_for_this",
                "as a viewer": answer(case, "viewer"),
                "as a viewer, its own alone": (
                    answer(case, "viewer") if account == "account" else "people.key_not_for_this"
                ),
                "as its owner": answer(case, role),
            }[cell]
            assert told(may(person, case.action, case.resource, case.place)) == expected, case


def test_every_row_of_the_keys_is_of_known_things() -> None:
    heading, *rows = tables(written.ENGLISH)[KEYS]
    assert heading[2:] == tuple(f"`{scope}`" for scope in SCOPES)
    assert set().union(*(names(row[0]) for row in rows)) == set(ACTIONS)
    assert set().union(*(names(row[1]) for row in rows)) == {*ABOUT, "anything", "anything else"}


@pytest.mark.parametrize("role", ROLES)
def test_several_scopes_allow_what_any_of_them_does_and_administering_counts_for_all(role: Any) -> None:
    for several in chain.from_iterable(combinations(SCOPES, size) for size in range(len(SCOPES) + 1)):
        person = replace(ME, role=role, scopes=tuple((scope, None) for scope in several))
        as_role = role if "administer" in several else "viewer"
        for case in cases(account="account"):
            fits = any(key_cell(scope, case.action, case.resource.kind) != "no" for scope in several)
            expected = answer(case, as_role) if fits else "people.key_not_for_this"
            assert told(may(person, case.action, case.resource, case.place)) == expected, (several, case)


@pytest.mark.parametrize("scope", ["ask", "templates", "connections"])
def test_keys_for_some_connections(scope: KeyScope) -> None:
    heading, *rows = tables(written.ENGLISH)[LIMITED]
    person = replace(ME, scopes=((scope, ("this",)),))
    unlimited = replace(ME, scopes=((scope, None),))
    for row in rows:
        for cell, connection in zip(row[1:], ("this", "that", None), strict=True):
            assert cell in ("yes", "no")
            for case in cases(account="account", connection=connection):
                if case.action not in names(row[0]):
                    continue
                asked = told(may(person, case.action, case.resource, case.place))
                before = told(may(unlimited, case.action, case.resource, case.place))
                assert asked == (before if cell == "yes" else "people.key_not_for_this"), case
    assert heading[0] == "Action"


def test_every_reason_has_words_in_every_language() -> None:
    codes = {code for row in written.people() for code in row.answers if code} | set(written.outsiders().values())
    for language in ("en", "ko"):
        for code in codes | {"people.key_not_for_this"}:
            assert f"errors.{code}.text" in catalogue(language)


def test_the_korean_document_has_the_same_tables() -> None:
    english, korean = tables(written.ENGLISH), tables(written.KOREAN)
    assert len(english) == len(korean) == 6
    for number, (ours, theirs) in enumerate(zip(english, korean, strict=True)):
        # What an action or a scope is for is prose; everything else is the same cell for cell.
        width = 1 if number in (written.ACTIONS, written.SCOPES) else len(ours[0])
        assert [[written.in_english(cell) for cell in row[:width]] for row in ours] == [
            [written.in_english(cell) for cell in row[:width]] for row in theirs
        ]
    assert english[PEOPLE][0] == ("Action", "Whose", "Where", "Viewer", "Administrator")

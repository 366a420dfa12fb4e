"""Activities as Teams and its client for developing send them: what is heard, and as which text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.inbound import Said, said
from tests.adapters.teams import recorded
from tests.adapters.teams.people import ADA, APP_ID, BOB, BOT, OTHER_TENANT, STRANGER, TENANT, Json
from tests.adapters.teams.recorded import (
    CHANNEL,
    CHANNEL_ID,
    CHANNEL_REPLY,
    GROUP,
    GROUP_CHAT,
    HOME,
    PERSONAL,
    PERSONAL_CHAT,
    REPLY,
    ROOT,
    SERVICE,
    TO_BOB,
    US,
    changed,
)


def heard(activity: Json, **more: Any) -> Said:
    """What is heard, which is something."""
    found = said(activity, APP_ID, HOME, **more)
    assert found is not None
    return found


def mention(text: str, *entities: Json) -> str:
    """The text that is heard of one written in a group chat."""
    return heard(changed(GROUP, text=text, entities=list(entities or (US,)))).text


def test_all_that_is_known_of_a_message() -> None:
    assert said(CHANNEL, APP_ID, HOME) == Said(
        user=ADA.aad,
        account=ADA.id,
        channel=CHANNEL_ID,
        thread=ROOT,
        message=ROOT,
        text="orders by city?",
        kind="mention",
        tenant=TENANT,
        service_url=SERVICE,
        conversation_type="channel",
        locale="en-US",
        timezone="Asia/Seoul",
        name="Ada Lovelace",
    )


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        (PERSONAL, ("direct", PERSONAL_CHAT, "", "orders by city?")),
        (GROUP, ("mention", GROUP_CHAT, "", "orders by city?")),
        (CHANNEL, ("mention", CHANNEL_ID, ROOT, "orders by city?")),
        (CHANNEL_REPLY, ("thread", CHANNEL_ID, ROOT, "and by month?")),
        (changed(CHANNEL, id=REPLY), ("mention", CHANNEL_ID, ROOT, "orders by city?")),
        (recorded.QUOTING, ("direct", PERSONAL_CHAT, "", "and in Busan?")),
        (recorded.KOREAN, ("mention", GROUP_CHAT, "", "지난달 도시별 주문 수는?")),
        (recorded.SHARED_CHANNEL, ("mention", CHANNEL_ID, ROOT, "orders by city?")),
        (
            changed(PERSONAL, text="<at>Colloquery</at> orders?", entities=[US]),
            ("direct", PERSONAL_CHAT, "", "orders?"),
        ),
        (changed(PERSONAL, text="", attachments=[{"contentType": "image/*"}]), ("direct", PERSONAL_CHAT, "", "")),
        (changed(GROUP, text="<at>Colloquery</at>"), ("mention", GROUP_CHAT, "", "")),
        (changed(GROUP, text="lunch?", entities=None), ("thread", GROUP_CHAT, "", "lunch?")),
        (
            changed(CHANNEL_REPLY, text="how did <at>Bob</at> sell?", entities=[TO_BOB]),
            ("thread", CHANNEL_ID, ROOT, "how did @Bob sell?"),
        ),
        # A conversation whose kind is not told is known by its id.
        (changed(PERSONAL, conversation={"id": PERSONAL_CHAT}), ("direct", PERSONAL_CHAT, "", "orders by city?")),
        (
            changed(CHANNEL, conversation={"id": f"{CHANNEL_ID};messageid={ROOT}"}),
            ("mention", CHANNEL_ID, ROOT, "orders by city?"),
        ),
        # A group chat has no threads, whatever the id says.
        (
            changed(GROUP, conversation={**GROUP["conversation"], "id": f"{GROUP_CHAT};messageid=1"}),
            ("mention", GROUP_CHAT, "", "orders by city?"),
        ),
    ],
)
def test_what_is_heard(activity: Json, expected: tuple[str, ...]) -> None:
    found = heard(activity)
    assert (found.kind, found.channel, found.thread, found.text) == expected
    assert (found.user, found.account, found.tenant) == (ADA.aad, ADA.id, TENANT)


@pytest.mark.parametrize(
    "activity",
    [
        recorded.EDITED,
        recorded.RESTORED,
        recorded.DELETED,
        recorded.REACTION,
        recorded.OUR_OWN,
        recorded.ANOTHER_BOT,
        recorded.PRESSED,
        changed(CHANNEL, channelData={**CHANNEL["channelData"], "eventType": "editMessage"}),
        changed(PERSONAL, value={"cq": "csv"}),
        changed(PERSONAL, type="event"),
        changed(PERSONAL, type="invoke", name="task/fetch", value={}),
        changed(PERSONAL, type="conversationUpdate", membersAdded=[{"id": ADA.id}]),
        changed(PERSONAL, **{"from": {"id": "user-1", "role": "bot"}}),
        changed(PERSONAL, **{"from": None}),
        changed(PERSONAL, id=None),
        changed(PERSONAL, conversation=None),
        changed(PERSONAL, channelData={"tenant": {"id": OTHER_TENANT}}),
        changed(PERSONAL, channelData=None, conversation={"id": PERSONAL_CHAT}),
        changed(CHANNEL_REPLY, text="<at>Bob</at> can you look?", entities=[TO_BOB]),
        changed(CHANNEL_REPLY, text=" \xa0<at>Bob</at> can you look?", entities=[TO_BOB]),
        changed(CHANNEL_REPLY, text="&nbsp;"),
        changed(CHANNEL_REPLY, text=None),
        {},
        {"type": "message", "from": "x", "conversation": [], "channelData": None, "entities": {}},
    ],
)
def test_what_is_not_for_us(activity: Json) -> None:
    assert said(activity, APP_ID, HOME) is None


def test_who_is_of_another_company_is_heard_in_a_channel_of_ours() -> None:
    found = heard(recorded.BY_STRANGER)
    assert (found.user, found.account, found.tenant) == (STRANGER.aad, STRANGER.id, TENANT)


def test_who_has_no_account_is_known_by_the_meeting() -> None:
    found = heard(recorded.BY_VISITOR)
    assert found.user == found.account == "29:teamsvisitor:6b1c4b27"


def test_a_client_on_this_machine_has_ids_of_its_own() -> None:
    found = said(recorded.PLAYGROUND, "", ())
    assert found is not None
    assert (found.kind, found.text, found.thread) == ("mention", "orders by city?", "1772720000300")
    assert (found.user, found.service_url) == (
        "00000000-0000-0000-0000-0000000000020",
        "http://localhost:56150/_connector/",
    )


def test_ids_are_written_in_one_way() -> None:
    shouted = changed(
        PERSONAL,
        channelData={"tenant": {"id": TENANT.upper()}},
        **{"from": {**PERSONAL["from"], "aadObjectId": ADA.aad.upper()}},
    )
    assert (heard(shouted).user, heard(shouted).tenant) == (ADA.aad, TENANT)
    assert said(PERSONAL, APP_ID, (TENANT.upper(),)) is not None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("en-US", "Asia/Seoul")),
        ({"locale": "ko-KR", "localTimezone": "Europe/Berlin"}, ("ko-KR", "Europe/Berlin")),
        ({"locale": None, "localTimezone": None}, ("en-US", "Asia/Seoul")),  # as the client says
        ({"locale": None, "localTimezone": None, "entities": None}, ("en-US", "UTC")),
        ({"locale": "../../etc", "localTimezone": "../../etc/passwd"}, ("en-US", "UTC")),
        ({"locale": "ko\nKR", "localTimezone": "Mars/Olympus"}, ("en-US", "UTC")),
        ({"locale": 7, "localTimezone": ["x"]}, ("en-US", "UTC")),
        ({"localTimezone": "a" * 5_000}, ("en-US", "UTC")),
        ({"localTimezone": "Asia/\x00"}, ("en-US", "UTC")),
    ],
)
def test_language_and_time_are_checked(fields: Json, expected: tuple[str, str]) -> None:
    found = heard(changed(PERSONAL, **fields))
    assert (found.locale, found.timezone) == expected


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<at>Colloquery</at> orders by city?", "orders by city?"),
        ("<at>Colloquery</at>&nbsp;orders by city?", "orders by city?"),
        ("<at>Colloquery</at>\xa0orders\xa0by city?", "orders by city?"),
        ('<at id="0">Colloquery</at>: orders by city?', "orders by city?"),
        ("<AT>Colloquery</AT>, orders by city?", "orders by city?"),
        ("hey <at>Colloquery</at> orders by city?", "hey orders by city?"),
        ("orders by city? <at>Colloquery</at>", "orders by city?"),
        ("<at>Colloquery</at>님 지난달 매출 알려줘", "지난달 매출 알려줘"),
        ("<at>Colloquery</at>님, 지난달 매출 알려줘", "지난달 매출 알려줘"),
        ("<at>Colloquery</at>님비 현상", "님비 현상"),
        ("<at>Colloquery</at> a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("<at>Colloquery</at> &amp;lt; AT&T &copy; a &lt b", "&lt; AT&T © a &lt b"),
        ("<at>Colloquery</at> one\r\ntwo", "one\ntwo"),
        ("<at>Colloquery</at> &#50; &#x33;", "2 3"),
        ("<at>Colloquery</at> \x00orders\x00?", "orders?"),
        ("<at>Colloquery</at> \\1 \\g<0>", "\\1 \\g<0>"),
        ("<at>Nobody</at> <at>Colloquery</at> orders", "@Nobody orders"),
    ],
)
def test_plain_text(raw: str, text: str) -> None:
    assert mention(raw) == text


def test_each_mention_is_read_once_and_in_its_place() -> None:
    namesake = {
        "mentioned": {"id": "29:1other", "name": "Colloquery"},
        "text": "<at>Colloquery</at>",
        "type": "mention",
    }
    assert mention("<at>Colloquery</at> orders of <at>Colloquery</at>", US, namesake) == "orders of @Colloquery"
    assert mention("<at>Colloquery</at> <at>Colloquery</at> orders", US, US) == "orders"
    assert mention("<at>Colloquery</at> orders of <at>Bob</at>", TO_BOB, US) == "orders of @Bob"


def test_what_somebody_types_is_no_mention() -> None:
    typed = changed(GROUP, text="&lt;at&gt;Colloquery&lt;/at&gt; orders?", entities=None)
    assert heard(typed).kind == "thread"
    assert heard(typed).text == "<at>Colloquery</at> orders?"


def test_a_mention_that_is_written_without_its_tag_goes_exactly() -> None:
    assert mention("Colloquery orders of Colloquery Inc.", {**US, "text": "Colloquery"}) == "orders of Colloquery Inc."


def test_people_are_named_by_their_ids_where_a_command_needs_them() -> None:
    bob = {**TO_BOB, "mentioned": {"id": BOB.id, "name": "Bob", "aadObjectId": BOB.aad.upper()}}
    assert mention("<at>Colloquery</at> usage <at>Bob</at>", US, bob) == f"usage @{BOB.aad}"
    assert mention("<at>Colloquery</at> 한도는 <at>Bob</at>", US, bob) == "한도는 @Bob"
    limit = "<at>Colloquery</at> usage limit <at>Bob</at> hour 2000"
    assert mention(limit, US, bob) == f"usage limit @{BOB.aad} hour 2000"
    assert mention("<at>Colloquery</at> usage of <at>Bob</at> by month", US, bob) == "usage of @Bob by month"


def test_an_id_that_is_not_told_is_asked_for() -> None:
    activity = changed(GROUP, text="<at>Colloquery</at> usage <at>Bob</at>", entities=[US, TO_BOB])
    assert heard(activity).unknown == (BOB.id,)
    found = heard(activity, ids={BOB.id: BOB.aad})
    assert (found.text, found.unknown) == (f"usage @{BOB.aad}", ())
    # Somebody who has none is called by their name: then it is no command.
    found = heard(activity, ids={BOB.id: BOB.id})
    assert (found.text, found.unknown) == ("usage @Bob", ())
    assert heard(GROUP).unknown == ()


@given(
    st.dictionaries(
        st.sampled_from([*GROUP, "value", "name"]),
        st.none()
        | st.text(max_size=8)
        | st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=4)), max_size=2),
        max_size=4,
    )
)
def test_no_activity_is_stumbled_over(fields: Json) -> None:
    found = said({**GROUP, **fields}, APP_ID, ())
    assert found is None or (found.channel and found.account and "\x00" not in found.text)


@given(st.text(max_size=60))
def test_no_text_is_stumbled_over(text: str) -> None:
    assert BOT not in heard(changed(GROUP, text=f"<at>Colloquery</at> {text}")).text

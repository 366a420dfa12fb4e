"""Activities in full, as Teams sends them; ids and names are made up. `changed` makes variants of one."""

from copy import deepcopy
from typing import Any

from tests.adapters.teams.people import ADA, APP_ID, BOB, BOT, OTHER_TENANT, STRANGER, TENANT, Json

SERVICE = "https://smba.trafficmanager.net/kr/"
PERSONAL_CHAT = "a:1pL6i0oY3C0K8oAj8"
GROUP_CHAT = "19:fd1b5a0c1e8f4d0a9f0c@thread.v2"
CHANNEL_ID = "19:0b7f32667e064dd9b25d7969801541f4@thread.tacv2"
TEAM_ID = "19:7b0a1c6f5e7e4a5c@thread.tacv2"
ROOT, REPLY = "1772720000100", "1772720000200"

_CLIENT = {
    "locale": "en-US", "country": "US", "platform": "Windows", "timezone": "Asia/Seoul", "type": "clientInfo",
}  # fmt: skip


def _frame(conversation: Json, message: str, **fields: Any) -> Json:
    return {
        "type": "message",
        "id": message,
        "timestamp": "2026-03-05T14:13:20.1862739Z",
        "localTimestamp": "2026-03-05T23:13:20.1862739+09:00",
        "localTimezone": "Asia/Seoul",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {"id": ADA.id, "name": ADA.name, "aadObjectId": ADA.aad},
        "conversation": conversation,
        "recipient": {"id": BOT, "name": "Colloquery"},
        "locale": "en-US",
        **fields,
    }


def _mentioned(account: str, name: str, text: str | None = None) -> Json:
    return {"mentioned": {"id": account, "name": name}, "text": text or f"<at>{name}</at>", "type": "mention"}


def _html(content: str) -> Json:
    return {"contentType": "text/html", "content": content}


US = _mentioned(BOT, "Colloquery")
TO_BOB = _mentioned(BOB.id, "Bob")

PERSONAL = _frame(
    {"conversationType": "personal", "tenantId": TENANT, "id": PERSONAL_CHAT},
    "1772720000001",
    text="orders by city?",
    textFormat="plain",
    attachments=[_html("<p>orders by city?</p>")],
    entities=[_CLIENT],
    channelData={"tenant": {"id": TENANT}, "source": {"name": "message"}},
)
GROUP = _frame(
    {"isGroup": True, "conversationType": "groupChat", "tenantId": TENANT, "id": GROUP_CHAT},
    "1772720000002",
    text="<at>Colloquery</at>\xa0orders by city?",
    textFormat="plain",
    attachments=[
        _html(
            '<p><span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">Colloquery</span>&nbsp;orders '
            "by city?</p>"
        )
    ],
    entities=[US, _CLIENT],
    channelData={"tenant": {"id": TENANT}, "source": {"name": "message"}},
)
CHANNEL = _frame(
    {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": TENANT,
        "id": f"{CHANNEL_ID};messageid={ROOT}",
    },
    ROOT,
    text="<at>Colloquery</at> orders by city?\r\n",
    textFormat="plain",
    attachments=[
        _html(
            '<div><div><span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">Colloquery</span> '
            "orders by city?</div>\n</div>"
        )
    ],
    entities=[US, _CLIENT],
    channelData={
        "teamsChannelId": CHANNEL_ID,
        "teamsTeamId": TEAM_ID,
        "channel": {"id": CHANNEL_ID},
        "team": {"id": TEAM_ID},
        "tenant": {"id": TENANT},
    },
)


def changed(activity: Json, **fields: Any) -> Json:
    """A copy with other fields; one that is None is not there."""
    made = {**deepcopy(activity), **fields}
    return {name: value for name, value in made.items() if value is not None}


CHANNEL_REPLY = changed(
    CHANNEL, id=REPLY, text="and by month?", attachments=[_html("<p>and by month?</p>")], entities=[_CLIENT]
)
SHARED_CHANNEL = changed(
    CHANNEL, channelData={**CHANNEL["channelData"], "channel": {"id": CHANNEL_ID, "type": "shared"}}
)
BY_STRANGER = changed(
    SHARED_CHANNEL,
    **{"from": {"id": STRANGER.id, "name": STRANGER.name, "aadObjectId": STRANGER.aad, "tenantId": OTHER_TENANT}},
)
BY_VISITOR = changed(GROUP, **{"from": {"id": "29:teamsvisitor:6b1c4b27", "name": "Somebody (Guest)"}})
"""Somebody who joined a meeting without an account."""
EDITED = changed(CHANNEL, type="messageUpdate", channelData={**CHANNEL["channelData"], "eventType": "editMessage"})
RESTORED = changed(
    CHANNEL, type="messageUpdate", channelData={**CHANNEL["channelData"], "eventType": "undeleteMessage"}
)
DELETED = changed(
    CHANNEL,
    type="messageDelete",
    text=None,
    attachments=None,
    channelData={**CHANNEL["channelData"], "eventType": "softDeleteMessage"},
)
REACTION = changed(
    PERSONAL, type="messageReaction", text=None, replyToId="1772720000003", reactionsAdded=[{"type": "like"}]
)
OUR_OWN = changed(GROUP, **{"from": {"id": BOT, "name": "Colloquery"}})
ANOTHER_BOT = changed(GROUP, **{"from": {"id": "28:c9e8c047-2a34-40a1-b28a-b162d5f5327c", "name": "Other"}})
PRESSED = changed(PERSONAL, text=None, value={"cq": "csv", "v": "6f1c2a52"}, replyToId="1772720000003")
QUOTING = changed(
    PERSONAL,
    text='<quoted messageId="1772720000003"/> and in Busan?',
    attachments=[
        _html(
            '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1772720000003"><strong '
            f'itemprop="mri" itemid="{BOT}">Colloquery</strong><span itemprop="time" itemid="1772720000003"></span>'
            '<p itemprop="preview">Seoul has most.</p></blockquote>\n<p>and in Busan?</p>'
        )
    ],
    entities=[
        _CLIENT,
        {
            "type": "quotedReply",
            "quotedReply": {"messageId": "1772720000003", "senderId": BOT, "preview": "Seoul has most."},
        },
    ],
)
KOREAN = changed(
    GROUP,
    text="<at>Colloquery</at>님, 지난달 도시별 주문 수는?",
    locale="ko-KR",
    entities=[US, {**_CLIENT, "locale": "ko-KR", "country": "KR"}],
)
PLAYGROUND = {
    "type": "message",
    "id": "0f8f4e2a-6b1c-4b27-9f05-0f5c2c0b8d11",
    "text": "<at>Test Bot</at> orders by city?",
    "serviceUrl": "http://localhost:56150/_connector",
    "channelId": "msteams",
    "from": {"id": "user-id-0", "aadObjectId": "00000000-0000-0000-0000-0000000000020", "name": "Alex Wilber"},
    "recipient": {"id": "00000000-0000-0000-0000-00000000000011", "name": "Test Bot"},
    "conversation": {
        "id": "19:channel@thread.tacv2;messageid=1772720000300",
        "conversationType": "channel",
        "tenantId": "00000000-0000-0000-0000-0000000000001",
    },
    "entities": [
        {
            "type": "mention",
            "mentioned": {"id": "00000000-0000-0000-0000-00000000000011", "name": "Test Bot"},
            "text": "<at>Test Bot</at>",
        }
    ],
    "locale": "en-US",
    "localTimezone": "Asia/Seoul",
    "channelData": {"tenant": {"id": "00000000-0000-0000-0000-0000000000001"}},
}
"""As Microsoft's client for developing sends it: ids of other shapes."""

HOME = (TENANT,)
APP = APP_ID

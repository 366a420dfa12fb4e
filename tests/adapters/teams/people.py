"""The people and conversations of the local Bot Connector."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

APP_ID = "0a0a0a0a-1111-4222-8333-00000000b071"
BOT = f"28:{APP_ID}"
PASSWORD = "canary~teams.password-0123456789"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
OTHER_TENANT = "22222222-bbbb-4bbb-8bbb-000000000002"


@dataclass(frozen=True)
class Member:
    """Somebody of a conversation."""

    id: str
    """Who they are to this bot: 29:…"""
    aad: str
    name: str
    email: str
    tenant: str = TENANT
    role: str = "user"

    @property
    def listed(self) -> Json:
        """As a roster has them."""
        return {
            "id": self.id,
            "name": self.name,
            "givenName": self.name.split()[0],
            "surname": self.name.split()[-1],
            "objectId": self.aad,
            "aadObjectId": self.aad,
            "email": self.email,
            "userPrincipalName": self.email,
            "tenantId": self.tenant,
            "userRole": self.role,
        }


ADA = Member("29:1ada", "aaaaaaaa-0000-4000-8000-0000000000a1", "Ada Lovelace", "ada@example.com")
BOB = Member("29:1bob", "aaaaaaaa-0000-4000-8000-0000000000b0", "Bob", "bob@example.com")
GUEST = Member(
    "29:1guest", "aaaaaaaa-0000-4000-8000-00000000ee01", "Guest", "guest@elsewhere.example", role="guest"
)  # fmt: skip
STRANGER = Member(
    "29:1stranger", "bbbbbbbb-0000-4000-8000-000000000005", "Stranger", "stranger@elsewhere.example", OTHER_TENANT
)  # fmt: skip
EVERYBODY = (ADA, BOB, GUEST, STRANGER)

PERSONAL = "a:1personal-ada"
PERSONAL_BOB = "a:1personal-bob"
GROUP = "19:group@thread.v2"
GROUP_WITH_GUEST = "19:group-with-guest@thread.v2"
CHANNEL = "19:general@thread.tacv2"
CHANNEL_WITH_STRANGER = "19:shared@thread.tacv2"
TEAM = "19:team@thread.tacv2"

ROSTERS = {
    PERSONAL: (ADA,),
    PERSONAL_BOB: (BOB,),
    GROUP: (ADA, BOB),
    GROUP_WITH_GUEST: (ADA, GUEST),
    CHANNEL: (ADA, BOB),
    CHANNEL_WITH_STRANGER: (ADA, STRANGER),
}


def kind_of(conversation: str) -> str:
    """The `conversationType` of a conversation's id."""
    if conversation.startswith("a:"):
        return "personal"
    return "channel" if ".tacv2" in conversation else "groupChat"


def base(conversation: str) -> str:
    """The id without the thread."""
    return conversation.partition(";")[0]

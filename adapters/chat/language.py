"""In which language a chat answers: that of what somebody wrote, before that of their client.

Whole companies in Korea use clients in English; whoever writes Korean there reads Korean. Pure.
"""

import re
from dataclasses import replace

from core.chat import Actor
from core.locale import language_of

KOREAN = "ko"
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|`[^`]*`|@\S+|#\S+")
"""Values and names say nothing of the language around them."""
_WORD = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[가-힣]")


def is_korean(text: str) -> bool:
    """Whether at least half of its words are."""
    words = _WORD.findall(_QUOTED.sub(" ", text))
    korean = sum(1 for word in words if _HANGUL.search(word))
    return korean > 0 and 2 * korean >= len(words)


def speaking(actor: Actor, text: str) -> Actor:
    """The actor as they are to be answered: in Korean when what they wrote, or the words on what they pressed, are.

    What is not Korean leaves the client's language: SQL, names and single words of English are written by everybody.
    """
    if language_of(actor.locale) == KOREAN or not is_korean(text):
        return actor
    return replace(actor, locale=KOREAN)

"""Light English stemming: enough to make "orders", "ordered" and "ordering" meet, never enough to join strangers."""

import re
from functools import lru_cache

_IRREGULAR = {
    "ids": "id",
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "mice": "mouse",
    "lives": "life",
    "wives": "wife",
    "leaves": "leaf",
    "shelves": "shelf",
    "halves": "half",
    "knives": "knife",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "analyses": "analysis",
    "crises": "crisis",
    "bases": "base",
    "statuses": "status",
    "buses": "bus",
    "viruses": "virus",
    "campuses": "campus",
    "bonuses": "bonus",
    "gases": "gas",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "shoes": "shoe",
    "toes": "toe",
    "bought": "buy",
    "sold": "sell",
    "paid": "pay",
    "spent": "spend",
    "made": "make",
    "held": "hold",
    "won": "win",
    "wrote": "write",
    "written": "write",
    "taught": "teach",
    "born": "bear",
    "led": "lead",
    "sent": "send",
    "built": "build",
    "left": "leave",
    "sung": "sing",
    "sang": "sing",
    "given": "give",
    "taken": "take",
    "took": "take",
    "shipping": "ship",
    "shipped": "ship",
    "using": "use",
    "used": "use",
}
_UNCHANGED = frozenset(
    "goods series species news status address access business process class bus gas this his is was has "  # noqa: SIM905 - as a list it fills the file
    "does its as us "
    "plus less yes thus always bonus campus virus lens sms gps os js during morning evening king ring string thing "
    "spring wing being red bed need feed seed speed breed embed hundred media data always perhaps across unless "
    "building meeting ceiling wedding clothing bring sing".split()
)
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"^[^aeiouy]*[aeiouy][^aeiouywx]$")
_WANTS_E = re.compile(r"(at|iz|bl|[cvu]|[dlr]g|[aeiou]s|rs|ns|ag|[aeiou]dl|tl|pl)$")


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root == word or len(root) < 3 or not _VOWEL.search(root):
            continue
        if root.endswith("i"):
            return root[:-1] + "y"
        if root[-1] == root[-2] and root[-1] not in "lsz":
            return root[:-1]
        if _SHORT.match(root) or _WANTS_E.search(root):
            return root + "e"
        return root
    return word


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of one word, in lower case; a word of another script comes back as it is, in lower case."""
    lower = word.lower().removesuffix("'s").removesuffix("’s").rstrip("'’")
    if not lower.isascii() or not lower.isalpha():
        return lower
    for form in (lower, _singular(lower)):
        if form in _IRREGULAR:
            return _IRREGULAR[form]
        if form in _UNCHANGED:
            return form
    return _without_ending(_singular(lower))

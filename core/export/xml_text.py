"""Text for files that are XML inside: workbooks and drawings."""

import re

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for (section 2.2, Char), and halves of pairs."""


def xml_text(text: str) -> str:
    """The text with U+FFFD, the replacement character, for every sign that XML cannot carry, and plain line ends."""
    return _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))

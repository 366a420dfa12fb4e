"""A question that is SQL already: its writer meant it as it stands, so it goes straight to the guard, at 0 tokens."""

import re

_STATEMENT = re.compile(
    r"""^\s*(
        select\b.+\bfrom\s+["`\[\w]
      | select\s+[\d'(*]
      | with\s+(recursive\s+)?["`\[\w]+\s*(\([^)]*\)\s*)?as\s*\(
      | (insert|replace|merge)\s+into\b | update\s+["`\[\w.]+\s+set\b | delete\s+from\b | truncate\s+table\b
      | (create|drop|alter)\s+(table|view|index|database|schema|user|role|function|procedure|trigger)\b
      | (grant|revoke)\b.+\b(on|to|from)\b | explain\s+(analyze\s+)?select\b
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def is_sql(text: str) -> bool:
    """Whether a message is a statement, not a question that begins with such a word ("select the best …")."""
    return _STATEMENT.match(text) is not None

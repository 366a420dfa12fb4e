"""An answer made into a template: what of it is the question's, and what is the road's own. Pure."""

import re

from sqlglot import exp

from core.errors import ColloqueryError
from core.sql.policies import POLICIES
from core.sql.printing import printed
from core.sql.refusal import Refusal
from core.templates.binding import read_template

_LEANING = re.compile(
    r"^(?:and|but|what about|how about|only|just|same|now|then|also)\b|\b(?:those|them|these|that one|instead|it)\b"
    r"|^(?:그럼|그러면|그리고|그 ?중|이 ?중|그건|그거|만약|나머지|반대로|다시)"
    r"|그것|거기서|여기서|위에서|방금|앞의|그 (?:결과|고객|상품|주문)",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """Whether a question, asked after another, says little without it: "and in Busan?"."""
    return len(question.split()) < 3 or bool(_LEANING.search(question.strip()))


def without_own_limit(sql: str, dialect: str, rows: int) -> str:
    """The SQL of an answer without the row limit that the road has written into it: `rows` and one more.

    Nobody asked for that limit, and as an example it costs tokens.
    """
    policy = POLICIES[dialect]
    try:
        tree = read_template(sql, dialect).tree
        limit = tree.args.get("limit")
        if limit is None or tree.args.get("offset") is not None:
            return sql
        count = limit.args.get("count" if isinstance(limit, exp.Fetch) else "expression")
        if not isinstance(count, exp.Literal) or count.name != str(rows + 1):
            return sql
        limit.pop()
        return printed(tree, policy)
    except (ColloqueryError, Refusal):
        return sql

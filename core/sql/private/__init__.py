"""Private columns: what a person who may not see them gets says nothing about what is in them.

The server never reads them. Where a private column would be shown, the column of the result is replaced by NULL in the
tree; wherever else it would be used (a filter, a join, an order, a group) the query is refused, and so is every name
that the server might take for a private column. Replacing changes what is read from there on, so the guard goes over
the text again until nothing is left to hide: the safety of what runs rests on that last pass alone, which only has to
find that no name, `*` or whole row in it reaches a private column. All that is said of columns that pass a private one
on is there so that no answer misleads, and so that types agree.

One thing is not closed here: without a complete ORDER BY the order of rows is the server's choice, and a server that
walks along an index on a private column gives them in the order of that column.
"""

from core.sql.private.hiding import Hiding

__all__ = ["Hiding"]

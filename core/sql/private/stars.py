"""`*` written out: as the columns it stands for, so that some of them can be replaced."""

from collections.abc import Iterable

from sqlglot import exp

from core.sql.catalog_index import folded
from core.sql.policies import Policy
from core.sql.private.columns import refusal
from core.sql.scope import Scope, Source


def is_row(projection: exp.Expr) -> bool:
    """True for `*` and `t.*` as a column of a SELECT."""
    return isinstance(projection, exp.Star) or (isinstance(projection, exp.Column) and projection.is_star)


def expanded(projections: Iterable[exp.Expr], scope: Scope, policy: Policy, everything: bool) -> list[exp.Expr]:
    """The projections with each `*` that stands for private columns written out, or each at all with `everything`.

    Raises `Refusal` where the columns or their order cannot be told exactly.
    """
    made: list[exp.Expr] = []
    for projection in projections:
        sources = _behind(projection, scope, policy) if is_row(projection) else None
        if sources is not None and (everything or any(source.private for source in sources)):
            made += _columns(projection, sources, scope, policy)
        else:
            made.append(projection)
    return made


def _behind(projection: exp.Expr, scope: Scope, policy: Policy) -> list[Source] | None:
    qualifier = projection.args.get("table")
    if qualifier is None:
        return scope.sources
    source = scope.named(folded(qualifier, policy))
    return [source] if source is not None else None


def _columns(projection: exp.Expr, sources: list[Source], scope: Scope, policy: Policy) -> list[exp.Expr]:
    if scope.merged and (isinstance(projection, exp.Star) or policy.name == "oracle"):
        # Which columns are merged, and where they stand, differs from server to server.
        raise refusal(projection, policy)
    made: list[exp.Expr] = []
    for source in sources:
        if source.columns is None or source.doubled or (not source.name and len(scope.sources) > 1):
            raise refusal(projection, policy)
        name = source.spelled if policy.folds == "any" else source.name
        for column in source.columns.values():
            table = exp.Identifier(this=name, quoted=True) if name else None
            made.append(exp.Column(this=exp.Identifier(this=column, quoted=True), table=table))
    return made

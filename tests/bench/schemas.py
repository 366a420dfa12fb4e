"""Schemas made up by a seeded generator, of any size, for measuring speed."""

import random

from core.schema import Column, ForeignKey, Schema, Table

_NOUNS = (  # noqa: SIM905 - one word a line would fill the file
    "customer order product invoice payment shipment store region employee salary department budget account ledger "
    "asset "
    "vendor contract ticket agent campaign click session visit device sensor reading patient doctor course student "
    "teacher grade exam school flight airport pilot booking hotel room guest review rating song artist album playlist "
    "track genre movie actor director award team player match season league score stock price trade broker fund policy "
    "claim premium driver vehicle route depot warehouse pallet batch recipe menu chef"
).split()
_FIELDS = (  # noqa: SIM905
    "id name code type status date amount total created_at updated_at note flag rate count level "
    "email city country price"
).split()


def made_up(tables: int, seed: int = 1) -> Schema:
    """A schema of so many tables of about 18 columns, half of them in several schemas, joined as trees."""
    chance = random.Random(seed)
    found: list[Table] = []
    for number in range(tables):
        schema = f"area{number % 40}" if tables > 2_000 else ""
        columns = [Column("id", "bigint", False), Column("parent_id", "bigint")]
        for field in chance.sample(_FIELDS[1:], 16):
            comment = f"the {chance.choice(_NOUNS)} of this row" if chance.random() < 0.3 else ""
            kind = chance.choice(("varchar(40)", "numeric(10,2)", "timestamp", "integer"))
            columns.append(Column(f"{chance.choice(_NOUNS)}_{field}", kind, comment=comment))
        keys = (ForeignKey(("parent_id",), found[chance.randrange(number)].id, ("id",)),) if number else ()
        first, second = chance.sample(_NOUNS, 2)
        name = f"{first}_{second}_{number}"
        found.append(Table(name, tuple(columns), schema, primary_key=("id",), foreign_keys=keys))
    return Schema("postgres", tuple(found))


def asked(many: int, seed: int = 2) -> list[str]:
    """So many questions over `made_up` schemas, English and Korean."""
    chance = random.Random(seed)
    found = []
    for number in range(many):
        one, two, three = chance.sample(_NOUNS, 3)
        if number % 4 == 3:
            found.append(f"{one}별 {two} 합계가 가장 큰 {three} 이름 {number}개")
        else:
            found.append(f"Which {one}s have the highest {two} {chance.choice(_FIELDS)} per {three} and status?")
    return found

"""What is said of a template beside its name and question: whose it is, for whom, how often it is used. Pure."""

from core.locale import format_number, say
from core.saved import SavedTemplate


def about(template: SavedTemplate, locale: str) -> tuple[str, ...]:
    """Its category, how it stands, whose it is, for whom, its database, its uses; what is empty is left out."""
    owner = template.owner or say(locale, "templates.nobody")
    told = (
        template.category,
        say(locale, "templates.verified") if template.is_verified else "",
        say(locale, "templates.mine") if template.is_mine else say(locale, "templates.of", name=owner),
        say(locale, "templates.public" if template.is_public or template.is_verified else "templates.private"),
        template.connection,
        say(locale, "templates.used", times=format_number(locale, template.usage_count)),
    )
    return tuple(one for one in told if one.strip())

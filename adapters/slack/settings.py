"""What Slack's door needs to be told."""

from dataclasses import dataclass, field

SLACK = "https://slack.com/api/"
"""Where Slack's Web API is."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The tokens of one app in one workspace. None of them shows in a repr.

    With `app_token` events come over Socket Mode; with `signing_secret` they are taken over HTTP. Either will do.
    """

    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = SLACK
    """Every call goes there, Socket Mode's too: a proxy or a test server. Ends in a slash."""

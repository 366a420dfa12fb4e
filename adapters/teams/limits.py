"""The platform's numbers. Sizes are bytes of the activity as JSON in UTF-16, as Teams counts.

Sources, under learn.microsoft.com/microsoftteams/platform unless named: messages and rates at
bots/how-to/format-your-bot-messages and bots/how-to/rate-limit; cards at task-modules-and-cards; streaming at
bots/streaming-ux; the AI label and citations at bots/how-to/bot-messages-ai-generated-content.
"""

MESSAGE_BYTES = 80 * 1024
"""Of a whole activity: Teams takes about 100 KB, and counts a little more than what we send."""
MESSAGE_TEXT = 4_000
"""Characters of a message's own text: ours."""
ENVELOPE = 8 * 1024
"""Bytes of an activity beside its text, its citation and its card: addresses, label, suggestions. Ours, and plenty."""
SUMMARY = 200
"""Characters of what a notification says: ours."""

CARD_VERSION = "1.5"
"""The newest that Teams promises for bots."""
TABLE_ROWS = 15
TABLE_COLUMNS = 6
"""Larger ones stay blank on telephones."""
CELL = 200
"""Characters of a cell: ours."""
TEXT = 3_000
"""Characters of one text element of a card: ours; a longer text is shown in several."""
CODE = 10_000
"""Characters of a code block: ours."""
HEADER = 100
"""Characters of a large line: ours."""
FACTS = 20
"""Lines of a fact set: ours."""
BUTTONS = 6
"""Buttons of a row that Teams shows before it folds the rest into a menu."""
BUTTON_TEXT = 40
"""Characters on a button: ours, so that a row stays a row."""
VALUE = 2_000
"""Characters that a button sends back: ours."""
OFFERED = 24
"""Buttons of a question asked back, four rows: ours."""
CHOICES = 100
"""Lines of a menu: ours."""
TITLE = 60
"""Characters of a dialog's title: ours."""
INPUT = 10_000
"""Characters of a text field: ours."""

CHARTS = 2
"""Charts of a message: ours."""
CHART_TITLE = 100
CHART_LABEL = 40
"""Characters of a chart's title, and of its labels: ours."""
CHART_POINTS = 50
LINE_POINTS = 100
CHART_SERIES = 10
CHART_SLICES = 12
"""Bars of a series, points of a line, series of a chart, slices of a pie: ours; Teams names no limit."""
BAR_LABEL = 12
"""Characters of a label that fits under an upright bar; bars with longer ones lie: ours."""

SUGGESTIONS = 3
"""Suggested answers that Teams shows."""
SUGGESTION = 300
"""Characters of a suggested answer: ours. A longer one is not offered, since half of it would be another question."""
CITATION_NAME = 80
CITATION_ABSTRACT = 160
"""Characters of a citation's name and of what it quotes."""
INFORMATIVE = 1_000
"""Bytes of a line that tells of progress in a stream: 1 KB."""
STREAM_SECONDS = 105.0
"""How long a stream goes on at most: Teams ends it after two minutes, M365 Copilot after 105 seconds."""

"""The platform's numbers. Characters are counted in UTF-16 units (`escape.size`), the larger of the ways to count.

Sources, all under docs.slack.dev/reference: blocks are at block-kit/blocks/<type>-block, elements at
block-kit/block-elements/<type>-element, smaller objects at block-kit/composition-objects/<type>-object.
"""

MESSAGE_BLOCKS = 50
"""Blocks of a message (block-kit/blocks)."""
VIEW_BLOCKS = 100
"""Blocks of a modal or a Home tab (views/modal-views)."""
MESSAGE_TEXT = 4_000
"""Characters of a message's top-level text that Slack recommends (methods/chat.postMessage)."""

TEXT = 3_000
"""Characters of a text object, and of the text of a section (text object; section)."""
HEADER = 150
"""Characters of a header block (header)."""
ACTIONS = 25
"""Elements of an actions block (actions)."""
BUTTON_TEXT = 75
"""Characters on a button (button)."""
BUTTON_VALUE = 2_000
"""Characters of the value that a button sends (button)."""
OPTIONS = 100
"""Options of a select menu (select menu)."""
OPTION_TEXT = 75
"""Characters of an option (option)."""
OPTION_VALUE = 150
"""Characters of the value of an option (option)."""
PLACEHOLDER = 150
"""Characters of a placeholder (select menu)."""

COLUMNS = 20
"""Cells of a row, in both kinds of table (table; data_table)."""
DATA_TABLE_ROWS = 200
"""Rows of a data table below its header (data_table; the note at its launch said 100)."""
DATA_TABLE_CHARACTERS = 20_000
"""Characters in all cells of all data tables of a message (data_table)."""
DATA_TABLE_PAGE = 10
"""Rows a page of a data table shows: ours; Slack allows 1 to 100 (data_table)."""
TABLE_ROWS = 99
"""Rows of a table below its header: 100 with it (table)."""
TABLE_CHARACTERS = 10_000
"""Characters in all cells of all tables of a message (table)."""
TABLES = 1
"""Tables of a message: ours, since Slack has refused a second one (only_one_table_allowed); data tables may be more."""
CAPTION = 150
"""Characters of a data table's caption: ours; Slack names no limit."""
CELL = 200
"""Characters of a cell: ours, so that a header of 20 columns and one row always fit the smaller table."""

CHARTS = 2
"""Charts of a message (data_visualization)."""
CHART_TITLE = 50
"""Characters of a chart's title (data_visualization)."""
CHART_LABEL = 20
"""Characters of a label, and of the name of a series (data_visualization)."""
CHART_POINTS = 20
"""Points of a series (data_visualization)."""
CHART_SERIES = 6
"""Series of a chart, or slices of a pie (data_visualization; a later version of the page says 12)."""

VIEW_TITLE = 24
"""Characters of a modal's title and of its two buttons (views/modal-views)."""
INPUT = 3_000
"""Characters of a text input (plain-text-input)."""

INPUT_LABEL = 2_000
"""Characters of the label of an input, and of the hint below it (input)."""

TASK_TEXT = 256
"""Characters of each text of a task_update chunk (methods/chat.appendStream)."""

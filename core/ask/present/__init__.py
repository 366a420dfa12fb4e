"""Rows into a reply: sentence, chart, table, SQL and facts, computed from the rows and the query. No model."""

from core.ask.present.chart import choose
from core.ask.present.facts import AnswerFacts, facts_part
from core.ask.present.filters import filter_words
from core.ask.present.plain import plain
from core.ask.present.reply import (
    ANSWER_ACTIONS,
    Presentable,
    choices_reply,
    notice_reply,
    present,
    reference,
)
from core.ask.present.sentence import sentence
from core.ask.present.steps import STEP_KINDS, StepKind, step

__all__ = [
    "ANSWER_ACTIONS",
    "STEP_KINDS",
    "AnswerFacts",
    "Presentable",
    "StepKind",
    "choices_reply",
    "choose",
    "facts_part",
    "filter_words",
    "notice_reply",
    "plain",
    "present",
    "reference",
    "sentence",
    "step",
]

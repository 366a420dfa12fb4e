"""Traces: a span a question and one for each of its steps, sent as OpenTelemetry's OTLP. An extra: `colloquery[otel]`.

No words of a question, no SQL and no row are in them: counts, codes and names, as in the log.
"""

import time
from typing import TYPE_CHECKING

from core.ask.journal import Passage, Words
from core.errors import BadSetting

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_MOST_KEPT = 2_000
"""Questions whose span is kept for what may follow: an answer is delivered after it is settled."""


class Traces:
    """Turns passed steps into spans. Raises `BadSetting` (traces.extra) when the extra is not installed."""

    def __init__(self, url: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        except ImportError:
            raise BadSetting("traces.extra", name="COLLOQUERY_TRACES_URL") from None
        self._provider = TracerProvider(resource=Resource.create({"service.name": "colloquery"}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
        self._tracer = self._provider.get_tracer("colloquery")
        self._kept: dict[str, Span] = {}

    def watch(self, passage: Passage) -> None:
        """A question has passed a step."""
        now = time.time_ns()
        whole = self._kept.get(passage.question)
        if whole is None:
            whole = self._tracer.start_span("question", start_time=now - _ns(passage.total_seconds))
            whole.set_attribute("colloquery.question", passage.question)
            self._keep(passage.question, whole)
        self._step(whole, passage, now)
        if passage.step == "settled":
            code = passage.facts.get("code")
            whole.set_attribute("colloquery.outcome", str(code or "ok"))
            whole.end(now)

    def close(self) -> None:
        """Send what is left, within some seconds."""
        self._provider.shutdown()

    def _keep(self, question: str, whole: "Span") -> None:
        self._kept[question] = whole
        if len(self._kept) > _MOST_KEPT:
            oldest = self._kept.pop(next(iter(self._kept)))
            if oldest.is_recording():
                oldest.end()

    def _step(self, whole: "Span", passage: Passage, now: int) -> None:
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415

        started = now - _ns(passage.seconds)
        span = self._tracer.start_span(passage.step, context=set_span_in_context(whole), start_time=started)
        for name, value in passage.facts.items():
            if isinstance(value, str | int | float | bool) and not isinstance(value, Words):
                span.set_attribute(f"colloquery.{name}", value)
        span.end(now)


def _ns(seconds: float) -> int:
    return int(seconds * 1_000_000_000)

"""What Prometheus reads of this process: questions, their steps, tokens, the line, the jobs, the process itself."""

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from core.ask.journal import Passage
from core.ask.line import Line
from core.records import JobEnded
from core.upkeep.jobs import Job

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Of one process; `watch` and `ran` are told by the core, the line is looked at when somebody reads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._accepted = Counter(
            "colloquery_questions_accepted", "Questions accepted, by platform.", ["platform"], registry=self._registry
        )
        self._answered = Counter(
            "colloquery_questions_answered", "Questions answered, by how: ok, or the code of an error.", ["code"],
            registry=self._registry,
        )  # fmt: skip
        self._tokens = Counter(
            "colloquery_tokens", "Tokens that models used, by who wrote the SQL.", ["written_by"],
            registry=self._registry,
        )  # fmt: skip
        self._steps = Histogram(
            "colloquery_step_seconds", "Seconds of each step of a question.", ["step"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._questions = Histogram(
            "colloquery_question_seconds", "Seconds from a question to its settled answer.", buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._jobs = Counter(
            "colloquery_job_runs", "Runs of recurring jobs, by how they ended.", ["job", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._running = Gauge(
            "colloquery_questions_running", "Questions that are being answered.", registry=self._registry
        )
        self._waiting = Gauge("colloquery_questions_waiting", "Questions in line.", registry=self._registry)

    def watch(self, passage: Passage) -> None:
        """A question has passed a step."""
        facts = passage.facts
        self._steps.labels(passage.step).observe(passage.seconds)
        if passage.step == "accepted":
            self._accepted.labels(facts.get("platform", "")).inc()
        if passage.step == "settled":
            self._answered.labels(facts.get("code", "ok")).inc()
            self._questions.observe(passage.total_seconds)
            tokens = facts.get("tokens", 0)
            if isinstance(tokens, int) and tokens:
                self._tokens.labels(facts.get("written_by", "")).inc(tokens)

    def ran(self, job: Job, ran: JobEnded) -> None:
        """A job was run."""
        self._jobs.labels(job.name, ran.outcome).inc()

    def exposed(self, line: Line) -> bytes:
        """All of it, as Prometheus reads it."""
        self._running.set(line.running)
        self._waiting.set(line.waiting)
        return generate_latest(self._registry)

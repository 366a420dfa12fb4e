// What a look at a database told, step by step; and what a reading of its tables found to be different.

import { count, foreign } from "./amounts.js";
import { el, icon } from "./dom.js";
import { t } from "./words.js";

const STEPS = {
  fields: "connections.step_fields",
  reach: "connections.step_reach",
  encrypt: "connections.step_encrypt",
  sign_in: "connections.step_sign_in",
  look: "connections.step_look",
  tables: "connections.step_tables",
};
const LISTED = 12;

function outcomeOf(step, report) {
  // A line that may be in clear was not secured, though nothing went wrong.
  const isClear = step === "encrypt" && report.is_encrypted === false;
  if (!isClear && report.passed.includes(step)) return ["passed", "check", t("connections.passed")];
  if (report.failed === step) return ["failed", "close", t("connections.stopped")];
  return ["open", null, t("connections.not_reached")];
}

function drawStep(step, report) {
  const [state, drawing, words] = outcomeOf(step, report);
  return el(
    "li",
    { class: state },
    drawing ? icon(drawing) : el("i", { class: "pending", "aria-hidden": "true" }),
    el("span", {}, t(STEPS[step])),
    el("span", { class: "hidden" }, `: ${words}`),
  );
}

function encryption(report) {
  if (report.is_encrypted === null) return null;
  if (!report.is_encrypted) return t("connections.line_clear");
  return report.tls_version ? t("connections.line_encrypted", { tls: report.tls_version }) : t("connections.line_somehow");
}

/** The report. */
export function drawReport(report) {
  const values = { version: report.version, tables: count(report.tables), milliseconds: count(report.milliseconds) };
  const works = t(report.tables === 1 ? "connections.report_works_one" : "connections.report_works", values);
  // That the account could write is said by the connection itself, for as long as it is so.
  const rights = !report.failed && report.can_write === false ? t("connections.only_read") : null;
  const lines = [encryption(report), rights].filter(Boolean);
  return el(
    "div",
    { class: report.failed ? "report failed" : "report", role: "group", "aria-label": t("connections.report") },
    el("p", { class: "headline" }, report.failed ? t("connections.report_failed") : works),
    report.problem_text ? el("p", {}, report.problem_text) : null,
    el("ol", { class: "look" }, ...Object.keys(STEPS).map((step) => drawStep(step, report))),
    lines.length ? el("p", { class: "note" }, lines.join(" ")) : null,
  );
}

function drawNames(title, names) {
  if (names.length === 0) return [];
  const shown = names.slice(0, LISTED).flatMap((name, at) => [at ? ", " : "", foreign(name)]);
  const more = names.length > LISTED ? [" ", t("connections.and_more", { count: count(names.length - LISTED) })] : [];
  return [el("dt", {}, `${title} (${count(names.length)})`), el("dd", {}, ...shown, ...more)];
}

/** What changed since the reading before. */
export function drawChanges(changes) {
  const { added, removed, changed } = changes;
  if (changes.first) return el("div", { class: "report" }, el("p", { class: "headline" }, t("connections.first", { count: count(added.length) })));
  if (added.length + removed.length + changed.length === 0) return el("div", { class: "report" }, el("p", { class: "headline" }, t("connections.same")));
  return el(
    "div",
    { class: "report" },
    el("dl", { class: "pairs" }, ...drawNames(t("connections.came"), added), ...drawNames(t("connections.went"), removed), ...drawNames(t("connections.different"), changed)),
  );
}

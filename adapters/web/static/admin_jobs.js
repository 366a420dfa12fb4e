// Upkeep: the recurring jobs, how each ran last, when it runs next, and running one now.

import { count, foreign, moment } from "./amounts.js";
import { get, post } from "./api.js";
import { drawNotice } from "./answer.js";
import { el, icon } from "./dom.js";
import { announce, chip, refusal } from "./parts.js";
import { t } from "./words.js";

const LEVELS = { done: "info", failed: "error", elsewhere: "warning", under_way: "info" };

const line = (...parts) => el("p", { class: "note" }, ...parts.filter(Boolean).flatMap((text, at) => [at ? " · " : "", el("bdi", {}, text)]));
const warning = (words) => el("span", { class: "mark warn" }, icon("close"), words);

function drawLast({ last }) {
  if (!last) return [el("p", {}, t("admin.job_never"))];
  const how = last.problem ? last.why : t("admin.job_count", { count: count(last.count) });
  return [el("p", {}, moment(last.at)), line(how, t("admin.job_took", { ms: count(last.milliseconds) })), last.process ? line(t("admin.job_process", { process: last.process })) : null];
}

const cell = (label, ...nodes) => el("div", {}, el("p", { class: "label" }, label), ...nodes);

function drawJob(one, shown = null) {
  const place = el("div", { class: "place" }, shown);
  const run = async ({ currentTarget: asked }) => {
    asked.disabled = true;
    asked.lastChild.textContent = t("admin.job_running");
    try {
      const done = await post(`jobs/${one.name}/run`);
      const text = `${one.words}: ${done.text}`;
      announce(text);
      const drawn = drawJob(done.job, drawNotice({ level: LEVELS[done.outcome], text }));
      node.replaceWith(drawn);
      drawn.querySelector("button").focus();
    } catch (error) {
      place.replaceChildren(refusal(error));
      asked.lastChild.textContent = t("admin.job_run");
      asked.disabled = false;
    }
  };
  const node = el(
    "li",
    { class: "job-line", "data-job": one.name },
    el(
      "div",
      { class: "about" },
      el(
        "div",
        { class: "name" },
        el("b", {}, foreign(one.words)),
        one.last?.problem ? warning(t("admin.job_failed")) : null,
        one.is_overdue ? warning(t("admin.job_overdue")) : null,
      ),
      el("p", { class: "note" }, el("code", {}, foreign(one.name)), " · ", foreign(one.every)),
    ),
    cell(t("admin.job_last"), ...drawLast(one)),
    cell(t("admin.job_next"), el("p", {}, moment(one.next_at))),
    chip("again", t("admin.job_run"), run, { "aria-label": t("admin.job_run_of", { name: one.words }) }),
    place,
  );
  return node;
}

/** The list. */
export async function drawJobs(card) {
  const lines = el("ul", { class: "rows" });
  card.replaceChildren(el("div", { class: "head" }, el("h2", { id: "jobs-title" }, t("admin.jobs"))), el("p", { class: "note lead" }, t("admin.jobs_lead")), lines);
  try {
    const { items } = await get("jobs");
    lines.replaceChildren(...items.map((one) => drawJob(one)));
  } catch (error) {
    lines.replaceWith(refusal(error));
  }
}

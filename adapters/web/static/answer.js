// A reply as elements: its parts in reading order, whatever order they came in.

import { address } from "./api.js";
import { drawChart, drawFigure } from "./charts.js";
import { el, icon } from "./dom.js";
import { highlighted } from "./sql.js";
import { drawTable } from "./table.js";
import { t } from "./words.js";

const QUIET_LINE = ["cost", "tables", "took"];

function button(name, label, properties) {
  return el("button", { type: "button", class: "chip", ...properties }, icon(name), el("span", {}, label));
}

/** A refusal, an error, a warning: what happened and what to do next. */
export function drawNotice(notice, ...buttons) {
  return el(
    "div",
    { class: `notice ${notice.level}`, role: notice.level === "error" ? "alert" : null },
    el("p", {}, notice.text),
    notice.hint ? el("p", { class: "hint" }, notice.hint) : null,
    buttons.length ? el("div", { class: "tools" }, ...buttons) : null,
  );
}

/** What somebody can do about a question that got no answer. */
export const editButton = (onclick) => button("edit", t("edit"), { onclick });
export const againButton = (onclick) => button("again", t("again"), { onclick });

function drawFacts(facts) {
  const chosen = QUIET_LINE.map((key) => facts.items.find((item) => item.key === key)).filter(Boolean);
  const line = (chosen.length ? chosen : facts.items.slice(0, 3)).map((item) => item.value).join(" · ");
  const list = facts.items.flatMap((item) => [el("dt", {}, item.label), el("dd", {}, item.value)]);
  return el("details", { class: "facts" }, el("summary", {}, el("span", { class: "hidden" }, t("facts")), el("span", {}, line)), el("dl", {}, ...list));
}

async function copy(text, block) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http beyond localhost has no clipboard; the old way still works.
  const range = document.createRange();
  range.selectNodeContents(block);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.execCommand("copy");
}

function drawSql(sql, id) {
  const code = el("code", {}, ...highlighted(sql.text));
  const label = el("span", {}, t("copy"));
  const onclick = async () => {
    await copy(sql.text, code);
    label.textContent = t("copied");
    setTimeout(() => (label.textContent = t("copy")), 2000);
  };
  const copier = el("button", { type: "button", class: "chip copy", onclick }, icon("copy"), label);
  const block = el("div", { class: "sql", id, hidden: true }, el("pre", { tabindex: "0" }, code), copier);
  const opener = button("code", t("show_sql"), {
    "aria-expanded": "false",
    "aria-controls": id,
    onclick: () => {
      block.hidden = !block.hidden;
      opener.setAttribute("aria-expanded", String(!block.hidden));
    },
  });
  return [opener, block];
}

function drawChoices(choices, ask) {
  const options = choices.options.map((option) =>
    el("button", { type: "button", class: "chip choice", onclick: () => ask(choices.about, option.value) }, option.label),
  );
  return el("div", { class: "asked-back" }, el("p", {}, choices.prompt), el("div", { class: "tools" }, ...options));
}

const isAlone = (table) => table.cells.length === 1 && table.columns.length === 1;

function drawPicture(chart, table, locale) {
  if (chart.kind !== "figure") return drawChart(chart, locale);
  return drawFigure(chart, table && isAlone(table) ? (table.cells[0][0] ?? t("null")) : chart.series[0].shown[0]);
}

/** The whole reply. `on` has edit() and choose(about, value). */
export function drawReply(reply, on) {
  const of = (part) => reply.parts.filter((one) => one.part === part);
  const [table, chart, sql, facts] = ["table", "chart", "sql", "facts"].map((part) => of(part)[0]);
  const nodes = of("text").map((text) => el("p", { class: "sentence" }, text.text));
  nodes.push(...of("notice").map((notice) => drawNotice(notice, ...(reply.ok ? [] : [editButton(on.edit)]))));
  nodes.push(...of("choices").map((choices) => drawChoices(choices, on.choose)));
  if (chart) nodes.push(drawPicture(chart, table, reply.locale));
  if (table && !(chart?.kind === "figure" && isAlone(table))) nodes.push(drawTable(table));
  const tools = el("div", { class: "tools" });
  let block = null;
  if (sql) {
    const [opener, hidden] = drawSql(sql, `sql-${reply.question_id}`);
    tools.append(opener);
    block = hidden;
  }
  if (table && table.cells.length) {
    const href = address(`questions/${reply.question_id}/result.csv`);
    tools.append(el("a", { class: "chip", href, download: "", title: t("csv_hint") }, icon("file"), el("span", {}, t("csv"))));
  }
  const foot = [tools.childNodes.length ? tools : null, facts ? drawFacts(facts) : null].filter(Boolean);
  if (foot.length) nodes.push(el("div", { class: "foot" }, ...foot));
  if (block) nodes.push(block);
  return nodes.filter(Boolean);
}

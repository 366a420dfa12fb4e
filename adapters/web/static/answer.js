// A reply as elements: its parts in reading order, whatever order they came in.

import { address, get, post, Problem } from "./api.js";
import { drawChart, drawFigure } from "./charts.js";
import { el, icon, newId } from "./dom.js";
import { drawMeters } from "./meters.js";
import { highlighted } from "./sql.js";
import { drawTable } from "./table.js";
import { t } from "./words.js";

const QUIET_LINE = ["cost", "tables", "took"];
/** Of an answer by a template that nobody took: which, and what was read into it. */
const MATCHED_LINE = ["cost", "written_by", "values"];

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

function drawFacts(facts, quiet) {
  const chosen = quiet.map((key) => facts.items.find((item) => item.key === key)).filter(Boolean);
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
    el("button", { type: "button", class: "chip choice", onclick: () => ask(option.value) }, option.label),
  );
  return el("div", { class: "asked-back" }, el("p", {}, choices.prompt), el("div", { class: "tools" }, ...options));
}

const isAlone = (table) => table.cells.length === 1 && table.columns.length === 1;

function drawPicture(chart, table, locale) {
  if (chart.kind !== "figure") return drawChart(chart, locale);
  return drawFigure(chart, table && isAlone(table) ? (table.cells[0][0] ?? t("null")) : chart.series[0].shown[0]);
}

/** What went wrong with a button, where its result would be. */
async function told(place, work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.words ?? { text: t("offline_text"), hint: t("offline_hint") };
    place.replaceChildren(drawNotice({ level: "error", text: words.text, hint: words.hint }));
    place.hidden = false;
  }
}

/** What the SQL does, in words, fetched when somebody first wants to know. */
function drawExplain(questionId, label) {
  const id = `explanation-${questionId}`;
  const box = el("div", { class: "explanation", id, hidden: true });
  let fetched = false;
  const opener = button("info", label, {
    "aria-expanded": "false",
    "aria-controls": id,
    onclick: () =>
      told(box, async () => {
        if (!fetched) {
          const reply = await get(`questions/${questionId}/explanation`);
          const lines = reply.parts.flatMap((part) => (part.text ?? "").split("\n"));
          box.replaceChildren(el("ul", {}, ...lines.map((line) => el("li", {}, line))));
          fetched = true;
        }
        box.hidden = !box.hidden;
        opener.setAttribute("aria-expanded", String(!box.hidden));
      }),
  });
  return [opener, box];
}

/** The SQL, to be changed and run as a question of its own. */
function drawEditor(sql, label, rerun) {
  const id = newId();
  const field = el("textarea", { rows: 6, spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": t("templates.edit_sql"), required: true });
  field.value = sql.text;
  const note = el("div", { hidden: true });
  const send = (event) => {
    event.preventDefault();
    note.hidden = true;
    told(note, async () => {
      await rerun(field.value);
      toggle();
    });
  };
  const sender = el("button", { type: "submit", class: "chip save" }, t("templates.run_sql"));
  const closer = el("button", { type: "button", class: "chip plain", onclick: () => toggle() }, t("templates.cancel"));
  const box = el("form", { class: "editor", id, hidden: true, onsubmit: send }, field, el("div", { class: "tools" }, sender, closer), note);
  const toggle = () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    (box.hidden ? opener : field).focus({ preventScroll: box.hidden });
  };
  const opener = button("edit", label, { "aria-expanded": "false", "aria-controls": id, onclick: () => toggle() });
  return [opener, box];
}

/** When the SQL is to be asked again; its answers come in this conversation. */
function drawSchedule(label, schedule) {
  const id = newId();
  const box = el("div", { class: "scheduling", id, hidden: true });
  const toggle = () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) box.replaceChildren(schedule(done, toggle));
    (box.hidden ? opener : box.querySelector("input")).focus({ preventScroll: box.hidden });
  };
  const done = (made) => {
    toggle();
    const link = el("a", { href: "account#schedules" }, t("schedules.all"));
    box.replaceChildren(el("div", { class: "notice info", role: "status" }, el("p", {}, t("schedules.made", { title: made.title })), el("p", { class: "hint" }, made.about.join(" · "), " ", link)));
    box.hidden = false;
  };
  const opener = button("clock", label, { "aria-expanded": "false", "aria-controls": id, onclick: toggle });
  return [opener, box];
}

/** A button whose work goes on elsewhere; a refusal is told beside it. */
function drawTold(name, label, work) {
  const note = el("div", { hidden: true });
  const onclick = async () => {
    one.disabled = true;
    note.hidden = true;
    await told(note, work).finally(() => (one.disabled = false));
  };
  const one = button(name, label, { onclick });
  return [one, note];
}

/** Right or wrong: the last click counts. */
function drawVerdict(questionId, labels) {
  const note = el("div", { class: "note", role: "status", hidden: true });
  const buttons = ["good", "bad"].filter((name) => labels.has(name)).map((name) => {
    const one = el("button", { type: "button", class: "chip", "aria-pressed": "false", title: labels.get(name), "aria-label": labels.get(name) }, icon(name));
    one.addEventListener("click", () =>
      told(note, async () => {
        await post(`questions/${questionId}/feedback`, { good: name === "good" });
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === one));
        note.textContent = t("thanks");
        note.hidden = false;
      }),
    );
    return one;
  });
  return [...buttons, note];
}

function save(path) {
  const link = el("a", { href: address(path), download: "" });
  document.body.append(link); // so that the click is seen where a sign-in is renewed
  link.click();
  link.remove();
}

/**
 * The whole reply. `on` has edit(), choose(value), keep(), fresh(), rerun(sql), and schedule(done, close), which gives
 * a form.
 */
export function drawReply(reply, on) {
  const of = (part) => reply.parts.filter((one) => one.part === part);
  const [table, chart, sql, facts] = ["table", "chart", "sql", "facts"].map((part) => of(part)[0]);
  const nodes = of("text").map((text) => el("p", { class: "sentence" }, text.text));
  nodes.push(...of("notice").map((notice) => drawNotice(notice, ...(reply.ok ? [] : [editButton(on.edit)]))));
  nodes.push(...of("meters").map(drawMeters));
  nodes.push(...of("choices").map((choices) => drawChoices(choices, on.choose)));
  if (chart) nodes.push(drawPicture(chart, table, reply.locale));
  if (table && !(chart?.kind === "figure" && isAlone(table))) nodes.push(drawTable(table));
  const labels = new Map(of("actions").flatMap((part) => part.items.map((action) => [action.name, action.label])));
  const tools = el("div", { class: "tools" });
  const blocks = [];
  const add = ([opener, hidden]) => {
    tools.append(opener);
    blocks.push(hidden);
  };
  if (sql) add(drawSql(sql, `sql-${reply.question_id}`));
  if (labels.has("explain")) add(drawExplain(reply.question_id, labels.get("explain")));
  if (sql && labels.has("edit")) add(drawEditor(sql, labels.get("edit"), on.rerun));
  if (table && table.cells.length) {
    const href = address(`questions/${reply.question_id}/result.csv`);
    tools.append(el("a", { class: "chip", href, download: "", title: t("csv_hint") }, icon("file"), el("span", {}, t("csv"))));
    if (labels.has("excel")) {
      tools.append(button("grid", labels.get("excel"), { onclick: () => save(`questions/${reply.question_id}/result.xlsx`) }));
    }
  }
  if (labels.has("save_template")) add(drawTold("keep", labels.get("save_template"), on.keep));
  if (sql && labels.has("schedule")) add(drawSchedule(labels.get("schedule"), on.schedule));
  if (labels.has("not_meant")) add(drawTold("again", labels.get("not_meant"), on.fresh));
  tools.append(...drawVerdict(reply.question_id, labels));
  const foot = [sql || labels.size ? tools : null, facts ? drawFacts(facts, labels.has("not_meant") ? MATCHED_LINE : QUIET_LINE) : null].filter(Boolean);
  if (foot.length) nodes.push(el("div", { class: "foot" }, ...foot));
  nodes.push(...blocks);
  return nodes.filter(Boolean);
}

// The audit: searched, read line by line, taken along as a file, proven to be whole.

import { count, foreign, moment } from "./amounts.js";
import { address, get, post } from "./api.js";
import { el, icon } from "./dom.js";
import { drawVerdict } from "./admin_verdict.js";
import { announce, chip, labelled, menu, refusal } from "./parts.js";
import { lang, t } from "./words.js";

const PAGE = 30;
/** Actions by the beginning of their codes. */
const GROUPS = {
  "access.": "admin.group_access",
  "answer.": "admin.group_answer",
  "audit.": "admin.group_audit",
  "catalog.": "admin.group_catalog",
  "config.": "admin.group_config",
  "connection.": "admin.group_connection",
  "job.": "admin.group_job",
  "key.": "admin.group_key",
  "people.": "admin.group_people",
  "query.": "admin.group_query",
  "question.": "admin.group_question",
  "schedule.": "admin.group_schedule",
  "sign_in.": "admin.group_sign_in",
  "template.": "admin.group_template",
  "usage.": "admin.group_usage",
};
/** Kinds of things. */
const THINGS = {
  audit: "admin.group_audit",
  config: "admin.group_config",
  connection: "admin.group_connection",
  job: "admin.group_job",
  key: "admin.group_key",
  question: "admin.group_question",
  schedule: "admin.group_schedule",
  system: "admin.group_system",
  template: "admin.group_template",
  usage: "admin.group_usage",
  user: "admin.group_people",
};

const exact = (iso) => new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "long" }).format(new Date(iso));
const shownValue = (value) => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

/** Old and new values side by side. */
function drawValues(one) {
  const names = [...new Set([...Object.keys(one.old ?? {}), ...Object.keys(one.new ?? {})])];
  if (names.length === 0) return null;
  const cell = (value) => el("td", {}, value === undefined ? "" : el("code", {}, foreign(shownValue(value))));
  const rows = names.map((name) => el("tr", {}, el("th", { scope: "row" }, foreign(name)), cell(one.old?.[name]), cell(one.new?.[name])));
  const heads = [t("admin.field"), t("admin.was"), t("admin.becomes")].map((text) => el("th", { scope: "col" }, text));
  const label = `${t("admin.was")}, ${t("admin.becomes")}`;
  return el("div", { class: "values", role: "region", tabindex: "0", "aria-label": label }, el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)));
}

function nameOf(one) {
  if (one.name) return one.name;
  return one.user_id === null && one.ip === null ? t("admin.by_itself") : t("admin.nobody");
}

function drawLine(one, only) {
  const pairs = [
    [t("admin.at"), exact(one.at)],
    [t("admin.who"), [nameOf(one), one.email].filter(Boolean).join(" · ")],
    [t("admin.action"), one.action],
    [t("admin.thing"), [one.resource_type, one.resource_id].filter(Boolean).join(" · ")],
    [t("admin.why"), one.why],
    [t("admin.address"), one.ip ?? ""],
    [t("admin.program"), one.agent ?? ""],
    [t("admin.id"), one.id],
  ].filter(([, value]) => value);
  const inside = () => [
    el("dl", { class: "pairs" }, ...pairs.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, foreign(value))])),
    drawValues(one),
    el("div", { class: "tools" }, chip("search", t("admin.only_action"), () => only(one.action))),
  ];
  const outcome = one.success ? el("span", { class: "mark plain" }, icon("check"), t("admin.done")) : el("span", { class: "mark warn" }, icon("close"), t("admin.refused"));
  const node = el(
    "details",
    { class: "audit-line" },
    el(
      "summary",
      {},
      el("time", { datetime: one.at }, moment(one.at)),
      el("span", { class: "what" }, foreign(one.words), one.why ? el("small", {}, one.why) : null),
      el("span", { class: "whom" }, foreign(nameOf(one))),
      outcome,
    ),
  );
  node.addEventListener("toggle", () => node.append(...inside().filter(Boolean)), { once: true });
  return el("li", {}, node);
}

function drawFilter() {
  const text = (properties = {}) => el("input", { type: "text", maxlength: 200, autocomplete: "off", spellcheck: "false", ...properties });
  const options = (values) => [["", t("admin.any")], ...Object.entries(values).map(([value, words]) => [value, t(words)])];
  return {
    who: text({ placeholder: t("admin.who_hint") }),
    action: menu(options(GROUPS), ""),
    resource_type: menu(options(THINGS), ""),
    resource_id: text(),
    success: menu([["", t("admin.any")], ["true", t("admin.done")], ["false", t("admin.refused")]], ""),
    since: el("input", { type: "datetime-local" }),
    until: el("input", { type: "datetime-local" }),
    origin: text(),
  };
}

function drawVerifying(place) {
  const noted = el("input", { type: "text", maxlength: 100, autocomplete: "off", spellcheck: "false", class: "code" });
  const work = async () => {
    const typed = noted.value.trim();
    const head = /^(\d{1,18}):([0-9a-f]{64})$/.exec(typed);
    noted.setCustomValidity(typed && !head ? t("admin.head_wrong") : "");
    if (!noted.reportValidity()) return;
    asker.disabled = true;
    place.replaceChildren(el("p", { class: "note", role: "status" }, t("admin.verifying")));
    try {
      const verdict = await post("audit/verify", { heads: head ? [{ number: Number(head[1]), seal: head[2] }] : [] });
      place.replaceChildren(...drawVerdict(verdict));
    } catch (error) {
      place.replaceChildren(refusal(error));
    } finally {
      asker.disabled = false;
    }
  };
  noted.addEventListener("input", () => noted.setCustomValidity(""));
  const asker = chip("shield", t("admin.verify"), work);
  const proof = el("details", {}, el("summary", { class: "note" }, t("admin.head_noted")), el("div", { class: "fields" }, labelled(t("admin.head_noted"), noted)));
  return { asker, proof };
}

/** The part of the page. `search()` shows what fits, `ofPerson(who)` what one person did. */
export function drawAudit(card) {
  let next = null;
  let turn = 0;
  const fields = drawFilter();
  const lines = el("ul", { class: "rows" });
  const status = el("p", { class: "note", role: "status" });
  const told = el("div", { class: "told" });
  const verdict = el("div", { class: "told" });
  const { asker, proof } = drawVerifying(verdict);
  const more = chip("plus", t("admin.more"), () => search(true));
  const file = el("a", { class: "chip", download: "" }, icon("file"), el("span", {}, t("csv")));

  function wanted() {
    const at = (field) => (field.value ? new Date(field.value).toISOString() : "");
    const given = Object.entries(fields).map(([name, field]) => [name, name === "since" || name === "until" ? at(field) : field.value.trim()]);
    return Object.fromEntries(given.filter(([, value]) => value));
  }
  const follow = () => file.setAttribute("href", address("audit.csv", wanted()));

  async function search(isMore = false) {
    const mine = ++turn;
    follow();
    more.disabled = true;
    try {
      const page = await get("audit", { ...wanted(), limit: PAGE, ...(isMore && next ? { cursor: next } : {}) });
      if (mine !== turn) return;
      next = page.next;
      const drawn = page.items.map((one) => drawLine(one, only));
      if (isMore) lines.append(...drawn);
      else lines.replaceChildren(...drawn);
      told.replaceChildren();
      status.textContent = lines.childElementCount ? t("admin.shown", { count: count(lines.childElementCount) }) : t("admin.audit_none");
    } catch (error) {
      if (mine === turn) told.replaceChildren(refusal(error));
    } finally {
      if (mine === turn) {
        more.hidden = next === null;
        more.disabled = false;
      }
    }
  }
  /** A menu's choice; one that it does not have yet gets its place in it. */
  function only(action) {
    if (![...fields.action.options].some((one) => one.value === action)) fields.action.append(el("option", { value: action }, action));
    fields.action.value = action;
    announce(action);
    card.scrollIntoView();
    return search();
  }
  const form = el(
    "form",
    {
      class: "fields filter",
      onsubmit: (event) => {
        event.preventDefault();
        search();
      },
      onreset: () => setTimeout(search),
    },
    labelled(t("admin.who"), fields.who),
    labelled(t("admin.action"), fields.action),
    labelled(t("admin.success"), fields.success),
    labelled(t("admin.since"), fields.since),
    labelled(t("admin.until"), fields.until),
    labelled(t("admin.resource_type"), fields.resource_type),
    labelled(t("admin.resource_id"), fields.resource_id),
    labelled(t("admin.origin"), fields.origin),
    el(
      "div",
      { class: "tools" },
      el("button", { type: "submit", class: "chip save" }, t("admin.find")),
      el("button", { type: "reset", class: "chip plain" }, t("admin.clear")),
    ),
  );
  form.addEventListener("input", follow);
  card.replaceChildren(
    el("div", { class: "head" }, el("h2", { id: "audit-title" }, t("admin.audit")), el("div", { class: "tools" }, asker, file)),
    el("p", { class: "note lead" }, t("admin.audit_lead")),
    verdict,
    proof,
    form,
    told,
    status,
    lines,
    more,
  );
  const ofPerson = (who) => {
    form.reset();
    fields.who.value = who;
  };
  return { search, ofPerson };
}

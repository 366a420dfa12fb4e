// Templates: questions whose SQL is known. A sheet with the list of them, and what is done with one.

import { address, all, get, post, Problem, put, remove } from "./api.js";
import { foreign } from "./amounts.js";
import { drawNotice } from "./answer.js";
import { byId, el, icon } from "./dom.js";
import { highlighted } from "./sql.js";
import { drawForm } from "./template_form.js";
import { drawRun } from "./template_run.js";
import { t } from "./words.js";

const MOST_KB = 64;
const PAUSE = 200;

let run;
let search = "";
let turn = 0;

const sheet = () => byId("templates");

const chip = (name, label, onclick, properties = {}) =>
  el("button", { type: "button", class: "chip", onclick, ...properties }, icon(name), el("span", {}, label));

function refusal(error) {
  if (!(error instanceof Problem)) throw error;
  return drawNotice({ level: "error", ...(error.words ?? { text: t("offline_text"), hint: t("offline_hint") }) });
}

function show(title, isList, ...nodes) {
  byId("templates-title").textContent = title;
  byId("templates-back").hidden = isList;
  byId("templates-body").replaceChildren(...nodes);
  sheet().scrollTop = 0;
}

const question = (text) =>
  text.split(/(\{[^{}]*\})/).map((piece, at) => (at % 2 ? el("span", { class: "blank-name" }, piece.slice(1, -1)) : piece));

function about(one) {
  const owner = one.is_mine ? t("templates.mine") : one.owner ? t("templates.of", { name: one.owner }) : "";
  const told = [
    owner,
    t(one.is_public ? "templates.public" : "templates.private"),
    one.category,
    one.connection,
    t("templates.used", { times: one.usage_count }),
  ];
  return el("p", { class: "about note" }, ...told.filter(Boolean).flatMap((text, at) => [at ? " · " : "", el("bdi", {}, text)]));
}

/** One template; `opened` shows all of it. */
function drawItem(one, mayVerify, opened = false) {
  const id = `template-${one.id}`;
  const place = el("div", { class: "place" });
  const redrawn = (saved) => node.replaceWith(drawItem(saved, mayVerify, true));
  const close = () => {
    place.replaceChildren();
    runner?.focus();
  };

  const told = async (work) => {
    try {
      await work();
    } catch (error) {
      place.replaceChildren(refusal(error));
    }
  };
  const start = async (values) => {
    await run(`templates/${one.id}/run`, { values });
    sheet().close();
  };
  const fill = () => told(async () => {
    if (one.parameters.length === 0) return start({});
    place.replaceChildren(await drawRun(one, start, close));
    place.querySelector("input, select").focus(); // not of the form: a placeholder may have any name there
  });
  /** Nothing that others feel happens at the first click. */
  const sure = (name, work) => ({ currentTarget: asked }) => {
    const yes = el("button", { type: "button", class: name === "delete" ? "chip danger" : "chip save", onclick: () => told(work) }, t(`templates.${name}`));
    const leave = () => {
      place.replaceChildren();
      asked.focus();
    };
    const no = el("button", { type: "button", class: "chip plain", onclick: leave }, t("templates.cancel"));
    place.replaceChildren(el("div", { class: "sure" }, el("p", {}, t(`templates.${name}_sure`, { name: one.name })), el("div", { class: "tools" }, yes, no)));
    yes.focus();
  };
  const share = async () => redrawn(await put(`templates/${one.id}/public`, { public: !one.is_public }));
  const verify = async () => redrawn(await put(`templates/${one.id}/verified`, { verified: !one.is_verified }));
  const destroy = async () => {
    const { name } = await remove(`templates/${one.id}`);
    await list(t("templates.deleted", { name }));
  };

  const runner = one.runs ? chip("up", t("templates.run"), fill, { class: "chip run", "aria-label": t("templates.run_of", { name: one.name }) }) : null;
  const tools = el(
    "div",
    { class: "tools" },
    one.may_change ? chip("edit", t("templates.edit"), () => edit(one)) : null,
    one.may_change ? chip(one.is_public ? "lock" : "people", t(one.is_public ? "templates.unshare" : "templates.share"), sure(one.is_public ? "unshare" : "share", share)) : null,
    mayVerify ? chip("check", t(one.is_verified ? "templates.unverify" : "templates.verify"), sure(one.is_verified ? "unverify" : "verify", verify)) : null,
    el("a", { class: "chip", href: address("templates.yaml", { id: one.id }), download: "" }, icon("file"), el("span", {}, t("templates.export"))),
    one.may_change ? chip("close", t("templates.delete"), sure("delete", destroy)) : null,
  );
  const inside = el(
    "div",
    { class: "inside", id, hidden: !opened },
    one.description ? el("p", { class: "described" }, one.description) : null,
    el("div", { class: "sql" }, el("pre", { tabindex: "0" }, el("code", {}, ...highlighted(one.sql)))),
    tools,
  );
  const opener = el(
    "button",
    {
      type: "button",
      class: "opener",
      "aria-expanded": String(opened),
      "aria-controls": id,
      onclick: () => {
        inside.hidden = !inside.hidden;
        opener.setAttribute("aria-expanded", String(!inside.hidden));
        if (inside.hidden) place.replaceChildren();
      },
    },
    el("span", { class: "name" }, foreign(one.name), one.is_verified ? el("span", { class: "mark" }, icon("check"), t("templates.verified")) : null),
    one.question === one.name ? null : el("bdi", { class: "asks" }, ...question(one.question)),
  );
  const node = el(
    "li",
    { class: "template" },
    el("div", { class: "head" }, opener, runner),
    about(one),
    one.problem ? el("p", { class: "flag" }, icon("info"), one.problem_text) : null,
    inside,
    place,
  );
  return node;
}

async function find(items, status) {
  const mine = ++turn;
  try {
    const { items: templates, may_verify: mayVerify } = await get("templates", search ? { search } : {});
    if (mine !== turn) return;
    items.replaceChildren(...templates.map((one) => drawItem(one, mayVerify)));
    const none = t(search ? "templates.none_found" : "templates.none");
    status.textContent = templates.length ? t("templates.count", { count: templates.length }) : none;
  } catch (error) {
    if (mine === turn) items.replaceChildren(el("li", {}, refusal(error)));
  }
}

async function bring(file, note) {
  const text = await file.text();
  // The server takes so much of a request; a larger file would only be cut off half way there.
  if (new Blob([JSON.stringify({ text })]).size > MOST_KB * 1024) {
    note.replaceChildren(drawNotice({ level: "error", text: t("templates.too_large", { most: MOST_KB }), hint: t("templates.too_large_hint") }));
    return;
  }
  try {
    const { added, changed, refused } = await post("templates/import", { text });
    const lines = refused.map((one) => el("li", {}, el("b", {}, el("bdi", {}, one.name)), ` ${one.text} ${one.hint}`));
    const counts = { added: added.length, changed: changed.length, refused: refused.length };
    const told = drawNotice({ level: refused.length ? "warning" : "info", text: t("templates.imported", counts) });
    if (lines.length) told.append(el("ul", { class: "refused-list" }, ...lines));
    await list(told);
  } catch (error) {
    note.replaceChildren(refusal(error));
  }
}

function drawList(said) {
  const items = el("ul", { class: "items" });
  const status = el("p", { class: "note", role: "status" }, t("templates.loading"));
  const note = el("div", { class: "said", role: "status" });
  if (said) note.append(typeof said === "string" ? drawNotice({ level: "info", text: said }) : said);
  let timer;
  const field = el("input", {
    type: "search",
    "aria-label": t("templates.find"),
    placeholder: t("templates.find"),
    maxlength: 200,
    value: search,
    oninput: () => {
      clearTimeout(timer);
      search = field.value.trim();
      timer = setTimeout(() => find(items, status), PAUSE);
    },
  });
  const picker = el("input", {
    type: "file",
    accept: ".yaml,.yml,application/yaml",
    hidden: true,
    onchange: () => {
      if (picker.files[0]) bring(picker.files[0], note);
      picker.value = "";
    },
  });
  const tools = el(
    "div",
    { class: "tools" },
    chip("plus", t("templates.new"), () => edit({})),
    chip("up", t("templates.import"), () => picker.click()),
    el("a", { class: "chip", href: address("templates.yaml"), download: "" }, icon("file"), el("span", {}, t("templates.export"))),
  );
  show(t("templates.title"), true, el("label", { class: "search" }, icon("search"), field), tools, picker, note, status, items);
  return find(items, status);
}

async function list(said = null) {
  await drawList(said);
}

/** The form for a template: `one` is what is known of it, or nothing. */
async function edit(one) {
  show(t(one.id ? "templates.edit_title" : one.sql ? "templates.save_title" : "templates.new"), false);
  try {
    const connections = (await all("connections")).filter((one) => one.may_use && one.is_enabled);
    const form = drawForm(one, connections, (saved) => list(t(one.id ? "templates.changed" : "templates.kept", { name: saved.name })));
    byId("templates-body").replaceChildren(form);
    form.elements.name.focus();
  } catch (error) {
    byId("templates-body").replaceChildren(refusal(error));
  }
}

/** Save an answer as a template: its question and SQL, to be changed first. */
export async function keep(questionId) {
  const draft = await get(`questions/${questionId}/template`);
  if (!sheet().open) sheet().showModal();
  await edit(draft);
}

/** Listen. `onRun(path, body)` asks a template where the questions are. */
export function start(onRun) {
  run = onRun;
  byId("open-templates").addEventListener("click", () => {
    sheet().showModal();
    // A form that was left by Escape, maybe by mistake, is still there.
    if (!byId("templates-back").hidden) return;
    search = "";
    list();
  });
  byId("close-templates").addEventListener("click", () => {
    sheet().close();
    show("", true);
  });
  byId("templates-back").addEventListener("click", () => list());
}

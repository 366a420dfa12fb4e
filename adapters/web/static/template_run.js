// What a template needs to be asked: an input for each of its placeholders.

import { get, Problem } from "./api.js";
import { el, newId } from "./dom.js";
import { outcome } from "./forms.js";
import { t } from "./words.js";

const OFFERED = 99;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

async function choicesOf(template, parameter) {
  try {
    return (await get(`templates/${template.id}/choices`, { parameter: parameter.name })).choices;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return []; // typed, then
  }
}

function select(choices, value, properties) {
  const blank = el("option", { value: "" }, t("templates.pick"));
  const options = choices.map((choice) => el("option", { value: choice, selected: choice === value }, choice));
  return el("select", properties, choices.includes(value) ? null : blank, ...options);
}

/** A menu where every value can be offered; a hundred may not be all: then they are suggestions. */
function choose(choices, value, properties) {
  if (choices.length && choices.length <= OFFERED) return [select(choices, value, properties)];
  const list = el("datalist", { id: newId() }, ...choices.map((choice) => el("option", { value: choice })));
  return [el("input", { type: "text", value, list: list.id, maxlength: 500, autocomplete: "off", ...properties }), list];
}

async function field(template, parameter) {
  const value = parameter.default ?? "";
  const properties = { name: parameter.name, required: parameter.default === null };
  const inputs = {
    number: () => [el("input", { type: "number", step: "any", value: NUMBER.test(value) ? value : "", ...properties })],
    date: () => [el("input", { type: "date", value: DAY.test(value) ? value : "", ...properties })],
    text: () => [el("input", { type: "text", value, maxlength: 500, autocomplete: "off", ...properties })],
    choice: async () => choose(await choicesOf(template, parameter), value, properties),
  };
  const nodes = await inputs[parameter.kind]();
  // A default that its input cannot show, such as a day that moves.
  const hint = nodes[0].value === value ? null : el("small", {}, t("templates.if_empty", { value }));
  return el("label", {}, el("bdi", { class: "label" }, parameter.name), ...nodes, hint);
}

/** The form. `start` is called with the values and may be refused; `cancel` closes it. */
export async function drawRun(template, start, cancel) {
  const fields = await Promise.all(template.parameters.map((parameter) => field(template, parameter)));
  const note = outcome();
  const sender = el("button", { type: "submit", class: "chip save" }, t("templates.run"));
  const closer = el("button", { type: "button", class: "chip plain", onclick: cancel }, t("templates.cancel"));
  const send = async (event) => {
    event.preventDefault();
    sender.disabled = true;
    note.textContent = "";
    const typed = [...new FormData(form)].filter(([, value]) => value !== "");
    try {
      await start(Object.fromEntries(typed));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = error.words ?? { text: t("offline_text"), hint: t("offline_hint") };
      note.className = "note refused";
      note.textContent = `${words.text} ${words.hint}`;
    } finally {
      sender.disabled = false;
    }
  };
  const form = el("form", { class: "fields run-form", onsubmit: send }, ...fields, note, el("div", { class: "tools" }, sender, closer));
  return form;
}

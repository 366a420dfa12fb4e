// When a question is asked again and on which condition it is posted: the fields of every form that schedules one.

import { el, newId } from "./dom.js";
import { form, labelled, menu } from "./parts.js";
import { saveButton } from "./forms.js";
import { t } from "./words.js";

const LONGEST = 200;

const line = (value, properties) => el("input", { type: "text", value, maxlength: LONGEST, autocomplete: "off", ...properties });

/** The two fields, and `read()`: what stands in them. */
function timing(when = "", condition = "") {
  const list = el("datalist", { id: newId() }, ...t("schedules.when_hint").split(" · ").map((value) => el("option", { value })));
  const time = line(when, { required: true, list: list.id });
  const only = line(condition, {});
  const nodes = [
    el("div", {}, labelled(t("schedules.when"), time, t("schedules.when_hint")), list),
    labelled(t("schedules.condition"), only, t("schedules.condition_hint")),
  ];
  return { nodes, read: () => ({ when: time.value.trim(), condition: only.value.trim() }) };
}

function question(value = "") {
  const field = el("textarea", { rows: 2, required: true, maxlength: 20_000, spellcheck: "false" });
  field.value = value;
  return field;
}

const closing = (drawn, close) => {
  if (close) drawn.querySelector(".saving button").after(el("button", { type: "button", class: "chip plain", onclick: close }, t("templates.cancel")));
  return drawn;
};

/** A form for a new one; `make` is given what is to be sent. `connections`: the names to pick from, the default first. */
export function drawNew(connections, make) {
  const text = question();
  const picked = menu(connections.map((name) => [name, name]), connections[0]);
  const { nodes, read } = timing();
  const send = () => make({ text: text.value.trim(), connection: connections.length > 1 ? picked.value : null, ...read() });
  const where = connections.length > 1 ? [labelled(t("connection"), picked)] : [];
  return form(saveButton(t("schedules.submit")), send, labelled(t("schedules.question"), text, t("schedules.question_hint")), ...where, ...nodes);
}

/** A form for one that there is; `change` is given what differs. */
export function drawChange(one, change, close) {
  const before = { text: one.sql || one.title, when: one.when, condition: one.condition };
  const text = question(before.text);
  const { nodes, read } = timing(before.when, before.condition);
  const send = () => {
    const wanted = Object.entries({ text: text.value.trim(), ...read() });
    return change(Object.fromEntries(wanted.filter(([name, value]) => value !== before[name])));
  };
  return closing(form(saveButton(t("dashboard.save")), send, labelled(t("schedules.question"), text, t("schedules.question_hint")), ...nodes), close);
}

/** A form that schedules the SQL of an answer in its conversation; `make` is given when and on which condition. */
export function drawAgain(make, close) {
  const { nodes, read } = timing();
  return closing(form(saveButton(t("schedules.submit")), () => make(read()), el("p", { class: "note" }, t("schedules.again")), ...nodes), close);
}

// A template being written: its words, its SQL, and a line for each placeholder that stands in them.

import { get, post, Problem, put } from "./api.js";
import { el, newId } from "./dom.js";
import { outcome, saveButton } from "./forms.js";
import { t } from "./words.js";

const KINDS = ["text", "number", "date", "choice"];
const IN_QUESTION = /\{\s*(\p{L}[\p{L}\p{N}_]*)\s*\}/gu;
const IN_SQL = /(?<![:\p{L}\p{N}_]):(\p{L}[\p{L}\p{N}_]*)/gu;
const QUOTED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/g;

const namesIn = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1].normalize("NFC"));

function labelled(label, input, hint) {
  return el("label", {}, el("span", { class: "label" }, label), input, hint ? el("small", {}, hint) : null);
}

function area(name, value, properties) {
  const field = el("textarea", { name, ...properties });
  field.value = value ?? "";
  return field;
}

const PAUSE = 200;

/** The columns whose names hold what was typed, to choose from; typed whole where they cannot be told. */
function offerColumns(field, options, connection) {
  let timer;
  let turn = 0;
  const offer = async () => {
    const mine = ++turn;
    const of = connection();
    if (!of) return;
    try {
      const { items } = await get(`connections/${of}/columns`, { search: field.value.trim(), limit: 50 });
      if (mine === turn) options.replaceChildren(...items.map((one) => el("option", { value: `${one.table}.${one.name}` })));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  };
  field.addEventListener("focus", offer);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, PAUSE);
  });
}

/** One placeholder: its kind, the column of a choice, its default. */
function drawParameter(name, known, connection) {
  const options = el("datalist", { id: newId() });
  const column = el("input", {
    list: options.id,
    type: "text",
    value: known.column,
    placeholder: t("templates.column"),
    "aria-label": t("templates.column_of", { name }),
    autocomplete: "off",
    oninput: () => (known.column = column.value.trim()),
  });
  const kind = el(
    "select",
    { "aria-label": t("templates.kind_of", { name }), onchange: () => set(kind.value) },
    ...KINDS.map((one) => el("option", { value: one, selected: one === known.kind }, t(`templates.kind_${one}`))),
  );
  const usual = el("input", {
    type: "text",
    value: known.default ?? "",
    placeholder: t("templates.default"),
    "aria-label": t("templates.default_of", { name }),
    autocomplete: "off",
    maxlength: 500,
    oninput: () => (known.default = usual.value.trim() || null),
  });
  const set = (chosen) => {
    known.kind = chosen;
    column.hidden = chosen !== "choice";
  };
  set(known.kind);
  offerColumns(column, options, connection);
  return el("li", {}, el("bdi", { class: "blank-name", title: name }, name), kind, usual, column, options);
}

/** The lines of the placeholders, which follow what is written in `question` and `sql`. */
function drawParameters(given, question, sql, connection) {
  const known = new Map((given ?? []).map((one) => [one.name, { ...one }]));
  const lines = el("ul", { class: "parameters" });
  const none = el("p", { class: "note" }, t("templates.no_parameters"));
  let drawn = null;
  const asked = () => namesIn(question.value, IN_QUESTION);
  const follow = () => {
    const names = [...new Set([...asked(), ...namesIn(sql.value.replace(QUOTED, " "), IN_SQL)])];
    if (names.join() === drawn) return;
    drawn = names.join();
    for (const name of names) if (!known.has(name)) known.set(name, { name, kind: "text", default: null, column: "" });
    lines.replaceChildren(...names.map((name) => drawParameter(name, known.get(name), connection)));
    none.hidden = names.length > 0;
  };
  for (const one of [question, sql]) one.addEventListener("input", follow);
  follow();
  return {
    node: el("fieldset", {}, el("legend", { class: "label" }, t("templates.parameters")), lines, none),
    // What only looks like a parameter in the SQL, and that nobody has said anything about, is none.
    value: () =>
      drawn
        .split(",")
        .filter(Boolean)
        .map((name) => known.get(name))
        .filter((one) => asked().includes(one.name) || one.default !== null || one.kind !== "text")
        .map(({ name, kind, default: usual, column }) => ({ name, kind, default: usual, column: kind === "choice" ? column : "" })),
  };
}

function drawConnection(connections, chosen) {
  const options = connections.map((one) => el("option", { value: one.name, selected: chosen ? one.name === chosen : one.is_default }, one.name));
  return el("select", { name: "connection" }, ...options);
}

/** The form. `done` is called with the template as it was kept. */
export function drawForm(one, connections, done) {
  const name = el("input", { name: "name", type: "text", required: true, maxlength: 200, value: one.name, autocomplete: "off" });
  const question = area("question", one.question, { rows: 2, required: true });
  const sql = area("sql", one.sql, { rows: 8, required: true, class: "code", spellcheck: "false", autocapitalize: "off" });
  const category = el("input", { name: "category", type: "text", maxlength: 50, value: one.category, autocomplete: "off" });
  const description = area("description", one.description, { rows: 2 });
  const connection = drawConnection(connections, one.connection);
  const parameters = drawParameters(one.parameters, question, sql, () => connections.find((known) => known.name === connection.value)?.id);
  const everyone = el("input", { name: "public", type: "checkbox", checked: one.is_public });
  const note = outcome();
  const sender = saveButton(t("templates.save"));
  const send = async (event) => {
    event.preventDefault();
    sender.disabled = true;
    note.className = "note";
    note.textContent = t("templates.saving");
    const body = {
      name: name.value,
      question: question.value,
      sql: sql.value,
      parameters: parameters.value(),
      category: category.value,
      description: description.value,
      connection: connection.value,
      public: everyone.checked,
    };
    try {
      await done(await (one.id ? put(`templates/${one.id}`, body) : post("templates", body)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = error.words ?? { text: t("offline_text"), hint: t("offline_hint") };
      note.className = "note refused";
      note.textContent = `${words.text} ${words.hint}`;
      sender.disabled = false;
    }
  };
  return el(
    "form",
    { class: "fields", onsubmit: send },
    labelled(t("templates.name"), name),
    labelled(t("templates.question"), question, t("templates.question_hint")),
    labelled(t("templates.sql"), sql, t("templates.sql_hint")),
    parameters.node,
    el("div", { class: "pair" }, labelled(t("templates.category"), category), connections.length > 1 ? labelled(t("connection"), connection) : null),
    labelled(t("templates.description"), description),
    el("label", { class: "tick" }, everyone, el("span", {}, t("templates.everyone"))),
    el("div", { class: "saving" }, sender, note),
  );
}

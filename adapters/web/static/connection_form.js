// The form in which a connection is added or changed. What was typed stays when it is refused; a password that was sent
// is not in the page any more, and is not read back from the server.

import { get, patch, post } from "./api.js";
import { el } from "./dom.js";
import { outcome, saveButton } from "./forms.js";
import { good, labelled, menu, refusal, said, tick } from "./parts.js";
import { t } from "./words.js";

const KINDS = [
  ["postgresql", "PostgreSQL", 5432],
  ["mysql", "MySQL", 3306],
  ["mariadb", "MariaDB", 3306],
  ["oracle", "Oracle", 1521],
  ["sqlserver", "SQL Server", 1433],
  ["trino", "Trino", 8080],
  ["clickhouse", "ClickHouse", 8123],
  ["snowflake", "Snowflake", 443],
  ["bigquery", "BigQuery", 443],
  ["duckdb", "DuckDB", 0],
  ["sqlite", "SQLite", 0],
];
/** Kinds whose database is a file of the machine. */
export const FILES = ["sqlite", "duckdb"];
export const TLS = {
  off: "connections.tls_off",
  prefer: "connections.tls_prefer",
  require: "connections.tls_require",
  verify: "connections.tls_verify",
};
const PLAIN = ["name", "kind", "host", "port", "database", "user", "tls"];
const NEW = { name: "", kind: "postgresql", host: "", port: 0, database: "", user: "", tls: "prefer", has_password: false, has_tls_ca: false };

/** What people call a kind of server. */
export const kindName = (kind) => KINDS.find(([known]) => known === kind)?.[1] ?? kind;

const usualPort = (kind) => KINDS.find(([known]) => known === kind)?.[2] ?? 0;

const text = (properties) => el("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 255, ...properties });

function portField() {
  const field = text({ inputmode: "numeric", maxlength: 7 });
  field.addEventListener("input", () => {
    const typed = field.value.trim();
    field.setCustomValidity(/^\d{0,5}$/.test(typed) && Number(typed) < 65536 ? "" : t("connections.port_wrong"));
  });
  return field;
}

function drawFields(view, atMachine) {
  const kinds = KINDS.filter(([kind]) => !FILES.includes(kind) || atMachine || view.kind === kind).map(([kind, words]) => [kind, words]);
  const modes = Object.entries(TLS).map(([mode, words]) => [mode, t(words)]);
  return {
    name: text({ required: true, maxlength: 100 }),
    kind: menu(kinds, view.kind),
    host: text({ required: true }),
    port: portField(),
    database: text({ maxlength: 100 }),
    user: text({ maxlength: 100 }),
    tls: menu(modes, view.tls),
  };
}

/** The password as it was typed: in the page until it is sent, then only here. */
function passwordField(hasOne) {
  let typed = null;
  const usual = hasOne ? t("connections.password_stays") : t("connections.password_hint");
  const field = el("input", { type: "password", autocomplete: "new-password", maxlength: 255 });
  const hint = el("small", {}, usual);
  field.addEventListener("input", () => {
    typed = field.value;
    field.placeholder = "";
    hint.textContent = usual;
  });
  const take = () => {
    field.value = "";
    if (typed) {
      field.placeholder = t("connections.password_typed");
      hint.textContent = t("connections.password_typed_hint");
    }
    return typed;
  };
  return { field, take, node: el("label", {}, el("span", { class: "label" }, t("connections.password")), field, hint) };
}

/**
 * The form. `view` is the connection as it is, or null for a new one. `done(answer)` is called with what the server
 * answered, `left()` when somebody gives it up.
 */
export function drawForm({ view, atMachine, done, left }) {
  let base = view ?? NEW;
  const isNew = view === null;
  const fields = drawFields(base, atMachine);
  const password = passwordField(base.has_password);
  const ca = el("textarea", { rows: 3, class: "code", spellcheck: "false", autocomplete: "off", maxlength: 20000, placeholder: "-----BEGIN CERTIFICATE-----" });
  const [forget, forgetNode] = tick(t("connections.tls_ca_forget"));
  const told = el("div", { class: "told" });
  const note = outcome();
  const sender = saveButton(t(isNew ? "connections.add_go" : "connections.edit_go"));
  const marks = Object.fromEntries(PLAIN.map((name) => [name, el("small", { class: "now", hidden: true })]));

  const shown = (name, from) => (name === "port" ? (from.port ? String(from.port) : "") : from[name]);
  const value = (name) => (name === "port" ? Number(fields.port.value.trim()) : fields[name].value.trim());
  for (const name of PLAIN) fields[name].value = shown(name, base);

  const field = (name, label, hint) => {
    const node = labelled(label, fields[name], hint);
    node.append(marks[name]);
    return node;
  };
  const host = field("host", t("connections.host"));
  const port = field("port", t("connections.port"));
  const database = field("database", t("connections.database"));
  const reach = el("div", { class: "pair narrow" }, host, port);
  const who = el("div", { class: "pair" }, field("user", t("connections.user")), password.node);
  const line = field("tls", t("connections.tls"));
  const trust = el(
    "details",
    { open: base.has_tls_ca },
    el("summary", {}, t("connections.tls_ca")),
    el("div", { class: "fields" }, labelled(t("connections.tls_ca"), ca, t(base.has_tls_ca ? "connections.tls_ca_stays" : "connections.tls_ca_hint")), base.has_tls_ca ? forgetNode : null),
  );
  const kind = field("kind", t("connections.kind"));

  function follow() {
    const chosen = fields.kind.value;
    const isFile = FILES.includes(chosen);
    // A file of the machine is named by nobody who is not at it.
    const isFixed = isFile && !atMachine;
    fields.kind.disabled = isFixed;
    fields.host.disabled = isFixed;
    fields.port.placeholder = t("connections.port_usual", { port: usualPort(chosen) });
    host.querySelector(".label").textContent = t(isFile ? "connections.file" : "connections.host");
    database.querySelector(".label").textContent = t(chosen === "oracle" ? "connections.service" : "connections.database");
    fields.database.required = !isFile;
    for (const node of [port, database, who, line, trust]) node.hidden = isFile;
  }
  fields.kind.addEventListener("change", follow);
  fields.kind.addEventListener("change", () => {
    // The port that was usual for another kind of server is of no use.
    if (Number(fields.port.value) === usualPort(base.kind)) fields.port.value = "";
  });
  follow();

  function body() {
    const secret = password.take();
    const isFile = FILES.includes(fields.kind.value);
    if (isNew) {
      const values = Object.fromEntries(PLAIN.map((name) => [name, value(name)]));
      const file = { ...values, port: 0, database: "", user: "", tls: "prefer" };
      return isFile ? file : { ...values, password: secret ?? "", tls_ca: ca.value };
    }
    const changed = PLAIN.filter((name) => fields[name].value.trim() !== shown(name, base));
    const edit = Object.fromEntries(changed.map((name) => [name, value(name)]));
    if (secret !== null && !isFile) edit.password = secret;
    if (ca.value.trim()) edit.tls_ca = ca.value;
    else if (forget.checked) edit.tls_ca = "";
    return { ...edit, revision: base.revision };
  }

  /** Somebody else was faster: their values come in where nothing was typed, and are told where something was. */
  async function takeOver() {
    try {
      const fresh = await get(`connections/${view.id}`);
      for (const name of PLAIN) {
        const [before, now] = [shown(name, base), shown(name, fresh)];
        const isMine = fields[name].value.trim() !== before;
        if (!isMine) fields[name].value = now;
        marks[name].hidden = before === now;
        marks[name].textContent = before === now ? "" : t("connections.now_there", { value: now });
      }
      base = fresh;
      follow();
      told.replaceChildren(good(t("connections.taken_over")));
      sender.focus();
    } catch (error) {
      told.replaceChildren(refusal(error));
    }
  }

  function refuse(error) {
    const code = said(error).code;
    const again = el("button", { type: "button", class: "chip plain", onclick: takeOver }, t("connections.take_over"));
    told.replaceChildren(refusal(error, ...(code === "connection.changed_meanwhile" ? [again] : [])));
    if (code === "connection.password_again" || code === "database.sign_in") password.field.focus();
    told.scrollIntoView({ block: "nearest" });
  }

  async function send(event) {
    event.preventDefault();
    if (sender.disabled) return;
    sender.disabled = true;
    told.replaceChildren();
    note.textContent = t("connections.trying");
    try {
      await done(await (isNew ? post("connections", body()) : patch(`connections/${view.id}`, body())));
    } catch (error) {
      refuse(error);
    } finally {
      sender.disabled = false;
      note.textContent = "";
    }
  }

  const node = el(
    "form",
    { class: "fields", onsubmit: send, autocomplete: "off" },
    el("div", { class: "pair" }, field("name", t("connections.name"), t("connections.name_hint")), kind),
    reach,
    database,
    who,
    line,
    trust,
    told,
    el("div", { class: "saving" }, sender, el("button", { type: "button", class: "chip plain", onclick: left }, t("templates.cancel")), note),
  );
  node.focusFirst = () => fields.name.focus();
  return node;
}

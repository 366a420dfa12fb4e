// Settings that change while running: each in a field that fits its type, its words from the server.

import { foreign, moment } from "./amounts.js";
import { get, put, remove } from "./api.js";
import { el } from "./dom.js";
import { saveButton } from "./forms.js";
import { announce, chip, good, menu, refusal } from "./parts.js";
import { t } from "./words.js";

const ROOMS = { connections: "admin.room_connections", alerts: "admin.room_alerts", quota: "admin.room_quota", upkeep: "admin.room_upkeep" };
/** Rooms that have a form of their own on the dashboard. */
const FORMS = { alerts: "dashboard#alerts", quota: "dashboard#limits" };

const roomOf = (key) => key.split(".")[0];

function inWords(value) {
  if (value === null || value === undefined || value === "") return t("admin.nothing");
  if (typeof value === "boolean") return t(value ? "admin.yes" : "admin.no");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A number where one was typed; else the text as it is, for the server to say what is wrong with it. */
function numberIn(text) {
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

/** The field for a setting, and `read()`: what stands in it. Null for what is no value at all. */
function drawField(one) {
  const { schema, value } = one;
  const name = { "aria-label": one.description };
  if (one.is_sensitive) {
    const field = el("input", { type: "password", autocomplete: "new-password", placeholder: t("admin.new_value"), required: true, maxlength: 255, ...name });
    const take = () => {
      const typed = field.value;
      field.value = "";
      return schema.type === "string" ? typed : numberIn(typed);
    };
    return [field, take];
  }
  if (schema.enum) {
    const field = menu(schema.enum.map((option) => [String(option), String(option)]), String(value), name);
    return [field, () => schema.enum.find((option) => String(option) === field.value)];
  }
  if (schema.type === "boolean") {
    const field = menu([["true", t("admin.yes")], ["false", t("admin.no")]], String(value), name);
    return [field, () => field.value === "true"];
  }
  if (schema.type === "integer" || schema.type === "number") {
    const field = el("input", { type: "text", inputmode: "decimal", required: true, autocomplete: "off", class: "amount", maxlength: 40, value: String(value), ...name });
    return [field, () => numberIn(field.value.trim())];
  }
  if (schema.type === "string") {
    const field = el("input", { type: "text", autocomplete: "off", maxlength: 2000, value, ...name });
    return [field, () => field.value];
  }
  const field = el("textarea", { rows: 3, class: "code", spellcheck: "false", ...name });
  field.value = JSON.stringify(value, null, 2);
  field.addEventListener("input", () => field.setCustomValidity(""));
  const parsed = () => {
    try {
      return JSON.parse(field.value);
    } catch {
      field.setCustomValidity(t("admin.not_json"));
      field.reportValidity();
      return undefined;
    }
  };
  return [field, parsed];
}

function state(one) {
  if (!one.is_set) return t(one.is_sensitive ? "admin.is_unset" : "admin.is_default");
  const time = one.changed_at ? moment(one.changed_at) : "";
  const by = one.changed_by ? t("admin.changed_by", { time, name: one.changed_by }) : t("admin.changed_at", { time });
  const rest = one.is_sensitive ? t("admin.is_set") : t("admin.default", { value: inWords(one.default) });
  return `${by} · ${rest}`;
}

function drawElsewhere(one) {
  const page = FORMS[roomOf(one.key)];
  const words = t(page ? "admin.elsewhere" : "admin.elsewhere_only", { where: one.elsewhere });
  return [
    el("code", { class: "value" }, foreign(one.is_sensitive ? t(one.is_set ? "admin.is_set" : "admin.is_unset") : inWords(one.value))),
    el("p", { class: "note" }, words, " ", page ? el("a", { href: page }, t("use.dashboard")) : null),
  ];
}

function drawForm(one, redraw) {
  const path = `config/${encodeURIComponent(one.key)}`;
  const told = el("div", { class: "told" });
  const [field, read] = drawField(one);
  const save = saveButton(t("dashboard.save"));
  const changed = async (work, words) => {
    save.disabled = true;
    try {
      redraw(await work(), words);
    } catch (error) {
      told.replaceChildren(refusal(error));
      field.focus();
    } finally {
      save.disabled = false;
    }
  };
  const send = (event) => {
    event.preventDefault();
    const value = read();
    if (value !== undefined) changed(() => put(path, { value }), t("admin.set", { name: one.description }));
  };
  const usual = one.is_set
    ? chip("again", t("admin.use_default"), () => changed(() => remove(path), t("admin.unset", { name: one.description })), { "aria-label": t("admin.use_default_of", { name: one.description }) })
    : null;
  return [el("form", { class: "fields set", onsubmit: send }, field, save, usual), told];
}

function drawSetting(one, ...shown) {
  const redraw = (fresh, words) => {
    announce(words);
    const drawn = drawSetting(fresh, good(words));
    node.replaceWith(drawn);
    drawn.querySelector("form > :is(input, select, textarea)")?.focus();
  };
  const node = el(
    "li",
    { class: "setting", "data-key": one.key },
    el("p", { class: "described" }, foreign(one.description)),
    el("p", { class: "note" }, el("code", {}, foreign(one.key)), " · ", el("bdi", {}, state(one))),
    ...(one.elsewhere ? drawElsewhere(one) : drawForm(one, redraw)),
    ...shown,
  );
  return node;
}

/** The list, room by room. */
export async function drawSettings(card) {
  const place = el("div", {});
  card.replaceChildren(el("div", { class: "head" }, el("h2", { id: "settings-title" }, t("admin.settings"))), el("p", { class: "note lead" }, t("admin.settings_lead")), place);
  try {
    const { items } = await get("config");
    const rooms = grouped(items);
    const parts = [...rooms].flatMap(([room, settings]) => [
      el("h3", {}, ROOMS[room] ? t(ROOMS[room]) : room),
      el("ul", { class: "rows" }, ...settings.map((one) => drawSetting(one))),
    ]);
    place.replaceChildren(...parts);
  } catch (error) {
    place.replaceChildren(refusal(error));
  }
}

function grouped(items) {
  const rooms = new Map();
  for (const one of items) rooms.set(roomOf(one.key), [...(rooms.get(roomOf(one.key)) ?? []), one]);
  return rooms;
}

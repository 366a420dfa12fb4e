// What the editors of the dashboard share: fields of whole tokens, buttons, and what came of a change.

import { Problem } from "./api.js";
import { el, icon } from "./dom.js";
import { count } from "./amounts.js";
import { t } from "./words.js";

/** A whole number that was typed, separators left out; null for nothing. Undefined: it is no whole number. */
function whole(text) {
  const digits = text.replace(/[\s,.'’]/g, "");
  if (digits === "") return null;
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** A field for a whole number or nothing, with separators. `field.number()` is undefined while it is neither. */
export function numberField(value, properties) {
  const field = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 20, class: "amount", ...properties });
  const shown = (number) => (number === null ? "" : count(number));
  field.value = shown(value);
  field.number = () => whole(field.value);
  field.addEventListener("input", () => field.setCustomValidity(field.number() === undefined ? t("dashboard.whole") : ""));
  field.addEventListener("change", () => {
    const number = field.number();
    if (number !== undefined) field.value = shown(number);
  });
  return field;
}

/** A button that sends its form. */
export const saveButton = (label) => el("button", { type: "submit", class: "chip save" }, label);

/** A button with a drawing alone. */
export function roundButton(name, label, onclick) {
  return el("button", { type: "button", class: "quiet round small", "aria-label": label, title: label, onclick }, icon(name));
}

/** Change something, and say beside it what came of it. Gives null when it was refused. */
export async function change(note, work) {
  note.className = "note";
  note.textContent = t("dashboard.saving");
  try {
    const kept = await work();
    note.textContent = t("dashboard.saved");
    return kept;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.words ?? { text: t("offline_text"), hint: t("dashboard.offline_hint") };
    note.className = "note refused";
    note.textContent = `${words.text} ${words.hint}`;
    return null;
  }
}

/** Where that is said. */
export const outcome = () => el("p", { class: "note", role: "status" });

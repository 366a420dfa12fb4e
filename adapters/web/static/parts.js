// What the pages of connections and administration share: buttons, refusals, forms that tell what came of them.

import { drawNotice } from "./answer.js";
import { Problem } from "./api.js";
import { byId, el, icon } from "./dom.js";
import { outcome } from "./forms.js";
import { t } from "./words.js";

/** A button with a drawing and words. */
export const chip = (name, label, onclick, properties = {}) =>
  el("button", { type: "button", class: "chip", onclick, ...properties }, icon(name), el("span", {}, label));

/** What the server said, or that it cannot be reached. Whatever is no refusal is a fault of ours, and goes on. */
export function said(error) {
  if (!(error instanceof Problem)) throw error;
  return error.words ?? { text: t("offline_text"), hint: t("dashboard.offline_hint") };
}

/** The same to look at. */
export const refusal = (error, ...buttons) => drawNotice({ level: "error", ...said(error) }, ...buttons);

/** What went well, to look at. */
export const good = (text) => drawNotice({ level: "info", text });

/** For those who listen instead of looking. */
export const announce = (text) => (byId("status").textContent = text);

/** A field with its name above it. */
export function labelled(label, input, hint = null) {
  return el("label", {}, el("span", { class: "label" }, label), input, hint ? el("small", {}, hint) : null);
}

/** A box to tick. */
export function tick(label, properties = {}) {
  const box = el("input", { type: "checkbox", ...properties });
  return [box, el("label", { class: "tick" }, box, el("span", {}, label))];
}

/** A menu of [value, words]. */
export const menu = (options, chosen, properties = {}) =>
  el("select", properties, ...options.map(([value, words]) => el("option", { value, selected: value === chosen }, words)));

/** A form whose work is told beside its button; what was typed stays when it was refused. */
export function form(sender, work, ...nodes) {
  const note = outcome();
  const send = async (event) => {
    event.preventDefault();
    if (sender.disabled) return;
    sender.disabled = true;
    note.className = "note";
    note.textContent = t("dashboard.saving");
    try {
      note.textContent = (await work(event.target)) ?? "";
    } catch (error) {
      const { text, hint } = said(error);
      note.className = "note refused";
      note.textContent = `${text} ${hint}`;
    } finally {
      sender.disabled = false;
    }
  };
  return el("form", { class: "fields", onsubmit: send }, ...nodes, el("div", { class: "saving" }, sender, note));
}

/** Ask before doing what others feel. `place` is where, `asked` the button that asked for it. */
export function sure(place, asked, text, label, work, isGrave = false) {
  const yes = el("button", { type: "button", class: isGrave ? "chip danger" : "chip save", onclick: () => work() }, label);
  const leave = () => {
    place.replaceChildren();
    asked.focus();
  };
  const no = el("button", { type: "button", class: "chip plain", onclick: leave }, t("templates.cancel"));
  const box = el("div", { class: "sure", role: "group", "aria-label": label }, el("p", {}, text), el("div", { class: "tools" }, yes, no));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  place.replaceChildren(box);
  yes.focus();
}

/** Something that is shown to be taken along: it selects itself, and is copied by its button. */
export function copyable(text, label) {
  const field = el("input", { type: "text", readonly: true, value: text, class: "code", "aria-label": label, spellcheck: "false", onfocus: () => field.select() });
  const copy = async () => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      // Plain http beyond localhost has no clipboard; the old way still works.
      field.select();
      document.execCommand("copy");
    }
    copier.lastChild.textContent = t("copied");
    setTimeout(() => (copier.lastChild.textContent = t("copy")), 2000);
  };
  const copier = chip("copy", t("copy"), copy);
  return el("div", { class: "copyable" }, field, copier);
}

/** Pages that only administrators may open are only offered to them. */
export function offerPages(me) {
  for (const link of document.querySelectorAll("[data-administrators]")) link.hidden = me.role !== "admin";
}

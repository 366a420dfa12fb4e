// The limits of tokens: of everyone, of each role, of people who have their own. An empty field takes the next wider one.

import { count, foreign } from "./amounts.js";
import { get, put } from "./api.js";
import { el, icon } from "./dom.js";
import { change, numberField, outcome, roundButton, saveButton } from "./forms.js";
import { card, csvLink } from "./overview.js";
import { t } from "./words.js";

const WINDOWS = ["hour", "day", "month"];

/** What an empty field stands for. */
function wider(line, everyone, window) {
  if (line.subject === "everyone") return t("dashboard.by_default");
  if (line.subject === "person") return t("dashboard.as_role");
  return everyone[window] === null ? t("dashboard.as_everyone") : count(everyone[window]);
}

const send = (line, values) => put("limits", { subject: line.subject, who: line.id, ...values });

const values = (fields) => Object.fromEntries(WINDOWS.map((window, at) => [window, fields[at].number()]));

function row(line, everyone, note, redraw) {
  const fields = WINDOWS.map((window) =>
    numberField(line[window], { placeholder: wider(line, everyone, window), "aria-label": `${line.name_text}, ${t(window)}` }),
  );
  const save = saveButton(t("dashboard.save"));
  save.disabled = true;
  const set = async (wanted) => {
    const kept = await change(note, () => send(line, wanted));
    if (kept) redraw();
  };
  const isSet = WINDOWS.some((window) => line[window] !== null);
  const nothing = { hour: null, day: null, month: null };
  const label = line.subject === "person" ? t("dashboard.remove_of", { name: line.name_text }) : t("dashboard.reset_of", { name: line.name_text });
  const form = el(
    "form",
    { class: "limit", novalidate: false },
    el("span", { class: "whom" }, foreign(line.name_text)),
    ...fields,
    save,
    isSet ? roundButton("close", label, () => set(nothing)) : el("span"),
  );
  form.addEventListener("input", () => {
    const now = values(fields);
    save.disabled = WINDOWS.every((window) => now[window] === line[window]);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    set(values(fields));
  });
  return el("li", {}, form);
}

function adder(note, redraw) {
  const who = el("input", { type: "text", maxlength: 255, required: true, autocomplete: "off", placeholder: t("dashboard.email"), "aria-label": t("dashboard.email") });
  const fields = WINDOWS.map((window) => numberField(null, { placeholder: t("dashboard.as_role"), "aria-label": `${t("dashboard.email")}, ${t(window)}` }));
  const form = el("form", { class: "limit add" }, el("span", { class: "whom" }, who), ...fields, el("button", { type: "submit", class: "chip" }, icon("plus"), el("span", {}, t("dashboard.add"))), el("span"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wanted = values(fields);
    if (WINDOWS.every((window) => wanted[window] === null)) {
      fields[0].setCustomValidity(t("dashboard.one_limit"));
      fields[0].reportValidity();
      fields[0].setCustomValidity("");
      return;
    }
    const kept = await change(note, () => put("limits", { subject: "person", who: who.value.trim(), ...wanted }));
    if (kept) redraw();
  });
  return el("li", {}, form);
}

/** The editor. */
export function drawLimits(place, limits) {
  const note = outcome();
  const list = el("ul", { class: "limits" });
  const fill = (lines) => {
    const everyone = lines.find((line) => line.subject === "everyone");
    const heads = ["", ...WINDOWS.map((window) => t(`dashboard.per_${window}`)), "", ""].map((text) => el("span", {}, text));
    list.replaceChildren(
      el("li", { class: "heads", "aria-hidden": "true" }, ...heads),
      ...lines.map((line) => row(line, everyone, note, redraw)),
      adder(note, redraw),
    );
  };
  const redraw = async () => {
    const fresh = await change(note, () => get("limits"));
    if (fresh) fill(fresh.items);
  };
  fill(limits);
  const title = t("dashboard.limits");
  place.replaceChildren(card(title, [csvLink("limits", null, title)], el("p", { class: "note lead" }, t("dashboard.limits_lead")), list, note));
}

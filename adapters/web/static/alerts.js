// When administrators are told of cost and unusual use, and where.

import { foreign } from "./amounts.js";
import { put } from "./api.js";
import { el, icon } from "./dom.js";
import { change, outcome, roundButton, saveButton } from "./forms.js";
import { card } from "./overview.js";
import { lang, t } from "./words.js";

const AMOUNT = /^\d{1,9}(\.\d{1,6})?$/;
const PLATFORMS = { slack: "Slack" };

const money = (amount) => new Intl.NumberFormat(lang, { style: "currency", currency: "USD", minimumFractionDigits: amount.includes(".") ? 2 : 0, maximumFractionDigits: 6 }).format(amount);
const platformName = (name) => PLATFORMS[name] ?? name;

function item(shown, label, remove) {
  return el("li", {}, shown, roundButton("close", t("dashboard.remove_of", { name: label }), remove));
}

function adder(input, onAdd, ...before) {
  const form = el("form", { class: "adding" }, ...before, input, el("button", { type: "submit", class: "chip" }, icon("plus"), el("span", {}, t("dashboard.add"))));
  input.addEventListener("input", () => input.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onAdd(input.value.trim());
  });
  return form;
}

function refuse(input, text) {
  input.setCustomValidity(text);
  input.reportValidity();
}

/** The editor. Nothing holds until it is saved. */
export function drawAlerts(place, rules) {
  let wanted = { thresholds: rules.thresholds, unusual: rules.unusual, to: rules.to };
  const [amounts, places, note] = [el("ul", { class: "chips" }), el("ul", { class: "chips" }), outcome()];
  const save = saveButton(t("dashboard.save"));
  const unusual = el("input", { type: "checkbox" });

  const set = (changed) => {
    wanted = { ...wanted, ...changed };
    draw();
    save.disabled = false;
    note.textContent = t("dashboard.unsaved");
    note.className = "note";
  };
  const draw = () => {
    unusual.checked = wanted.unusual;
    amounts.replaceChildren(
      ...wanted.thresholds.map((amount) =>
        item(el("span", { class: "number" }, money(amount)), money(amount), () => set({ thresholds: wanted.thresholds.filter((one) => one !== amount) })),
      ),
    );
    places.replaceChildren(
      ...wanted.to.map((one) =>
        item(el("span", {}, platformName(one.platform), " ", foreign(one.channel)), one.channel, () => set({ to: wanted.to.filter((other) => other !== one) })),
      ),
    );
  };

  const amount = el("input", { type: "text", inputmode: "decimal", maxlength: 16, required: true, autocomplete: "off", placeholder: "100", "aria-label": t("dashboard.threshold") });
  const addAmount = (text) => {
    const plain = text.replace(/^\$|,/g, "");
    if (!AMOUNT.test(plain) || !Number(plain)) return refuse(amount, t("dashboard.amount"));
    amount.value = "";
    if (wanted.thresholds.some((one) => Number(one) === Number(plain))) return undefined;
    return set({ thresholds: [...wanted.thresholds, plain].sort((one, other) => one - other) });
  };
  const platform = el("select", { "aria-label": t("dashboard.platform") }, ...Object.entries(PLATFORMS).map(([value, name]) => el("option", { value }, name)));
  const channel = el("input", { type: "text", maxlength: 255, required: true, autocomplete: "off", placeholder: "C0123ABCDEF", "aria-label": t("dashboard.channel") });
  const addPlace = (text) => {
    channel.value = "";
    if (wanted.to.some((one) => one.platform === platform.value && one.channel === text)) return undefined;
    return set({ to: [...wanted.to, { platform: platform.value, workspace: "", channel: text }] });
  };
  unusual.addEventListener("change", () => set({ unusual: unusual.checked }));
  save.type = "button";
  save.disabled = true;
  save.addEventListener("click", async () => {
    const kept = await change(note, () => put("alerts", wanted));
    if (kept) {
      wanted = { thresholds: kept.thresholds, unusual: kept.unusual, to: kept.to };
      save.disabled = true;
      draw();
    }
  });
  draw();
  place.replaceChildren(
    card(
      t("dashboard.alerts"),
      [],
      el("p", { class: "note lead" }, t("dashboard.alerts_lead")),
      el("h3", {}, t("dashboard.thresholds")),
      amounts,
      adder(amount, addAmount, el("span", { class: "unit", "aria-hidden": "true" }, "US$")),
      el("h3", {}, t("dashboard.unusual")),
      el("label", { class: "check" }, unusual, el("span", {}, t("dashboard.tell_unusual"))),
      el("h3", {}, t("dashboard.recipients")),
      places,
      adder(channel, addPlace, platform),
      el("p", { class: "note" }, t("dashboard.channel_hint")),
      el("div", { class: "saving" }, save, note),
    ),
  );
}

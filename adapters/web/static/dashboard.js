// Everybody's use, for administrators. The stretch of time is in the address (?span=), so that a link keeps it.

import { drawAlerts } from "./alerts.js";
import { drawNotice } from "./answer.js";
import { get, Problem } from "./api.js";
import { byId, el } from "./dom.js";
import { drawLimits } from "./limits.js";
import { drawLists, drawPatterns, drawPeople } from "./lists.js";
import { drawOverview } from "./overview.js";
import * as switches from "./switches.js";
import * as words from "./words.js";

const SPANS = ["week", "month", "quarter"];

let turn = 0;
let shown = false;

function span() {
  const asked = new URL(location.href).searchParams.get("span");
  return SPANS.includes(asked) ? asked : "month";
}

function choose(name) {
  const address = new URL(location.href);
  address.searchParams.set("span", name);
  history.replaceState(null, "", address);
  return guarded(showUse);
}

const again = () => el("button", { type: "button", class: "chip", onclick: () => guarded(show) }, words.t("dashboard.again"));

function tell(error) {
  const said = error.words ?? { text: words.t("offline_text"), hint: words.t("dashboard.offline_hint") };
  byId("problem").replaceChildren(drawNotice({ level: "error", text: said.text, hint: said.hint }, again()));
  byId("use").hidden = !shown;
}

/** Whatever the server refuses is told above what was there before. */
async function guarded(work) {
  try {
    await work();
    byId("problem").replaceChildren();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(error);
  } finally {
    byId("use").setAttribute("aria-busy", "false");
  }
}

function markSpan() {
  for (const button of byId("span").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.span === span()));
  }
}

async function showUse() {
  const mine = ++turn;
  markSpan();
  byId("use").setAttribute("aria-busy", "true");
  const use = await get("usage/all", { span: span() });
  if (mine !== turn) return; // another stretch was chosen meanwhile
  shown = true;
  byId("use").hidden = false;
  byId("period").textContent = words.t("dashboard.period", { since: use.since_text, until: use.until_text, zone: use.timezone });
  drawOverview(byId("overview"), use);
  drawPeople(byId("people"), use);
  drawPatterns(byId("patterns"), use);
  drawLists(byId("questions"), use);
  byId("status").textContent = words.t("dashboard.shown", { since: use.since_text, until: use.until_text });
}

async function showRules() {
  const [{ items: limits }, alerts] = await Promise.all([get("limits"), get("alerts")]);
  drawLimits(byId("limits"), limits);
  drawAlerts(byId("alerts"), alerts);
  byId("rules").hidden = false;
}

const show = () => Promise.all([showUse(), showRules()]);

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  document.title = `${words.t("dashboard.title")} · ${words.t("brand")}`;
  document.body.classList.add("ready");
  await show();
}

switches.start(() => guarded(inLanguage));
for (const button of byId("span").querySelectorAll("button")) button.addEventListener("click", () => choose(button.dataset.span));
await guarded(inLanguage);
document.body.classList.add("ready", "loaded");

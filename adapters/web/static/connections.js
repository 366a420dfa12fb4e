// The connections: those somebody may ask or looks after; for administrators everybody's (?whose=everybody).

import { all, get } from "./api.js";
import { byId, el } from "./dom.js";
import { drawCard } from "./connection_card.js";
import { drawForm } from "./connection_form.js";
import { drawReport } from "./connection_report.js";
import { announce, chip, good, offerPages, refusal } from "./parts.js";
import * as switches from "./switches.js";
import * as words from "./words.js";

const { t } = words;

let me;
let turn = 0;

const list = () => byId("connections");
const atMachine = () => me.by === "machine";
const ofEverybody = () => new URL(location.href).searchParams.get("whose") === "everybody";

const page = {
  get atMachine() {
    return atMachine();
  },
  redraw(view, ...shown) {
    const card = drawCard(view, page, ...shown);
    list().querySelector(`[data-id="${CSS.escape(view.id)}"]`)?.replaceWith(card);
    card.querySelector(".tools button")?.focus();
    return card;
  },
  async reload(said) {
    await show();
    tell(said);
  },
  async gone(said) {
    await show();
    tell(said);
    byId("add").focus();
  },
};

function tell(said) {
  announce(said);
  byId("told").replaceChildren(good(said));
}

/** Whatever the server refuses is told above what was there before. */
async function guarded(work) {
  try {
    await work();
    byId("problem").replaceChildren();
  } catch (error) {
    const again = chip("again", t("dashboard.again"), () => guarded(start));
    byId("problem").replaceChildren(refusal(error, again));
  } finally {
    list().setAttribute("aria-busy", "false");
  }
}

async function show() {
  const mine = ++turn;
  list().setAttribute("aria-busy", "true");
  byId("told").replaceChildren();
  const query = me.role === "admin" && ofEverybody() ? { everybodys: true } : {};
  const first = await get("connections", query);
  const found = first.next ? await all("connections", query) : first.items;
  if (mine !== turn) return;
  byId("add").parentElement.hidden = !first.may_add;
  byId("none").textContent = t(first.may_add ? "connections.none" : "connections.none_given");
  list().replaceChildren(...found.map((view) => drawCard(view, page)));
  byId("none").hidden = found.length > 0;
  list().setAttribute("aria-busy", "false");
}

function markWhose() {
  byId("whose").hidden = me.role !== "admin";
  for (const button of byId("whose").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String((button.dataset.whose === "everybody") === ofEverybody()));
  }
}

function choose(whose) {
  const address = new URL(location.href);
  if (whose === "everybody") address.searchParams.set("whose", whose);
  else address.searchParams.delete("whose");
  history.replaceState(null, "", address);
  markWhose();
  return guarded(show);
}

function closeForm() {
  byId("adding").replaceChildren();
  byId("add").hidden = false;
}

function add() {
  byId("told").replaceChildren();
  const left = () => {
    closeForm();
    byId("add").focus();
  };
  const done = async ({ connection, report }) => {
    closeForm();
    await show();
    tell(t("connections.added", { name: connection.name }));
    page.redraw(connection, drawReport(report));
  };
  const form = drawForm({ view: null, atMachine: atMachine(), done, left });
  byId("adding").replaceChildren(el("div", { class: "card panel" }, el("div", { class: "head" }, el("h2", {}, t("connections.add_title"))), form));
  byId("add").hidden = true;
  form.focusFirst();
}

async function start() {
  me = await get("me");
  offerPages(me);
  markWhose();
  await show();
}

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  document.title = `${t("connections.title")} · ${t("brand")}`;
  document.body.classList.add("ready");
  closeForm();
  await start();
}

switches.start(() => guarded(inLanguage));
byId("add").addEventListener("click", add);
for (const button of byId("whose").querySelectorAll("button")) button.addEventListener("click", () => choose(button.dataset.whose));
await guarded(inLanguage);
document.body.classList.add("ready", "loaded");

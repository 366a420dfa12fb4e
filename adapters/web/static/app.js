// The page: one thread at a time, named by the address (#thread), so that a reload or a link finds it again.

import { all, get, post, Problem } from "./api.js";
import { drawNotice } from "./answer.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import { byId, el, newId } from "./dom.js";
import * as mine from "./mine.js";
import * as sidebar from "./sidebar.js";
import * as switches from "./switches.js";
import * as templates from "./templates.js";
import * as words from "./words.js";

const THREAD = /^[A-Za-z0-9_-]{1,64}$/;

let thread = null;
let opening = 0;
let opened = Promise.resolve();

const on = {
  ask,
  start,
  keep: templates.keep,
  edit: composer.edit,
  session: () => thread,
  accepted: refresh,
  ended: refresh,
};

function fromAddress() {
  const name = decodeURIComponent(location.hash.slice(1));
  return THREAD.test(name) ? name : null;
}

/** The list and the meters follow what happens; when they cannot, the conversation goes on without them. */
async function refresh() {
  try {
    const [title] = await Promise.all([sidebar.listThreads(thread, open), mine.refresh()]);
    byId("title").textContent = title || words.t("brand");
    document.title = title ? `${title} · ${words.t("brand")}` : words.t("brand");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

function setEmpty(isEmpty) {
  byId("welcome").hidden = !isEmpty;
  byId("question").placeholder = words.t(isEmpty ? "placeholder" : "placeholder_more");
}

async function offerExamples() {
  const { examples } = await get("examples");
  byId("examples-title").hidden = examples.length === 0;
  byId("examples").replaceChildren(
    ...examples.map((text) => el("li", {}, el("button", { type: "button", onclick: () => ask(text) }, text))),
  );
}

/** Open a thread; null is a new one. */
function open(name) {
  const work = show(name);
  opened = work.catch(() => {});
  return work;
}

async function show(name) {
  const turn = ++opening;
  thread = name;
  if (name !== fromAddress()) history.pushState(null, "", name ? `#${name}` : location.pathname);
  conversation.clear();
  setEmpty(name === null);
  byId("scroll").scrollTop = 0;
  refresh();
  if (name === null) return;
  const exchanges = await all(`sessions/${name}/messages`);
  if (turn !== opening) return;
  setEmpty(exchanges.length === 0);
  conversation.restore(exchanges, on);
}

function fresh() {
  sidebar.openMenu(false);
  byId("question").focus();
  return guarded(() => open(null));
}

async function ask(text, connection = composer.connection(), more = {}) {
  setEmpty(false);
  await opened; // a question written while its thread still loads comes after what is loaded
  if (thread === null) {
    thread = newId();
    history.pushState(null, "", `#${thread}`);
  }
  await conversation.ask({ session: thread, message: newId(), text, connection, ...more }, on);
}

/**
 * Ask what the server words itself: a template, an answer anew, edited SQL. What it refuses is the caller's to tell,
 * where it was asked for.
 */
async function start(path, body = {}) {
  await opened;
  const where = thread ?? newId();
  const { question_id: questionId, text } = await post(path, { ...body, session: where, message: newId() });
  if (thread === null) {
    thread = where;
    history.pushState(null, "", `#${thread}`);
  }
  sidebar.openMenu(false);
  if (thread !== where) return refresh();
  setEmpty(false);
  conversation.join(questionId, text, on);
}

/** Whatever the server refuses is told where the answers are. */
async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const notice = error.words ?? { text: words.t("offline_text"), hint: words.t("offline_hint") };
    byId("conversation").replaceChildren(drawNotice({ level: "error", text: notice.text, hint: notice.hint }));
  }
}

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  await Promise.all([offerExamples(), composer.offerConnections()]);
  await open(fromAddress());
}

/** The token has done its work once the page is here: the cookie has taken its place. */
function forgetToken() {
  const address = new URL(location.href);
  if (!address.searchParams.has("token")) return;
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}

forgetToken();
switches.start(() => guarded(inLanguage));
sidebar.start();
mine.start();
templates.start(start);
composer.start(ask);
byId("new").addEventListener("click", fresh);
byId("new-narrow").addEventListener("click", fresh);
addEventListener("popstate", () => guarded(() => open(fromAddress())));
await guarded(inLanguage);
document.body.classList.add("ready");
if (matchMedia("(min-width: 861px)").matches) byId("question").focus();

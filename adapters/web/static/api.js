// The API of the server. Everything goes to where the page came from, and nowhere else.

import { memory } from "./dom.js";

const ROOT = "api/v1";
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const REOPEN = [1000, 2000, 4000, 8000, 15000];
const BACK = "colloquery.back";

/** A refusal: `words` is {code, text, hint}, or null when the server could not be reached at all. */
export class Problem extends Error {
  constructor(words) {
    super(words?.code ?? "offline");
    this.words = words;
  }
}

async function send(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Problem(null);
  }
}

async function read(response) {
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  throw new Problem(answer?.code ? { code: answer.code, text: answer.detail, hint: answer.hint } : null);
}

let renewing = null;

/** Exchange the tokens, which are in cookies that no script sees. Several who need it at once wait for the same. */
function renew() {
  renewing ??= send("session/refresh", { method: "POST" }).finally(() => (renewing = null));
  return renewing;
}

/** To the page that lets people in, and back here afterwards. */
function leave() {
  try {
    sessionStorage.setItem(BACK, location.pathname + location.search + location.hash);
  } catch {
    // A browser that keeps nothing comes back to the first page.
  }
  location.assign("sign-in");
  return new Promise(() => {}); // nothing of this page is needed any more
}

/** Where somebody was when they had to sign in: a path of this very server. */
export function wayBack() {
  try {
    const path = sessionStorage.getItem(BACK) ?? "";
    sessionStorage.removeItem(BACK);
    return /^\/(?![/\\])/.test(path) && !/\/sign-in(?:[?#]|$)/.test(path) ? path : "./";
  } catch {
    return "./";
  }
}

/** What the server answers. Access ends after some minutes: it is renewed once, unseen, and the request repeated. */
async function call(address, options) {
  let response = await send(address, options);
  if (response.status === 401) {
    const renewed = await renew();
    if (renewed.status === 401) return leave();
    if (renewed.ok) response = await send(address, options);
    if (response.status === 401) return leave();
  }
  letIn = Date.now();
  return read(response);
}

const SURELY_IN = 30_000;
let letIn = 0;

// A file is fetched by the browser itself, which renews nothing: whatever has ended is renewed before.
addEventListener(
  "click",
  async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[download]") : null;
    if (!link || Date.now() - letIn < SURELY_IN) return;
    event.preventDefault();
    event.stopPropagation();
    await get("me").catch(() => {});
    letIn = Date.now();
    link.click();
  },
  true,
);

const json = (method, body) => ({ method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** An address that says in which language and time zone somebody reads. */
function spoken(path, query = {}) {
  const search = new URLSearchParams(query);
  const lang = memory.get("lang");
  if (lang) search.set("lang", lang);
  if (ZONE) search.set("tz", ZONE);
  return `${path}?${search}`;
}

/** The address of something of the API. */
export const address = (path, query) => spoken(`${ROOT}/${path}`, query);

export const get = (path, query) => call(address(path, query), {});
export const post = (path, body) => call(address(path), body === undefined ? { method: "POST" } : json("POST", body));
export const put = (path, body = {}) => call(address(path), json("PUT", body));
export const patch = (path, body = {}) => call(address(path), json("PATCH", body));
export const remove = (path, query) => call(address(path, query), { method: "DELETE" });

/** Every item of a list that comes in pages. */
export async function all(path, query = {}) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, { ...query, limit: 200, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

/** The words of the pages: for everybody, whoever they are. */
export const pageWords = async () => read(await send(spoken("words")));

/** Signing in and out: what comes of it is kept in cookies. */
export const session = {
  state: async () => read(await send("session")),
  open: async (email, password) => read(await send(spoken("session"), json("POST", { email, password }))),
  enter: async (token) => read(await send(spoken("session/link"), json("POST", { token }))),
  close: async () => read(await send("session/refresh", { method: "DELETE" })),
};

/**
 * Follow a question until its reply. `on` has step, reply, problem (words, or null when the server is gone), lost and
 * found. Returns a function that stops following; the question itself goes on.
 */
export function follow(questionId, on) {
  let source;
  let timer;
  let failures = 0;
  let ended = false;
  const close = () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
  const open = () => {
    source = new EventSource(address(`questions/${questionId}/events`));
    source.addEventListener("open", () => {
      failures = 0;
      on.found();
    });
    source.addEventListener("step", (event) => on.step(JSON.parse(event.data)));
    for (const last of ["reply", "problem"]) {
      source.addEventListener(last, (event) => {
        close();
        const told = JSON.parse(event.data);
        on[last](last === "problem" ? { code: told.code, text: told.detail, hint: told.hint } : told);
      });
    }
    source.addEventListener("error", () => {
      on.lost();
      // The browser comes back by itself from a lost connection, but not from a refusal (a proxy's 502, a lost cookie).
      if (source.readyState !== EventSource.CLOSED) return;
      if (failures < REOPEN.length) timer = setTimeout(look, REOPEN[failures++]);
      else on.problem(null);
    });
  };
  /** A stream tells no reason: the question itself does, and renews what has ended. */
  const look = async () => {
    try {
      const { reply } = await get(`questions/${questionId}`);
      if (ended) return;
      if (reply) on.reply(reply);
      else open();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (ended) return;
      if (error.words) on.problem(error.words);
      else if (failures < REOPEN.length) timer = setTimeout(look, REOPEN[failures++]);
      else on.problem(null);
    }
  };
  open();
  return close;
}

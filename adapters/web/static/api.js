// The routes of the server. Everything goes to where the page came from, and nowhere else.

import { memory } from "./dom.js";

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const REOPEN = [1000, 2000, 4000, 8000, 15000];

/** A refusal: `words` is {code, text, hint}, or null when the server could not be reached at all. */
export class Problem extends Error {
  constructor(words) {
    super(words?.code ?? "offline");
    this.words = words;
  }
}

async function call(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Problem(null);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) throw new Problem(answer?.code ? answer : null);
  return answer;
}

/** The routes below a path: `address` says who reads; `get`, `post`, `put` and `remove` speak JSON. */
function under(root) {
  const address = (path, query = {}) => {
    const search = new URLSearchParams(query);
    const lang = memory.get("lang");
    if (lang) search.set("lang", lang);
    if (ZONE) search.set("tz", ZONE);
    return `${root}/${path}?${search}`;
  };
  const send = (method) => (path, body = {}) =>
    call(address(path), { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const get = (path, query) => call(address(path, query), {});
  return { address, get, post: send("POST"), put: send("PUT"), remove: send("DELETE") };
}

/** What everybody may ask of the server. */
export const { address, get, post, put, remove } = under("chat");

/** What only administrators may. */
export const admin = under("admin");

/**
 * Follow a question until its reply. `on` has step, reply, problem (words, or null when the server is gone), lost and
 * found. Returns a function that stops following; the question itself goes on.
 */
export function follow(questionId, on) {
  let source;
  let timer;
  let failures = 0;
  const close = () => {
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
        on[last](JSON.parse(event.data));
      });
    }
    source.addEventListener("error", () => {
      on.lost();
      // The browser comes back by itself from a lost connection, but not from a refusal (a proxy's 502, a lost cookie).
      if (source.readyState !== EventSource.CLOSED) return;
      if (failures < REOPEN.length) timer = setTimeout(open, REOPEN[failures++]);
      else on.problem(null);
    });
  };
  open();
  return close;
}

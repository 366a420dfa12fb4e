// A scheduled question: what is said of it, and looking after it. Its owner changes it; administrators do the rest, too.

import { foreign } from "./amounts.js";
import { get, patch, post, remove } from "./api.js";
import { el, icon } from "./dom.js";
import { announce, chip, good, refusal, sure } from "./parts.js";
import { drawChange } from "./schedule_form.js";
import { highlighted } from "./sql.js";
import { t } from "./words.js";

const LOOK_EVERY = 2000;
const LOOKS = 30;

const path = (one, what = "") => `schedules/${one.id}${what}`;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** What is said of one: when, on which condition, where; how it went. Of an answer's SQL that, too. */
function about(one) {
  const lines = one.about.map((text) => el("p", { class: "note" }, foreign(text)));
  if (one.sql && one.sql !== one.title) {
    lines.push(el("details", { class: "note" }, el("summary", {}, "SQL"), el("pre", { tabindex: "0" }, el("code", {}, ...highlighted(one.sql)))));
  }
  return lines;
}

/** One, as an entry of a list; `gone` is told of its node when it was deleted; `shown` is said below it. */
export function drawSchedule(one, gone, shown = null) {
  const place = el("div", { class: "place" }, shown);
  const redraw = (fresh, text, focused = null) => {
    if (text) announce(text);
    const drawn = drawSchedule(fresh, gone, text ? good(text) : null);
    node.replaceWith(drawn);
    if (focused) (drawn.querySelector(`[data-act="${focused}"]`) ?? drawn.querySelector("button")).focus();
    return drawn;
  };
  const button = (act, name, label, work) => {
    const onclick = async ({ currentTarget: asked }) => {
      try {
        await work(asked);
      } catch (error) {
        place.replaceChildren(refusal(error));
      }
    };
    return chip(name, label, onclick, { "aria-label": `${label}: ${one.title}`, "data-act": act });
  };
  const run = async () => {
    let drawn = redraw(await post(path(one, "/run")), t("schedules.running"), "run");
    for (let looks = 0; looks < LOOKS && drawn.isConnected; looks++) {
      await pause(LOOK_EVERY);
      const fresh = await get(path(one));
      if (!drawn.isConnected) return;
      if (fresh.last_at === one.last_at || fresh.last_outcome === "asked") continue;
      const held = drawn.contains(document.activeElement) ? "run" : null;
      drawn.replaceWith(drawSchedule(fresh, gone));
      if (held) document.querySelector(`[data-schedule="${one.id}"] [data-act="run"]`)?.focus();
      announce(fresh.about.at(-1));
      return;
    }
  };
  const change = () => {
    const close = () => redraw(one, "", "change");
    const save = async (wanted) => {
      redraw(await patch(path(one), wanted), t("schedules.changed"), "change");
    };
    const drawn = drawChange(one, save, close);
    place.replaceChildren(drawn);
    drawn.querySelector("textarea").focus();
  };
  const end = async () => {
    try {
      await remove(path(one));
      announce(t("schedules.deleted", { title: one.title }));
      gone(node);
    } catch (error) {
      place.replaceChildren(refusal(error));
    }
  };
  const tools = one.is_paused
    ? [button("resume", "play", t("account.resume"), async () => redraw(await post(path(one, "/resume")), t("schedules.resumed"), "pause"))]
    : [
        button("run", "again", t("schedules.run"), run),
        button("pause", "stop", t("account.pause"), async () => redraw(await post(path(one, "/pause")), t("schedules.paused"), "resume")),
      ];
  const node = el(
    "li",
    { class: one.is_paused ? "schedule is-off" : "schedule", "data-schedule": one.id },
    el("div", { class: "name" }, el("b", {}, foreign(one.title)), one.is_paused ? el("span", { class: "mark warn" }, icon("stop"), t("schedules.is_paused")) : null),
    ...about(one),
    el(
      "div",
      { class: "tools" },
      ...tools,
      one.is_mine ? button("change", "edit", t("schedules.change"), change) : null,
      button("delete", "close", t("account.delete_schedule"), (asked) => sure(place, asked, t("schedules.delete_sure", { title: one.title }), t("account.delete_schedule"), end, true)),
    ),
    place,
  );
  return node;
}

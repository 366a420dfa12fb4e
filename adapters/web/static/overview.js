// The head of the dashboard: the figures, what is unusual, cost and tokens by day.

import { address } from "./api.js";
import { el, icon } from "./dom.js";
import { drawTrend } from "./trend.js";
import { count, foreign, percent } from "./amounts.js";
import { lang, t } from "./words.js";

/** A list as a file, for the stretch that is shown. */
export function csvLink(listing, span, title) {
  const label = t("dashboard.csv_of", { list: title });
  const href = address(`usage/all/${listing}.csv`, span ? { span } : {});
  return el("a", { class: "chip", href, download: "", "aria-label": label, title: label }, icon("file"), el("span", {}, t("csv")));
}

/** A part of the page: heading, what can be done with it, content. */
export function card(title, tools, ...content) {
  return el("div", { class: "card" }, el("div", { class: "head" }, el("h2", {}, title), ...tools), ...content);
}

function change(now, before, beforeText) {
  if (!before) return t("dashboard.no_before");
  const share = (now - before) / before;
  const form = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: share > 10 ? 0 : 1, signDisplay: "exceptZero" });
  return t("dashboard.change", { change: form.format(share), before: beforeText });
}

function tile(label, value, ...more) {
  return el("div", {}, el("dt", {}, label), el("dd", {}, el("b", {}, value), ...more.map((text) => el("small", {}, text))));
}

function tiles(use) {
  const forecast = use.forecast;
  const asked = use.questions - use.free;
  return el(
    "dl",
    { class: "tiles" },
    tile(t("use.cost"), use.cost_text, change(Number(use.cost), Number(use.cost_before), use.cost_before_text)),
    forecast
      ? tile(t("use.forecast"), forecast.cost_text, t("use.range", { low: forecast.low_text, high: forecast.high_text }), t("use.rests", { days: forecast.days_text }))
      : tile(t("use.forecast"), "–", t("use.no_forecast")),
    tile(t("use.tokens"), use.tokens_text, asked > 0 ? t("dashboard.per_question", { tokens: count(use.tokens / asked) }) : ""),
    tile(t("use.questions"), use.questions_text, t("dashboard.failed_of", { failed: use.failed_text, share: percent(use.failed, use.questions) })),
    tile(t("dashboard.people_asking"), use.people_asking_text, use.people_asking ? t("dashboard.per_person", { questions: count(use.questions / use.people_asking) }) : ""),
    tile(t("use.free"), percent(use.free, use.questions), t("use.free_of", { free: use.free_text, questions: use.questions_text })),
  );
}

function unusual(use) {
  const title = t("dashboard.unusual");
  if (use.unusual.length === 0) return el("p", { class: "calm" }, icon("check"), t("dashboard.nothing_unusual"));
  const lines = use.unusual.map((one) =>
    el(
      "li",
      {},
      el("span", { class: "who" }, foreign(one.name), el("span", { class: "note" }, one.day_text)),
      el("span", { class: "why" }, el("b", {}, t("use.tokens_of", { tokens: one.tokens_text })), el("span", { class: "note" }, why(one))),
    ),
  );
  return el("div", { class: "card warned" }, el("div", { class: "head" }, el("h2", {}, title), csvLink("unusual", use.span, title)), el("ul", { class: "unusual" }, ...lines));
}

function why(one) {
  return t("dashboard.why", { usual: one.usual_text, high: one.high_text, days: one.days_text });
}

/** All of it. */
export function drawOverview(place, use) {
  const [cost, tokens] = [t("dashboard.cost_by_day"), t("dashboard.tokens_by_day")];
  const days = csvLink("days", use.span, t("use.by_day"));
  place.replaceChildren(
    tiles(use),
    unusual(use),
    el(
      "div",
      { class: "pair" },
      card(cost, [days], drawTrend(use.days, "cost", cost)),
      card(tokens, [], drawTrend(use.days, "tokens", tokens)),
    ),
  );
}

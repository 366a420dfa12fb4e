// One's own use: three bars beside the conversation, and a sheet with the rest of it.

import { drawNotice } from "./answer.js";
import { address, get, Problem } from "./api.js";
import { byId, el, icon } from "./dom.js";
import { costColumn, drawGrid } from "./grid.js";
import { drawMeter, shareOf } from "./meters.js";
import { drawTrend } from "./trend.js";
import { foreign, percent, resetTime } from "./amounts.js";
import { t } from "./words.js";

function meters(windows, noted) {
  return windows.map((one) => {
    const text = t("used", { used: one.used_text, limit: one.limit_text });
    const note = t("resets", { time: resetTime(one.resets_at) });
    const meter = drawMeter({ label: t(one.name), text, share: shareOf(one.used, one.limit), note });
    if (noted) meter.append(el("small", {}, t("use.left", { left: one.remaining_text }), " · ", note));
    return meter;
  });
}

function figure(label, value, ...more) {
  return el("div", {}, el("dt", {}, label), el("dd", {}, el("b", {}, value), ...more.map((text) => el("small", {}, text))));
}

function figures(use) {
  const forecast = use.forecast;
  return el(
    "dl",
    { class: "figures" },
    figure(t("use.cost_month"), use.cost_text, t("use.tokens_of", { tokens: use.tokens_text })),
    forecast
      ? figure(t("use.forecast"), forecast.cost_text, t("use.range", { low: forecast.low_text, high: forecast.high_text }), t("use.rests", { days: forecast.days_text }))
      : figure(t("use.forecast"), "–", t("use.no_forecast")),
    use.average_tokens === null
      ? figure(t("use.average"), "–", t("use.no_average"))
      : figure(t("use.average"), use.average_cost_text, t("use.tokens_of", { tokens: use.average_tokens_text })),
    figure(t("use.free"), percent(use.free, use.questions), t("use.free_of", { free: use.free_text, questions: use.questions_text })),
  );
}

function models(rows) {
  return drawGrid({
    label: t("use.models"),
    sort: 1,
    rows,
    columns: [
      { label: t("use.model"), text: true, value: (row) => row.name, shown: (row) => foreign(row.name) },
      costColumn(rows),
      { label: t("use.tokens"), value: (row) => row.tokens, shown: (row) => row.tokens_text },
      { label: t("use.questions"), value: (row) => row.questions, shown: (row) => row.questions_text },
    ],
  });
}

function draw(use) {
  byId("own-use").replaceChildren(
    el("section", { class: "meters" }, ...meters(use.windows, true)),
    figures(use),
    el("section", {}, el("h3", {}, t("use.by_day")), drawTrend(use.days, "tokens", t("use.by_day"), 180)),
    el("section", {}, el("h3", {}, t("use.by_model")), models(use.models)),
    el(
      "footer",
      {},
      el("a", { class: "chip", href: address("usage.csv"), download: "" }, icon("file"), el("span", {}, t("use.csv"))),
      el("p", { class: "note" }, t("use.since", { tokens: use.total_tokens_text }), " ", t("use.calendar", { zone: use.timezone })),
    ),
  );
}

/** Bring the bars up to date, and the sheet when it is open. */
export async function refresh() {
  const use = await get("usage");
  byId("usage").replaceChildren(...meters(use.windows, false));
  for (const name of ["to-dashboard", "to-admin"]) byId(name).hidden = !use.is_administrator;
  if (byId("use").open) draw(use);
}

async function open() {
  const sheet = byId("use");
  byId("own-use").replaceChildren(el("p", { class: "note", role: "status" }, t("use.loading")));
  sheet.showModal();
  try {
    await refresh();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.words ?? { text: t("offline_text"), hint: t("offline_hint") };
    byId("own-use").replaceChildren(drawNotice({ level: "error", ...words }));
  }
}

/** Listen. */
export function start() {
  const sheet = byId("use");
  byId("open-use").addEventListener("click", open);
  byId("close-use").addEventListener("click", () => sheet.close());
  // A click beside the sheet hits the dialog itself.
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
}

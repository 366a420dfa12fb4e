// Use by day, as a line.

import { drawChart } from "./charts.js";
import { el } from "./dom.js";
import { shortDay } from "./amounts.js";
import { lang, t } from "./words.js";

/** The days of a trend; `key` is "cost" or "tokens". */
export function drawTrend(days, key, title, height = 200) {
  if (!days.some((one) => Number(one[key]))) return el("p", { class: "note blank" }, t("use.none"));
  const series = [{ name: title, values: days.map((one) => Number(one[key])), shown: days.map((one) => one[`${key}_text`]) }];
  const chart = { kind: "line", title, labels: days.map((one) => shortDay(one.day)), series, height };
  return drawChart(key === "cost" ? { ...chart, currency: "USD" } : chart, lang);
}

// Limits and how much of them is used, as bars.

import { el } from "./dom.js";

/** A bar: what it is of, the same in words, the share that is used (0 to 1), and when it starts again. */
export function drawMeter({ label, text, share, note }) {
  const bar = el("meter", { min: 0, max: 1, high: 0.8, optimum: 0, value: Math.min(1, share), "aria-label": `${label}: ${text}` });
  return el("div", { class: "window", title: note || null }, el("span", {}, label), el("span", {}, text), bar);
}

/** What is used of a limit; a limit of nothing is used up. */
export const shareOf = (used, limit) => (limit > 0 ? used / limit : 1);

/** The meters part of a reply. */
export function drawMeters(meters) {
  const bars = meters.items.map((item) => {
    const meter = drawMeter(item);
    if (item.note) meter.append(el("small", {}, item.note));
    return meter;
  });
  return el("div", { class: "meters" }, ...bars);
}

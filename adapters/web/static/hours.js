// Questions by hour and weekday, as a map of squares: the darker, the more.

import { byArrows, fitted, tooltip } from "./charts.js";
import { el, svg } from "./dom.js";
import { count, weekday } from "./amounts.js";
import { t } from "./words.js";

const DAYS = 7;
const HOURS = 24;
const LEVELS = 5;
const [LEFT, TOP, GAP, HIGH] = [40, 4, 3, 24];

const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;

function named(at) {
  const hour = at % HOURS;
  return t("dashboard.hour_of", { day: weekday(Math.floor(at / HOURS)), from: clock(hour), to: clock((hour + 1) % HOURS) });
}

function draw(counts, most, title, width, tip) {
  const step = (width - LEFT) / HOURS;
  const height = TOP + DAYS * (HIGH + GAP) + 20;
  const root = svg("svg", { class: "plot hours", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
  const place = (at) => [LEFT + (at % HOURS) * step, TOP + Math.floor(at / HOURS) * (HIGH + GAP)];
  const ring = svg("rect", { class: "ring", width: step - 1, height: HIGH + 2, rx: 4, visibility: "hidden" });
  const show = (at) => {
    const [x, y] = place(at);
    ring.setAttribute("x", x - 1);
    ring.setAttribute("y", y - 1);
    ring.setAttribute("visibility", "visible");
    tip.say(x + step / 2, y, el("div", { class: "of" }, named(at)), el("b", {}, t("dashboard.questions_of", { questions: count(counts[at]) })));
  };
  const hide = () => {
    ring.setAttribute("visibility", "hidden");
    tip.hide();
  };
  for (let day = 0; day < DAYS; day++) {
    const y = TOP + day * (HIGH + GAP) + HIGH / 2 + 4;
    root.append(svg("text", { class: "tick", x: LEFT - 10, y, "text-anchor": "end" }, weekday(day)));
  }
  for (let hour = 0; hour < HOURS; hour += step < 24 ? 6 : 3) {
    root.append(svg("text", { class: "tick", x: LEFT + hour * step, y: height - 4 }, clock(hour)));
  }
  counts.forEach((value, at) => {
    const [x, y] = place(at);
    const level = value ? Math.ceil((value / most) * LEVELS) : 0;
    const square = svg("rect", { class: `q${level}`, x, y, width: step - GAP, height: HIGH, rx: 3 });
    square.addEventListener("pointerenter", () => show(at));
    root.append(square);
  });
  root.append(ring);
  root.addEventListener("pointerleave", hide);
  byArrows(root, { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -HOURS, ArrowDown: HOURS }, counts.length, show, hide);
  return root;
}

/** The map. `hours` may leave out what is nought. */
export function drawHours(hours, title) {
  const counts = Array(DAYS * HOURS).fill(0);
  for (const one of hours) counts[one.weekday * HOURS + one.hour] += one.questions;
  const most = Math.max(...counts);
  if (most === 0) return el("p", { class: "note blank" }, t("use.none"));
  const busiest = t("dashboard.busiest", { when: named(counts.indexOf(most)), questions: count(most) });
  const holder = el("div", { class: "canvas" });
  const tip = tooltip(holder);
  fitted(holder, tip, (width) => draw(counts, most, `${title}. ${busiest}`, width, tip));
  const scale = Array.from({ length: LEVELS + 1 }, (_, level) => el("i", { class: `q${level}` }));
  const legend = el("span", { class: "scale", "aria-hidden": "true" }, "0", ...scale, count(most));
  return el("figure", {}, holder, el("figcaption", { class: "note" }, el("span", {}, busiest), legend));
}

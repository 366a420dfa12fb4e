// Charts drawn as SVG, sized to their place and redrawn when it changes. Colours are classes (s0 … s5), so that light
// and dark are the style sheet's affair. The table beside a chart holds the same numbers for whoever cannot see it.

import { el, svg } from "./dom.js";

const HEIGHT = 280;
const DOTS_UP_TO = 40;

const pen = document.createElement("canvas").getContext("2d");

/** Pixels that a label takes, in the page's own font. */
function widthOf(text) {
  pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

function cut(text, width) {
  let kept = text;
  while (kept.length > 1 && widthOf(kept) > width) kept = kept.slice(0, -1);
  return kept === text ? text : `${kept.slice(0, -1)}…`;
}

const widest = (texts) => Math.max(0, ...texts.map(widthOf));
const known = (chart) => chart.series.flatMap((one) => one.values).filter((value) => value !== null);

/** Round numbers from at or below `low` to at or above `high`, about `count` steps apart. */
export function niceTicks(low, high, count = 5) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 2.5, 5, 10].map((unit) => unit * power).find((size) => span / size <= count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function tickWords(ticks, locale, currency) {
  const long = Math.max(...ticks.map(Math.abs)) >= 10000;
  const places = Math.max(...ticks.map((tick) => String(tick).split(".")[1]?.length ?? 0));
  const cents = places && Math.max(2, places);
  const style = currency ? { style: "currency", currency, minimumFractionDigits: cents } : {};
  const form = new Intl.NumberFormat(locale, { ...style, ...(long ? { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 2 } : { maximumFractionDigits: 6 }) });
  return ticks.map((tick) => form.format(tick));
}

/** The values' axis: bars always start at nought, a line only when that does not flatten it. */
function scale(chart, count) {
  const values = known(chart);
  let low = Math.min(...values);
  const high = Math.max(...values, ...(chart.kind === "bar" ? [0] : []));
  const flat = chart.kind === "line" && low > 0 && (high - low) / high < 0.25;
  if (!flat) low = Math.min(low, 0);
  return niceTicks(low, flat ? high : Math.max(high, 0), count);
}

/** A box beside what is pointed at. */
export function tooltip(holder) {
  const box = el("div", { class: "tip", role: "status", hidden: true });
  holder.append(box);
  return {
    hide: () => (box.hidden = true),
    show(chart, at, x, y) {
      const lines = chart.series
        .map((one, number) => [one, number])
        .filter(([one]) => one.values[at] !== null)
        .map(([one, number]) =>
          el("div", {}, el("i", { class: `dot s${number}` }), chart.series.length > 1 ? `${one.name} ` : "", el("b", {}, one.shown[at])),
        );
      if (lines.length === 0) return this.hide();
      return this.say(x, y, el("div", { class: "of" }, chart.labels[at]), ...lines);
    },
    say(x, y, ...lines) {
      box.replaceChildren(...lines);
      box.hidden = false;
      const room = holder.clientWidth - box.offsetWidth;
      box.style.left = `${Math.max(0, Math.min(room, x - box.offsetWidth / 2))}px`;
      box.style.top = `${Math.max(0, y - box.offsetHeight - 12)}px`;
    },
  };
}

/** Exact values by keyboard too: `steps` maps a key to how far it moves among `count` marks. */
export function byArrows(root, steps, count, show, hide) {
  let at = null;
  root.setAttribute("tabindex", "0");
  root.addEventListener("blur", hide);
  root.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    at = at === null ? count - 1 : Math.min(count - 1, Math.max(0, at + step));
    show(at);
  });
}

/** Draw into `holder` whenever its width changes. */
export function fitted(holder, tip, draw) {
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.floor(holder.clientWidth);
    if (width === drawn || width === 0) return;
    drawn = width;
    tip.hide();
    holder.replaceChildren(draw(width), holder.querySelector(".tip"));
  }).observe(holder);
  return holder;
}

function canvas(chart, width, height) {
  return svg("svg", { class: "plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": chart.title });
}

/** Horizontal lines with their numbers. Gives the height of a value. */
function yAxis(root, ticks, words, box) {
  const [low, high] = [ticks[0], ticks.at(-1)];
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  ticks.forEach((tick, at) => {
    root.append(
      svg("line", { class: tick === 0 ? "axis" : "grid", x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: box.left - 8, y: y(tick) + 4, "text-anchor": "end" }, words[at]),
    );
  });
  return y;
}

function boxFor(words, width, height) {
  return { left: widest(words) + 14, right: width - 12, top: 12, bottom: height - 28 };
}

function drawLine(chart, width, locale, tip) {
  const height = chart.height ?? HEIGHT;
  const ticks = scale(chart, 5);
  const words = tickWords(ticks, locale, chart.currency);
  const box = boxFor(words, width, height);
  const root = canvas(chart, width, height);
  const y = yAxis(root, ticks, words, box);
  const last = chart.labels.length - 1;
  const x = (at) => (last === 0 ? (box.left + box.right) / 2 : box.left + 6 + (at / last) * (box.right - box.left - 12));

  const every = Math.max(1, Math.ceil(((last + 1) * (widest(chart.labels) + 18)) / (box.right - box.left)));
  for (let at = last % every; at <= last; at += every) {
    const half = widthOf(chart.labels[at]) / 2;
    const middle = Math.min(width - half, Math.max(half, x(at)));
    root.append(svg("text", { class: "tick", x: middle, y: height - 8, "text-anchor": "middle" }, chart.labels[at]));
  }
  chart.series.forEach((one, number) => {
    const stretches = [];
    one.values.forEach((value, at) => {
      if (value === null) return;
      if (at === 0 || one.values[at - 1] === null) stretches.push([]);
      stretches.at(-1).push([x(at), y(value)]);
    });
    for (const points of stretches) {
      const path = points.map(([px, py], at) => `${at ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
      if (chart.series.length === 1 && ticks[0] === 0) {
        const ground = `L${points.at(-1)[0].toFixed(1)} ${y(0)}L${points[0][0].toFixed(1)} ${y(0)}Z`;
        root.append(svg("path", { class: `area s${number}`, d: path + ground }));
      }
      root.append(svg("path", { class: `line s${number}`, d: path }));
      if (last < DOTS_UP_TO || points.length === 1) {
        for (const [px, py] of points) root.append(svg("circle", { class: `mark s${number}`, cx: px, cy: py, r: 3 }));
      }
    }
  });
  const hair = svg("line", { class: "hair", y1: box.top, y2: box.bottom, visibility: "hidden" });
  root.append(hair);
  const show = (at) => {
    const tops = chart.series.map((one) => one.values[at]).filter((value) => value !== null);
    hair.setAttribute("x1", x(at));
    hair.setAttribute("x2", x(at));
    hair.setAttribute("visibility", "visible");
    tip.show(chart, at, x(at), tops.length ? y(Math.max(...tops)) : box.top);
  };
  const hide = () => {
    hair.setAttribute("visibility", "hidden");
    tip.hide();
  };
  root.addEventListener("pointermove", (event) => {
    const from = root.getBoundingClientRect().left;
    const share = (event.clientX - from - box.left - 6) / (box.right - box.left - 12);
    show(Math.min(last, Math.max(0, Math.round(share * last))));
  });
  root.addEventListener("pointerleave", hide);
  byArrows(root, { ArrowLeft: -1, ArrowRight: 1 }, last + 1, show, hide);
  return root;
}

/** A bar with its answer to the pointer: it names itself. */
function bar(root, tip, chart, at, number, shape, anchor) {
  const rect = svg("rect", { class: `bar s${number}`, rx: 3, ...shape });
  rect.addEventListener("pointerenter", () => tip.show(chart, at, ...anchor));
  rect.addEventListener("pointerleave", tip.hide);
  root.append(rect);
}

function drawColumns(chart, width, locale, tip) {
  const height = chart.height ?? HEIGHT;
  const ticks = scale(chart, 5);
  const words = tickWords(ticks, locale, chart.currency);
  const box = boxFor(words, width, height);
  const root = canvas(chart, width, height);
  const y = yAxis(root, ticks, words, box);
  const slot = (box.right - box.left) / chart.labels.length;
  const thick = Math.min(56, (slot * 0.72) / chart.series.length);
  chart.labels.forEach((label, at) => {
    const middle = box.left + slot * (at + 0.5);
    root.append(svg("text", { class: "tick", x: middle, y: height - 8, "text-anchor": "middle" }, cut(label, slot - 4)));
    chart.series.forEach((one, number) => {
      const value = one.values[at];
      if (value === null) return;
      const x = middle + (number - chart.series.length / 2) * thick + 1;
      const top = Math.min(y(value), y(0));
      const shape = { x, y: top, width: Math.max(1, thick - 2), height: Math.max(1, Math.abs(y(value) - y(0))) };
      bar(root, tip, chart, at, number, shape, [middle, top]);
    });
  });
  return root;
}

function drawRows(chart, width, tip) {
  const alone = chart.series.length === 1;
  const thick = alone ? 20 : 13;
  const slot = thick * chart.series.length + 12;
  const left = Math.min(width * 0.36, widest(chart.labels) + 12);
  const right = width - (alone ? widest(chart.series[0].shown.map((text) => text ?? "")) + 12 : 10);
  const [low, high] = [Math.min(0, ...known(chart)), Math.max(0, ...known(chart))];
  const x = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const root = canvas(chart, width, slot * chart.labels.length + 8);
  root.append(svg("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: slot * chart.labels.length + 4 }));
  chart.labels.forEach((label, at) => {
    const top = slot * at + 6;
    const middle = top + (slot - 12) / 2;
    const name = svg("text", { class: "name", x: left - 10, y: middle + 4, "text-anchor": "end" }, cut(label, left - 12));
    name.append(svg("title", {}, label));
    root.append(name);
    chart.series.forEach((one, number) => {
      const value = one.values[at];
      if (value === null) return;
      const shape = { x: Math.min(x(0), x(value)), y: top + number * thick, height: thick - (alone ? 0 : 2) };
      bar(root, tip, chart, at, number, { ...shape, width: Math.max(1, Math.abs(x(value) - x(0))) }, [x(value), top]);
      if (alone) root.append(svg("text", { class: "tick", x: Math.max(x(value), x(0)) + 7, y: middle + 4 }, one.shown[at]));
    });
  });
  return root;
}

function drawBars(chart, width, locale, tip) {
  const room = (width - 70) / chart.labels.length;
  const upright = chart.labels.length <= 16 && widest(chart.labels) + 10 <= room;
  return upright ? drawColumns(chart, width, locale, tip) : drawRows(chart, width, tip);
}

function drawPie(chart, width, locale, tip) {
  const [one] = chart.series;
  const total = one.values.reduce((sum, value) => sum + (value ?? 0), 0);
  const [size, thick] = [220, 34];
  const [centre, radius] = [size / 2, size / 2 - thick / 2 - 2];
  const round = 2 * Math.PI * radius;
  const root = canvas(chart, size, size);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const key = el("ul", { class: "key" });
  let turned = 0;
  one.values.forEach((value, at) => {
    const share = (value ?? 0) / total;
    const arc = svg("circle", {
      class: `arc s${at}`, cx: centre, cy: centre, r: radius, "stroke-width": thick,
      "stroke-dasharray": `${Math.max(0.5, share * round - 2)} ${round}`,
      transform: `rotate(${turned * 360 - 90} ${centre} ${centre})`,
    });
    const angle = (turned + share / 2) * 2 * Math.PI;
    const at2 = [centre + Math.sin(angle) * radius, centre - Math.cos(angle) * radius];
    arc.addEventListener("pointerenter", () => tip.show(chart, at, ...at2));
    arc.addEventListener("pointerleave", tip.hide);
    root.append(arc);
    key.append(
      el("li", {}, el("i", { class: `dot s${at}` }), el("span", {}, chart.labels[at]), el("b", {}, percent.format(share)), el("small", {}, one.shown[at] ?? "")),
    );
    turned += share;
  });
  return el("div", { class: "shares" }, root, key);
}

const KINDS = { line: drawLine, bar: drawBars, pie: drawPie };

/**
 * The chart part of a reply, for every kind but a single figure; null where there is nothing to draw. `chart.currency`
 * makes money of the axis, `chart.height` is in pixels.
 */
export function drawChart(chart, locale) {
  if (known(chart).length === 0) return null;
  const holder = el("div", { class: "canvas" });
  const tip = tooltip(holder);
  fitted(holder, tip, (width) => KINDS[chart.kind](chart, width, locale, tip));
  const names = chart.series.length > 1 ? chart.series.map((one, at) => el("li", {}, el("i", { class: `dot s${at}` }), one.name)) : [];
  return el("figure", { class: `chart ${chart.kind}` }, el("figcaption", {}, chart.title), names.length ? el("ul", { class: "legend" }, ...names) : null, holder);
}

/** A chart that is one number: the number, large. */
export function drawFigure(chart, shown) {
  return el("figure", { class: "chart figure" }, el("div", { class: "big" }, shown), el("figcaption", {}, chart.title));
}

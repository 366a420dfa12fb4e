// A list that is sorted by its headings, searched, and drawn in parts.

import { el, icon } from "./dom.js";
import { count, moneyColumn } from "./amounts.js";
import { lang, t } from "./words.js";

const SHOWN = 10;

function compare(first, second) {
  if (typeof first === "string") return first.localeCompare(second, lang, { sensitivity: "base", numeric: true });
  // What has no value comes last when the largest come first.
  return (first ?? -Infinity) - (second ?? -Infinity);
}

function cell(column, row, largest) {
  const shown = column.shown ? column.shown(row) : column.value(row);
  const share = column.bar && largest > 0 ? column.bar(row) / largest : null;
  const node = el("td", { class: column.text ? null : "number" }, shown ?? "–");
  if (share !== null) {
    const bar = el("span", { class: "share", "aria-hidden": "true" }, el("i"));
    bar.firstChild.style.width = `${Math.max(share * 100, share > 0 ? 1 : 0)}%`;
    node.append(bar);
  }
  return node;
}

/**
 * The list. A column has `label` and `value(row)`, what it is sorted by; `shown(row)` when it is shown otherwise, an
 * element or text; `text` when it is not a number; `bar(row)` for a bar under it. `sort` is the number of the column
 * that it is sorted by at first, the largest above; `search(row)` gives the text to search in.
 */
export function drawGrid({ label, columns, rows, sort, search = null }) {
  if (rows.length === 0) return el("p", { class: "note blank" }, t("use.none"));
  let [by, up, wanted, all] = [sort, false, "", false];
  const bar = columns.find((column) => column.bar)?.bar;
  const largest = bar ? Math.max(...rows.map(bar)) : 0;
  const body = el("tbody");
  const note = el("p", { class: "note", role: "status" });
  const more = el("button", { type: "button", class: "link" });
  const heads = columns.map((column, at) => {
    const button = el("button", { type: "button", class: "sort", onclick: () => sortBy(at) }, column.label);
    return el("th", { scope: "col", class: column.text ? null : "number" }, button);
  });

  function draw() {
    const found = wanted ? rows.filter((row) => search(row).toLocaleLowerCase(lang).includes(wanted)) : rows;
    const sorted = found.toSorted((one, other) => compare(columns[by].value(one), columns[by].value(other)) * (up ? 1 : -1));
    const shown = all ? sorted : sorted.slice(0, SHOWN);
    body.replaceChildren(...shown.map((row) => el("tr", {}, ...columns.map((column) => cell(column, row, largest)))));
    heads.forEach((head, at) => head.setAttribute("aria-sort", at !== by ? "none" : up ? "ascending" : "descending"));
    more.hidden = found.length <= SHOWN;
    more.textContent = all ? t("use.fewer") : t("use.all", { count: count(found.length) });
    note.textContent = wanted && found.length === 0 ? t("use.no_match") : "";
  }

  function sortBy(at) {
    up = at === by ? !up : Boolean(columns[at].text);
    by = at;
    draw();
  }

  more.addEventListener("click", () => {
    all = !all;
    draw();
  });
  draw();
  const find = search && rows.length > SHOWN ? searchBox(label, (text) => {
    wanted = text.trim().toLocaleLowerCase(lang);
    draw();
  }) : null;
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  table.style.setProperty("--figures", columns.length - 1);
  const box = el("div", { class: "scroller", role: "region", tabindex: "0", "aria-label": label }, table);
  return el("div", { class: "grid-list" }, find, box, el("div", { class: "under" }, more, note));
}

function searchBox(label, onText) {
  const input = el("input", { type: "search", placeholder: t("use.find"), "aria-label": t("use.search", { what: label }), autocomplete: "off", maxlength: 100 });
  input.addEventListener("input", () => onText(input.value));
  return el("label", { class: "search" }, icon("search"), input);
}

/** The column of what rows cost; the exact amount is its tooltip. */
export function costColumn(rows) {
  const form = moneyColumn(rows.map((row) => Number(row.cost)));
  const shown = (row) => el("span", { title: row.cost_text }, form(Number(row.cost)));
  return { label: t("use.cost"), value: (row) => Number(row.cost), shown };
}

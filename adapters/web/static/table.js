// A table that scrolls inside its own box.

import { el } from "./dom.js";
import { t } from "./words.js";

const DRAWN = 200;
const LONG = 48;

function cell(text, column) {
  if (text === null) return el("td", { class: column.numeric ? "number null" : "null" }, t("null"));
  if (!column.numeric && text.length > LONG) return el("td", { class: "long" }, el("div", {}, text));
  return el("td", { class: column.numeric ? "number" : null }, text);
}

function rowsOf(table, from, to) {
  return table.cells.slice(from, to).map((row) => el("tr", {}, ...row.map((text, at) => cell(text, table.columns[at]))));
}

function note(table, body) {
  const total = table.row_count;
  if (table.cells.length <= DRAWN) {
    return table.truncated ? el("p", { class: "note" }, t("rows_first", { rows: total })) : null;
  }
  const text = el("span", {}, t("rows_shown", { rows: total, shown: DRAWN }));
  const showAll = () => {
    body.append(...rowsOf(table, DRAWN));
    text.textContent = table.truncated ? t("rows_first", { rows: total }) : "";
    button.remove();
  };
  const button = el("button", { type: "button", class: "link", onclick: showAll }, t("rows_all", { rows: total }));
  return el("p", { class: "note" }, text, " ", button);
}

/** The table part of a reply. */
export function drawTable(table) {
  if (table.cells.length === 0) return el("p", { class: "note" }, t("no_rows"));
  const body = el("tbody", {}, ...rowsOf(table, 0, DRAWN));
  const heads = table.columns.map((column) =>
    el("th", { scope: "col", class: column.numeric ? "number" : null }, column.name),
  );
  const grid = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const box = el("div", { class: "table", role: "region", tabindex: "0", "aria-label": t("table") }, grid);
  return el("div", { class: "result" }, box, note(table, body));
}

// SQL with its words told apart, for the eye only: what is shown is exactly what was run.

import { el } from "./dom.js";

const TOKEN = /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*')|("(?:[^"]|"")*"|`[^`]*`)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g;

const KEYWORDS = new Set(
  ("SELECT DISTINCT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET FETCH FIRST NEXT ROWS ROW ONLY TOP WITH RECURSIVE AS ON " +
    "USING JOIN INNER LEFT RIGHT FULL OUTER CROSS LATERAL UNION ALL EXCEPT INTERSECT AND OR NOT IN IS NULL LIKE ILIKE " +
    "BETWEEN EXISTS CASE WHEN THEN ELSE END ASC DESC NULLS LAST OVER PARTITION RANGE INTERVAL CAST TRUE FALSE DATE ANY " +
    "FILTER WINDOW VALUES ESCAPE TIMESTAMP").split(" "),
);

/** The spans of a query. */
export function highlighted(text) {
  const spans = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, comment, string, , number, word] = match;
    const kind = comment ? "comment" : string ? "string" : number ? "number" : KEYWORDS.has(word?.toUpperCase()) ? "keyword" : "";
    spans.push(text.slice(end, match.index), kind ? el("span", { class: `sql-${kind}` }, token) : token);
    end = match.index + token.length;
  }
  spans.push(text.slice(end));
  return spans;
}

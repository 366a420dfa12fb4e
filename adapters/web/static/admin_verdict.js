// What came of proving the audit: whole, or what is wrong with it; and its end, to be noted elsewhere.

import { count, moment } from "./amounts.js";
import { drawNotice } from "./answer.js";
import { el } from "./dom.js";
import { announce, copyable } from "./parts.js";
import { t } from "./words.js";

const DAMAGE = {
  changed: "admin.damage_changed",
  row_deleted: "admin.damage_row_deleted",
  seal_deleted: "admin.damage_seal_deleted",
  seal_changed: "admin.damage_seal_changed",
  reordered: "admin.damage_reordered",
  unsealed: "admin.damage_unsealed",
  backdated: "admin.damage_backdated",
  cut_off: "admin.damage_cut_off",
  key_missing: "admin.damage_key_missing",
};
const LISTED = 50;

const numberOf = (one) => (one.last === null ? String(one.number ?? "?") : `${one.number}–${one.last}`);

/** The verdict, as elements. */
export function drawVerdict(verdict) {
  const lines = count(verdict.lines);
  const since = verdict.since ? moment(verdict.since) : "";
  const whole = verdict.since ? t("admin.whole", { lines, since }) : t("admin.whole_none");
  const text = verdict.is_whole ? whole : t("admin.damaged", { damaged: count(verdict.damaged), lines });
  announce(text);
  const notice = drawNotice({ level: verdict.is_whole ? "info" : "error", text });
  const list = verdict.damage.slice(0, LISTED).map((one) => el("li", {}, t(DAMAGE[one.kind], { number: numberOf(one) })));
  if (list.length) notice.append(el("ul", { class: "refused-list" }, ...list));
  if (verdict.head) notice.append(el("p", { class: "hint" }, t("admin.head")), copyable(`${verdict.head.number}:${verdict.head.seal}`, t("admin.head")));
  return [notice];
}

// Everybody's scheduled questions.

import { all } from "./api.js";
import { el } from "./dom.js";
import { refusal } from "./parts.js";
import { drawSchedule } from "./schedule_line.js";
import { t } from "./words.js";

/** The list, those that come next first. */
export async function drawEverybodys(card) {
  const lines = el("ul", { class: "entries" });
  const none = el("p", { class: "note", hidden: true }, t("admin.no_schedules"));
  card.replaceChildren(el("div", { class: "head" }, el("h2", { id: "schedules-title" }, t("admin.schedules"))), el("p", { class: "note lead" }, t("admin.schedules_lead")), lines, none);
  const counted = () => {
    none.hidden = lines.children.length > 0;
    lines.hidden = !none.hidden;
  };
  const gone = (node) => {
    const near = node.nextElementSibling ?? node.previousElementSibling;
    node.remove();
    counted();
    (near?.querySelector("button") ?? card).focus();
  };
  try {
    lines.replaceChildren(...(await all("schedules", { everybodys: true })).map((one) => drawSchedule(one, gone)));
    counted();
  } catch (error) {
    lines.replaceWith(refusal(error));
  }
}

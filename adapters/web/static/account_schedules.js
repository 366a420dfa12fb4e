// The questions that are asked again and again as oneself: looking after them, and making one.

import { all, get, post } from "./api.js";
import { el } from "./dom.js";
import { announce, good } from "./parts.js";
import { drawNew } from "./schedule_form.js";
import { drawSchedule } from "./schedule_line.js";
import { t } from "./words.js";

async function connectionNames() {
  const found = (await all("connections")).filter((one) => one.may_use && one.is_enabled);
  return found.sort((one, other) => Number(other.is_default) - Number(one.is_default)).map((one) => one.name);
}

/** Draw them into `place`. */
export async function drawSchedules(place) {
  const [{ items }, connections] = await Promise.all([get("schedules"), connectionNames()]);
  const list = el("ul", { class: "entries" });
  const none = el("p", { class: "note" }, t("account.no_schedules"));
  const maker = el("details", {});
  const counted = () => {
    list.hidden = list.children.length === 0;
    none.hidden = !list.hidden;
  };
  const gone = (node) => {
    const near = node.nextElementSibling ?? node.previousElementSibling;
    node.remove();
    counted();
    (near?.querySelector("button") ?? maker.querySelector("summary")).focus();
  };
  const make = async (wanted) => {
    const made = await post("schedules", wanted);
    const text = t("schedules.made", { title: made.title });
    announce(text);
    const drawn = drawSchedule(made, gone, good(text));
    list.append(drawn);
    counted();
    offer(false);
    drawn.querySelector("button").focus();
  };
  const offer = (isOpen) => {
    maker.open = isOpen;
    maker.replaceChildren(el("summary", { class: "chip" }, t("schedules.new")), drawNew(connections, make));
  };
  list.replaceChildren(...items.map((one) => drawSchedule(one, gone)));
  counted();
  offer(false);
  place.replaceChildren(el("p", { class: "note lead" }, t("account.schedules_lead")), list, none, maker);
}

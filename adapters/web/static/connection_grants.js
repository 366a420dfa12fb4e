// Who a connection is given to: everyone, people, channels; with its private columns or not. For administrators.

import { foreign } from "./amounts.js";
import { get, post, remove } from "./api.js";
import { el } from "./dom.js";
import { saveButton } from "./forms.js";
import { announce, chip, form, labelled, menu, refusal, tick } from "./parts.js";
import { t } from "./words.js";

const PAUSE = 200;
const OFFERED = 8;

/** What a grant is called: the person, everyone, or a channel by what is known of it. */
export function subjectName(grant) {
  if (grant.to === "everyone") return t("connections.everyone");
  return grant.name || t("connections.place", { id: grant.subject.slice(0, 8) });
}

/** People whose name or e-mail holds what was typed, to choose one from. */
function personPicker() {
  let timer;
  let turn = 0;
  let chosen = null;
  const input = el("input", { type: "search", maxlength: 200, autocomplete: "off", placeholder: t("connections.person_find") });
  const offers = el("ul", { class: "offers" });
  const choose = (one) => {
    chosen = one.id;
    input.value = one.name;
    offers.replaceChildren();
    input.setCustomValidity("");
    input.focus();
  };
  const offer = async () => {
    const mine = ++turn;
    const { items } = await get("users", { search: input.value.trim(), limit: OFFERED });
    if (mine !== turn) return;
    const lines = items.map((one) =>
      el("li", {}, el("button", { type: "button", onclick: () => choose(one) }, foreign(one.name), one.email ? foreign(one.email, { class: "note" }) : null)),
    );
    offers.replaceChildren(...(lines.length ? lines : [el("li", { class: "note" }, t("connections.person_none"))]));
  };
  input.addEventListener("input", () => {
    chosen = null;
    input.setCustomValidity("");
    clearTimeout(timer);
    timer = setTimeout(() => offer().catch((error) => offers.replaceChildren(el("li", {}, refusal(error)))), PAUSE);
  });
  const taken = () => {
    input.setCustomValidity(chosen ? "" : t("connections.person_choose"));
    return chosen;
  };
  return { taken, input, node: el("div", { class: "picker" }, labelled(t("connections.person"), input), offers) };
}

function placeFields() {
  const platform = el("input", { type: "text", value: "slack", maxlength: 50, autocomplete: "off", spellcheck: "false" });
  const workspace = el("input", { type: "text", maxlength: 100, autocomplete: "off", spellcheck: "false" });
  const channel = el("input", { type: "text", maxlength: 100, autocomplete: "off", spellcheck: "false" });
  const all = [platform, workspace, channel];
  const node = el(
    "div",
    { class: "pair" },
    labelled(t("connections.platform"), platform),
    labelled(t("connections.workspace"), workspace),
    labelled(t("connections.channel"), channel, t("dashboard.channel_hint")),
  );
  const taken = () => ({ platform: platform.value.trim(), workspace: workspace.value.trim(), channel: channel.value.trim() });
  return { all, node, taken };
}

/**
 * The list and the form. `changed(view, said, label)` is called with the connection as it is then; `label` names what
 * was pressed, where that is still there.
 */
export function drawGrants(view, { changed, left }) {
  const path = `connections/${view.id}/grants`;
  const told = el("div", { class: "told" });
  const guarded = async (work, words, label = "") => {
    try {
      const fresh = await work();
      announce(words);
      changed(fresh, words, label);
    } catch (error) {
      told.replaceChildren(refusal(error));
    }
  };
  const lines = view.given_to.map((one) => {
    const name = subjectName(one);
    const [box, boxNode] = tick(t("connections.with_private"), {
      checked: one.sees_private,
      "aria-label": t("connections.private_of", { name }),
      onchange: () => {
        const wanted = box.checked;
        guarded(
          () => post(path, { to: one.to, subject: one.subject, private: wanted }).catch((error) => {
            box.checked = !wanted;
            throw error;
          }),
          t(wanted ? "connections.private_on" : "connections.private_off", { name }),
          t("connections.private_of", { name }),
        );
      },
    });
    const take = () => guarded(() => remove(`${path}/${one.to}/${encodeURIComponent(one.subject)}`), t("connections.taken_done", { name }));
    return el(
      "li",
      {},
      el("span", { class: "whom" }, foreign(one.is_default ? t("connections.named_default", { name }) : name)),
      boxNode,
      chip("close", t("connections.take"), take, { "aria-label": t("connections.take_of", { name }) }),
    );
  });

  const person = personPicker();
  const place = placeFields();
  const to = menu([["user", t("connections.to_user")], ["everyone", t("connections.to_everyone")], ["place", t("connections.to_place")]], "user");
  const [usual, usualNode] = tick(t("connections.as_default"));
  const [isPrivate, privateNode] = tick(t("connections.with_private"));
  const follow = () => {
    person.node.hidden = to.value !== "user";
    place.node.hidden = to.value !== "place";
    for (const one of place.all) one.required = to.value === "place";
    if (to.value !== "user") person.input.setCustomValidity("");
  };
  to.addEventListener("change", follow);
  follow();
  const giver = saveButton(t("connections.give_go"));
  const work = async () => {
    const body = { to: to.value, default: usual.checked };
    if (isPrivate.checked) body.private = true;
    if (to.value === "user") {
      body.subject = person.taken();
      if (!body.subject) {
        person.input.reportValidity();
        return "";
      }
    }
    if (to.value === "place") body.place = place.taken();
    const name = to.value === "user" ? person.input.value : to.value === "place" ? body.place.channel : t("connections.everyone");
    const fresh = await post(path, body);
    const words = t("connections.given_done", { name });
    announce(words);
    changed(fresh, words);
    return words;
  };
  const giving = form(giver, work, labelled(t("connections.give_to"), to), person.node, place.node, el("div", { class: "ticks" }, usualNode, privateNode));
  giver.after(el("button", { type: "button", class: "chip plain", onclick: left }, t("connections.close")));
  return el(
    "div",
    { class: "grants" },
    el("p", { class: "note" }, t("connections.give_lead")),
    lines.length ? el("ul", { class: "given-list" }, ...lines) : el("p", { class: "note" }, t("connections.given_nobody")),
    told,
    giving,
  );
}

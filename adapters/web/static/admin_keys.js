// The keys of everybody's programs: how to recognise them, what they are for, and their end.

import { count, foreign, moment } from "./amounts.js";
import { get, remove } from "./api.js";
import { el, icon } from "./dom.js";
import { announce, chip, refusal, sure } from "./parts.js";
import { t } from "./words.js";

const STATES = { revoked: "account.key_revoked", expired: "account.key_expired", owner_inactive: "account.key_owner_inactive" };
const SCOPES = {
  ask: "account.scope_ask",
  templates: "account.scope_templates",
  connections: "account.scope_connections",
  usage: "account.scope_usage",
  administer: "account.scope_administer",
};
const SHOWN = 20;

function drawKey(one) {
  const place = el("div", { class: "place" });
  const parts = [
    t("admin.key_of", { name: one.owner_name }),
    one.prefix,
    one.scopes.map(({ scope }) => t(SCOPES[scope])).join(", "),
    one.expires_at ? t("account.until", { time: moment(one.expires_at) }) : t("account.forever"),
    one.last_used ? t("admin.key_used", { count: count(one.usage_count), time: moment(one.last_used) }) : t("account.never_used"),
  ];
  const revoke = async () => {
    try {
      const fresh = await remove(`keys/${one.id}`);
      announce(t("account.revoked", { name: one.name }));
      node.replaceWith(drawKey(fresh));
    } catch (error) {
      place.replaceChildren(refusal(error));
    }
  };
  const ask = ({ currentTarget: asked }) => sure(place, asked, t("admin.revoke_sure", { name: one.name }), t("account.revoke"), revoke, true);
  const works = one.state === "works";
  const node = el(
    "li",
    { class: works ? "key-line" : "key-line is-off" },
    el(
      "div",
      { class: "head" },
      el("div", { class: "name" }, el("b", {}, foreign(one.name)), works ? null : el("span", { class: "mark warn" }, icon("close"), t(STATES[one.state]))),
      works ? chip("close", t("account.revoke"), ask, { "aria-label": t("account.revoke_of", { name: one.name }) }) : null,
    ),
    el("p", { class: "note" }, ...parts.flatMap((text, at) => [at ? " · " : "", el("bdi", {}, text)])),
    place,
  );
  return node;
}

/** The list. */
export async function drawKeys(card) {
  const lines = el("ul", { class: "rows" });
  const head = el("div", { class: "head" }, el("h2", { id: "keys-title" }, t("admin.keys")));
  card.replaceChildren(head, el("p", { class: "note lead" }, t("admin.keys_lead")), lines);
  try {
    const { items } = await get("keys", { everybodys: true });
    const more = chip("plus", t("use.all", { count: count(items.length) }), () => {
      lines.append(...items.slice(SHOWN).map(drawKey));
      more.remove();
    });
    lines.replaceChildren(...items.slice(0, SHOWN).map(drawKey));
    if (items.length > SHOWN) card.append(more);
    if (items.length === 0) lines.replaceWith(el("p", { class: "note" }, t("admin.keys_none")));
  } catch (error) {
    lines.replaceWith(refusal(error));
  }
}

// People: found, added, made administrators or not, deactivated, signed out, let in by a link.

import { count, foreign, moment } from "./amounts.js";
import { get, patch, post } from "./api.js";
import { el, icon } from "./dom.js";
import { saveButton } from "./forms.js";
import { announce, chip, copyable, form, good, labelled, menu, refusal, sure } from "./parts.js";
import { t } from "./words.js";

const PAUSE = 200;
const PAGE = 20;

/** Where a one-time token lets somebody in, where the server does not know its own address. */
const ownUrl = (token) => `${new URL("sign-in", document.baseURI)}#${encodeURIComponent(token)}`;

function about(one) {
  const seen = one.last_seen ? t("admin.seen", { time: moment(one.last_seen) }) : t("admin.never_seen");
  const accounts = [...new Set(one.accounts.map((account) => account.platform))].join(", ");
  const parts = [one.email ?? t("admin.no_email"), seen, accounts].filter(Boolean);
  return el("p", { class: "note" }, ...parts.flatMap((text, at) => [at ? " · " : "", el("bdi", {}, text)]));
}

/** One person. `ofPerson(who)` shows what they did. */
function drawPerson(one, me, ofPerson, ...shown) {
  const path = `users/${one.id}`;
  const named = { name: one.name };
  const place = el("div", { class: "place" }, ...shown);
  const isMe = one.id === me.id;

  async function working(work) {
    for (const button of tools.children) button.disabled = true;
    try {
      await work();
    } catch (error) {
      place.replaceChildren(refusal(error));
    } finally {
      for (const button of tools.children) button.disabled = false;
    }
  }
  const redraw = (fresh, words) => {
    const drawn = drawPerson(fresh, me, ofPerson, good(words));
    announce(words);
    node.replaceWith(drawn);
    drawn.querySelector(".tools button").focus();
  };
  const change = (changes, words) => working(async () => redraw(await patch(path, changes), words));
  const asking = (text, label, work, isGrave) => ({ currentTarget: asked }) => sure(place, asked, text, label, work, isGrave);

  const toAdmin = asking(t("admin.make_admin_sure", named), t("admin.make_admin"), () => change({ role: "admin" }, t("admin.is_admin", named)));
  const toViewer = asking(t("admin.make_viewer_sure", named), t("admin.make_viewer"), () => change({ role: "viewer" }, t("admin.is_viewer", named)));
  const off = asking(t("admin.deactivate_sure", named), t("admin.deactivate"), () => change({ active: false }, t("admin.deactivated", named)), true);
  const on = () => change({ active: true }, t("admin.activated", named));
  const signOut = asking(t("admin.sign_out_sure", named), t("admin.sign_out"), () =>
    working(async () => {
      const { ended } = await post(`${path}/sign-out`);
      const words = t("admin.signed_out", { ...named, count: count(ended) });
      announce(words);
      place.replaceChildren(good(words));
    }),
  );
  const invite = () =>
    working(async () => {
      const { url, token, until } = await post(`${path}/invitation`);
      const words = t("admin.link_made", { ...named, time: moment(until) });
      announce(words);
      const close = chip("close", t("connections.close"), () => place.replaceChildren());
      place.replaceChildren(el("div", { class: "shown" }, el("p", {}, words), copyable(url || ownUrl(token), t("admin.link_label")), el("div", { class: "tools" }, close)));
      place.querySelector("input").focus();
    });

  const isAdmin = one.role === "admin";
  const tools = el(
    "div",
    { class: "tools" },
    ...[
      isAdmin ? chip("person", t("admin.make_viewer"), toViewer) : chip("shield", t("admin.make_admin"), toAdmin),
      chip("file", t("admin.link"), invite),
      chip("lock", t("admin.sign_out"), signOut),
      isMe ? null : one.is_active ? chip("power", t("admin.deactivate"), off) : chip("power", t("admin.activate"), on),
      chip("search", t("admin.audit_of"), () => ofPerson(one.email ?? one.id)),
    ].filter(Boolean),
  );
  const node = el(
    "li",
    { class: one.is_active ? "person-line" : "person-line is-off" },
    el(
      "div",
      { class: "name" },
      el("b", {}, foreign(one.name)),
      el("span", { class: isAdmin ? "mark" : "mark plain" }, icon(isAdmin ? "shield" : "person"), t(isAdmin ? "account.role_admin" : "account.role_viewer")),
      one.is_active ? null : el("span", { class: "mark warn" }, icon("power"), t("admin.inactive")),
      isMe ? el("span", { class: "mark plain" }, t("admin.is_you")) : null,
    ),
    about(one),
    tools,
    place,
  );
  return node;
}

function drawAdder(added) {
  const email = el("input", { type: "text", inputmode: "email", required: true, maxlength: 255, autocomplete: "off", spellcheck: "false" });
  const name = el("input", { type: "text", required: true, maxlength: 100, autocomplete: "off" });
  const role = menu([["viewer", t("account.role_viewer")], ["admin", t("account.role_admin")]], "viewer");
  const work = async (sent) => {
    const one = await post("users", { email: email.value.trim(), name: name.value.trim(), role: role.value });
    sent.reset();
    const words = t("admin.added", { name: one.name });
    await added(one, words);
    return words;
  };
  return el(
    "details",
    { class: "adder" },
    el("summary", { class: "chip" }, icon("plus"), el("span", {}, t("admin.add_person"))),
    el("p", { class: "note" }, t("admin.add_lead")),
    form(saveButton(t("admin.add")), work, el("div", { class: "pair" }, labelled(t("admin.email"), email), labelled(t("admin.name"), name), labelled(t("admin.role"), role))),
  );
}

/** The list, its search and the form for somebody new. */
export async function drawPeople(card, me, ofPerson) {
  let wanted = "";
  let next = null;
  let turn = 0;
  let timer;
  const lines = el("ul", { class: "rows" });
  const none = el("p", { class: "note", role: "status" });
  const more = chip("plus", t("admin.more"), () => load(true));
  const line = (one, ...shown) => drawPerson(one, me, ofPerson, ...shown);

  async function load(isMore = false) {
    const mine = ++turn;
    more.disabled = true;
    try {
      const query = { limit: PAGE, ...(wanted ? { search: wanted } : {}), ...(isMore && next ? { cursor: next } : {}) };
      const page = await get("users", query);
      if (mine !== turn) return;
      next = page.next;
      const drawn = page.items.map((one) => line(one));
      if (isMore) lines.append(...drawn);
      else lines.replaceChildren(...drawn);
      none.textContent = lines.childElementCount ? "" : t("admin.people_none");
    } catch (error) {
      if (mine === turn) lines.append(el("li", {}, refusal(error)));
    } finally {
      if (mine === turn) {
        more.hidden = next === null;
        more.disabled = false;
      }
    }
  }
  const field = el("input", {
    type: "search",
    "aria-label": t("admin.people_find"),
    placeholder: t("admin.people_find"),
    maxlength: 200,
    autocomplete: "off",
    oninput: () => {
      clearTimeout(timer);
      wanted = field.value.trim();
      timer = setTimeout(load, PAUSE);
    },
  });
  const added = async (one, words) => {
    announce(words);
    lines.prepend(line(one));
  };
  card.replaceChildren(
    el("div", { class: "head" }, el("h2", { id: "people-title" }, t("admin.people"))),
    drawAdder(added),
    el("label", { class: "search" }, icon("search"), field),
    lines,
    none,
    more,
  );
  await load();
}

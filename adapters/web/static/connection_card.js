// One connection: how it is, and what may be done with it.

import { foreign, moment } from "./amounts.js";
import { get, post, put, remove } from "./api.js";
import { el, icon } from "./dom.js";
import { drawForm, FILES, kindName, TLS } from "./connection_form.js";
import { drawGrants, subjectName } from "./connection_grants.js";
import { drawChanges, drawReport } from "./connection_report.js";
import { announce, chip, good, refusal, sure } from "./parts.js";
import { t } from "./words.js";

const mark = (drawing, words, kind = "") => el("span", { class: `mark ${kind}` }, icon(drawing), words);
const joined = (parts) => parts.filter(Boolean).flatMap((text, at) => [at ? " · " : "", el("bdi", {}, text)]);

function about(view) {
  return el(
    "p",
    { class: "about note" },
    ...joined([
      view.version || kindName(view.kind),
      view.is_mine ? t("connections.owned") : t("connections.owner", { name: view.owner }),
      view.checked_at ? t("connections.looked", { time: moment(view.checked_at) }) : t("connections.never_looked"),
    ]),
  );
}

function whereabouts(view) {
  if (!view.may_manage) return null;
  if (FILES.includes(view.kind)) return el("p", { class: "where" }, el("code", {}, view.host));
  const at = `${view.user ? `${view.user}@` : ""}${view.host}:${view.port}/${view.database}`;
  return el("p", { class: "where" }, el("code", {}, foreign(at)), el("span", { class: "note" }, t(TLS[view.tls])));
}

function givenTo(view) {
  if (!view.may_manage) return null;
  if (view.given_to.length === 0) return el("p", { class: "note" }, t("connections.given_nobody"));
  const names = view.given_to.map((one) => (one.is_default ? t("connections.named_default", { name: subjectName(one) }) : subjectName(one)));
  return el("p", { class: "note" }, t("connections.given", { who: names.join(", ") }));
}

/**
 * A card. `page` has `atMachine`, `redraw(view, ...shown)` (this card as it is now, and what is to be shown in it),
 * `reload(said)` (the whole list) and `gone(said)`.
 */
export function drawCard(view, page, ...shown) {
  const path = `connections/${view.id}`;
  const place = el("div", { class: "place" }, ...shown);
  const tools = el("div", { class: "tools" });
  const named = { name: view.name };

  /** While it works nothing else of this card can be pressed; what is refused is told in it. */
  async function working(words, work) {
    node.setAttribute("aria-busy", "true");
    for (const button of tools.children) button.disabled = true;
    place.replaceChildren(el("p", { class: "note", role: "status" }, words));
    try {
      await work();
    } catch (error) {
      place.replaceChildren(refusal(error));
    } finally {
      node.setAttribute("aria-busy", "false");
      for (const button of tools.children) button.disabled = false;
    }
  }
  const tell = (fresh, words, ...more) => {
    announce(words);
    page.redraw(fresh, good(words), ...more);
  };

  const test = () =>
    working(t("connections.testing", named), async () => {
      const report = await post(`${path}/test`);
      announce(report.problem_text || t("connections.passed"));
      page.redraw(await get(path), drawReport(report));
    });
  const refresh = () =>
    working(t("connections.refreshing", named), async () => {
      const changes = await post(`${path}/refresh`);
      page.redraw(await get(path), drawChanges(changes));
    });
  const choose = () =>
    working("", async () => {
      await put(`${path}/default`);
      await page.reload(t("connections.default_set", named));
    });
  const enable = () =>
    working(t("connections.testing", named), async () => {
      const { connection, report } = await put(`${path}/enabled`, { enabled: true });
      tell(connection, t("connections.enabled", named), drawReport(report));
    });
  const disable = ({ currentTarget: asked }) =>
    sure(place, asked, t("connections.disable_sure", named), t("connections.disable"), () =>
      working("", async () => {
        const { connection } = await put(`${path}/enabled`, { enabled: false });
        tell(connection, t("connections.disabled", named));
      }),
    );
  const destroy = ({ currentTarget: asked }) =>
    sure(
      place,
      asked,
      t("connections.delete_sure", named),
      t("connections.delete"),
      () =>
        working("", async () => {
          const { name } = await remove(path);
          await page.gone(t("connections.deleted", { name }));
        }),
      true,
    );
  const leave = (asked) => () => {
    place.replaceChildren();
    asked.focus();
  };
  const edit = ({ currentTarget: asked }) =>
    working("", async () => {
      const fresh = await get(path); // as it is now, and not as it was when the list was drawn
      const form = drawForm({
        view: fresh,
        atMachine: page.atMachine,
        left: leave(asked),
        done: ({ connection, report }) => tell(connection, t("connections.changed", { name: connection.name }), report ? drawReport(report) : el("p", { class: "note" }, t("connections.unseen"))),
      });
      place.replaceChildren(el("div", { class: "panel", role: "group", "aria-label": t("connections.edit_title", { name: fresh.name }) }, form));
      form.focusFirst();
    });
  /** Several are given or taken back one after the other: the panel stays, and so does where somebody was in it. */
  const openGrants = (fresh, focused = "") => {
    const changed = (after, words, label) => page.redraw(after, good(words)).openGrants(after, label);
    const grants = drawGrants(fresh, { changed, left: () => leave(giver)() });
    place.append(el("div", { class: "panel", role: "group", "aria-label": t("connections.give") }, grants));
    const last = focused ? grants.querySelector(`[aria-label="${CSS.escape(focused)}"]`) : null;
    (last ?? grants.querySelector("select")).focus();
  };
  const give = () =>
    working("", async () => {
      const fresh = await get(path);
      place.replaceChildren();
      openGrants(fresh);
    });
  const giver = view.may_give ? chip("people", t("connections.give"), give) : null;

  const may = (right, drawing, words, onclick) => (right ? chip(drawing, words, onclick) : null);
  tools.append(
    ...[
      may(view.may_manage, "check", t("connections.test"), test),
      may(view.may_use && view.is_enabled && !view.is_default, "keep", t("connections.make_default"), choose),
      may(view.may_manage, "edit", t("connections.edit"), edit),
      giver,
      may(view.may_manage && view.is_enabled, "again", t("connections.refresh"), refresh),
      may(view.may_manage, "power", t(view.is_enabled ? "connections.disable" : "connections.enable"), view.is_enabled ? disable : enable),
      may(view.may_manage, "close", t("connections.delete"), destroy),
    ].filter(Boolean),
  );

  const title = `name-${view.id}`;
  const node = el(
    "li",
    { class: view.is_enabled ? "card connection" : "card connection is-off", "aria-labelledby": title, "data-id": view.id },
    el(
      "div",
      { class: "name" },
      el("h2", { id: title }, foreign(view.name)),
      view.is_default ? mark("check", t("connections.is_default")) : null,
      view.is_enabled ? mark("check", t("connections.on"), "plain") : mark("power", t("connections.off"), "warn"),
    ),
    about(view),
    whereabouts(view),
    givenTo(view),
    view.problem_text ? el("p", { class: "flag bad" }, icon("info"), el("span", {}, view.problem_text)) : null,
    view.can_write ? el("p", { class: "flag" }, icon("info"), el("span", {}, t("connections.can_write"))) : null,
    tools.childElementCount ? tools : null,
    place,
  );
  node.openGrants = openGrants;
  return node;
}

// What is one's own: who one is here, the password, the devices one signed in on, scheduled questions, keys of programs.

import { drawSchedules } from "./account_schedules.js";
import { foreign, moment } from "./amounts.js";
import { drawNotice } from "./answer.js";
import { get, post, Problem, put, remove, session } from "./api.js";
import { byId, el, icon } from "./dom.js";
import { outcome, saveButton } from "./forms.js";
import * as switches from "./switches.js";
import * as words from "./words.js";

const { t } = words;
const SCOPES = ["ask", "templates", "connections", "usage", "administer"];
const DAYS = ["30", "90", "365", ""];

let me;

const content = (name) => byId(name).querySelector(".content");
const chip = (name, label, onclick, properties = {}) => el("button", { type: "button", class: "chip", onclick, ...properties }, icon(name), el("span", {}, label));
const said = (error) => error.words ?? { text: t("offline_text"), hint: t("dashboard.offline_hint") };

function tell(error) {
  if (!(error instanceof Problem)) throw error;
  byId("problem").replaceChildren(drawNotice({ level: "error", ...said(error) }));
  byId("problem").scrollIntoView({ block: "nearest" });
}

async function guarded(work) {
  try {
    await work();
    byId("problem").replaceChildren();
  } catch (error) {
    tell(error);
  }
}

async function leave() {
  await session.close();
  location.assign("sign-in");
}

function drawWho() {
  const pairs = [
    [t("account.name"), me.name],
    me.email ? [t("account.email"), me.email] : null,
    [t("account.role"), t(`account.role_${me.role}`)],
  ].filter(Boolean);
  const list = pairs.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, foreign(value))]);
  const here = me.by === "machine";
  const tools = here
    ? [el("a", { class: "chip", href: "sign-in" }, t("account.sign_in_as"))]
    : [
        chip("lock", t("account.sign_out"), () => guarded(leave)),
        chip("close", t("account.sign_out_everywhere"), () =>
          guarded(async () => {
            await post("me/sign-out");
            await leave();
          }),
        ),
      ];
  content("who").replaceChildren(
    el("dl", { class: "pairs" }, ...list),
    ...(here ? [el("p", { class: "note" }, t("account.owner"))] : []),
    el("div", { class: "tools" }, ...tools),
  );
}

function field(label, properties) {
  const input = el("input", { type: "password", required: true, maxlength: 500, ...properties });
  return [input, el("label", {}, el("span", { class: "label" }, label), input)];
}

/** A form whose work is told beside its button. */
function form(sender, work, ...nodes) {
  const note = outcome();
  const send = async (event) => {
    event.preventDefault();
    sender.disabled = true;
    note.className = "note";
    note.textContent = "";
    try {
      note.textContent = (await work(event.target)) ?? "";
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { text, hint } = said(error);
      note.className = "note refused";
      note.textContent = `${text} ${hint}`;
    } finally {
      sender.disabled = false;
    }
  };
  return el("form", { class: "fields", onsubmit: send }, ...nodes, el("div", { class: "saving" }, sender, note));
}

function drawPassword() {
  byId("password").hidden = me.by !== "sign_in";
  if (me.by !== "sign_in") return;
  const [current, currentField] = field(t("account.current"), { autocomplete: "current-password", required: false });
  const [wanted, wantedField] = field(t("account.new"), { autocomplete: "new-password", minlength: 8 });
  const work = async (sent) => {
    await put("me/password", { new: wanted.value, current: current.value || null });
    sent.reset();
    me = await get("me");
    return t("account.password_set");
  };
  const hint = el("p", { class: "note" }, t(me.has_password ? "account.password_change" : "account.password_first"));
  content("password").replaceChildren(hint, form(saveButton(t("dashboard.save")), work, ...(me.has_password ? [currentField] : []), wantedField));
}

async function drawDevices() {
  byId("devices").hidden = me.by !== "sign_in";
  if (me.by !== "sign_in") return;
  const { items } = await get("me/devices");
  const lines = items.map((one) =>
    el(
      "li",
      {},
      el(
        "div",
        {},
        el("b", {}, foreign(one.name || t("account.unknown_device"))),
        el("p", { class: "note" }, [one.is_this ? t("account.this_device") : "", one.ip ?? "", t("account.used_at", { time: moment(one.used_at) })].filter(Boolean).join(" · ")),
      ),
      one.is_this
        ? null
        : chip("close", t("account.end_device"), () =>
            guarded(async () => {
              await remove(`me/devices/${one.id}`);
              await drawDevices();
            }),
          ),
    ),
  );
  content("devices").replaceChildren(el("ul", { class: "entries" }, ...lines));
}

function drawKey(one) {
  const about = [
    one.prefix,
    one.scopes.map(({ scope }) => t(`account.scope_${scope}`)).join(", "),
    one.expires_at ? t("account.until", { time: moment(one.expires_at) }) : t("account.forever"),
    one.last_used ? t("account.used_at", { time: moment(one.last_used) }) : t("account.never_used"),
  ];
  const revoke = () =>
    guarded(async () => {
      await remove(`keys/${one.id}`);
      await drawKeys();
      byId("status").textContent = t("account.revoked", { name: one.name });
    });
  return el(
    "li",
    {},
    el("div", {}, el("b", {}, foreign(one.name)), el("p", { class: "note" }, about.join(" · "))),
    one.state === "works"
      ? chip("close", t("account.revoke"), revoke, { "aria-label": t("account.revoke_of", { name: one.name }) })
      : el("span", { class: "note" }, t(`account.key_${one.state}`)),
  );
}

function drawMaker() {
  const name = el("input", { type: "text", required: true, maxlength: 100, autocomplete: "off" });
  const offered = me.role === "admin" ? SCOPES : SCOPES.filter((scope) => scope !== "administer");
  const ticks = offered.map((scope) => [scope, el("input", { type: "checkbox", checked: scope === "ask" })]);
  const days = el("select", {}, ...DAYS.map((value) => el("option", { value, selected: value === "90" }, value ? t("account.days", { days: value }) : t("account.forever"))));
  const work = async () => {
    const scopes = ticks.filter(([, tick]) => tick.checked).map(([scope]) => ({ scope }));
    const made = await post("keys", { name: name.value.trim(), scopes, days: days.value ? Number(days.value) : null });
    await drawKeys(made.key);
  };
  const labelled = (label, input) => el("label", {}, el("span", { class: "label" }, label), input);
  return el(
    "details",
    {},
    el("summary", { class: "chip" }, t("account.make_key")),
    form(
      saveButton(t("account.make")),
      work,
      labelled(t("account.key_name"), name),
      el("fieldset", {}, el("legend", { class: "label" }, t("account.for_what")), el("div", { class: "ticks" }, ...ticks.map(([scope, tick]) => el("label", { class: "tick" }, tick, el("span", {}, t(`account.scope_${scope}`)))))),
      labelled(t("account.lasts"), days),
    ),
  );
}

async function drawKeys(fresh = null) {
  const { items } = await get("keys");
  const shown = fresh
    ? el(
        "div",
        { class: "shown", role: "status" },
        el("b", {}, t("account.shown_once")),
        el("code", {}, fresh),
        navigator.clipboard ? chip("copy", t("copy"), () => navigator.clipboard.writeText(fresh)) : null,
      )
    : null;
  content("keys").replaceChildren(
    ...[
      el("p", { class: "note lead" }, t("account.keys_lead")),
      shown,
      items.length ? el("ul", { class: "entries" }, ...items.map(drawKey)) : el("p", { class: "note" }, t("account.no_keys")),
      drawMaker(),
    ].filter(Boolean),
  );
}

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  document.title = `${t("account.title")} · ${t("brand")}`;
  document.body.classList.add("ready");
  me = await get("me");
  drawWho();
  drawPassword();
  await Promise.all([drawDevices(), drawKeys(), drawSchedules(content("schedules"))]);
}

switches.start(() => guarded(inLanguage));
await guarded(inLanguage);
document.body.classList.add("ready", "loaded");

// The page that lets people in: with a password, by a one-time link (#token), or as the owner of this machine.

import { drawNotice } from "./answer.js";
import { Problem, session, wayBack } from "./api.js";
import { byId } from "./dom.js";
import * as switches from "./switches.js";
import * as words from "./words.js";

const token = decodeURIComponent(location.hash.slice(1));
const isHere = /\/sign-in$/.test(location.pathname);

function tell(error) {
  if (!(error instanceof Problem)) throw error;
  const said = error.words ?? { text: words.t("offline_text"), hint: words.t("sign_in.offline_hint") };
  byId("told").replaceChildren(drawNotice({ level: "error", text: said.text, hint: said.hint }));
}

/** Come in, then go where they were, or to where a new password can be set. */
async function come(form, way, onward) {
  const sender = form.querySelector("[type=submit]");
  sender.disabled = true;
  byId("told").replaceChildren();
  try {
    await way();
    location.replace(onward());
  } catch (error) {
    sender.disabled = false;
    tell(error);
  }
}

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  document.title = `${words.t("sign_in.title")} · ${words.t("brand")}`;
}

byId("password").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  come(form, () => session.open(form.elements.email.value.trim(), form.elements.password.value), wayBack);
});
byId("link").addEventListener("submit", (event) => {
  event.preventDefault();
  come(event.target, () => session.enter(token), () => "account");
});

switches.start(() => inLanguage().catch(tell));
try {
  // A link is followed by a click, not by its being opened: whatever looks ahead at links lets nobody in.
  byId("link").hidden = !isHere || !token;
  byId("password").hidden = isHere && Boolean(token);
  if (isHere && token) history.replaceState(null, "", location.pathname);
  const [state] = await Promise.all([session.state(), inLanguage()]);
  // Another site's link brought them: its request had no cookies, the next one has.
  if (state.signed_in && !isHere) location.reload();
  byId("owner").hidden = !state.owner;
  byId("with-token").hidden = state.owner;
  byId("owner").querySelector("a").addEventListener("click", async (event) => {
    event.preventDefault();
    await session.close().catch(() => {});
    location.replace(wayBack());
  });
} catch (error) {
  tell(error);
}
document.body.classList.add("ready");

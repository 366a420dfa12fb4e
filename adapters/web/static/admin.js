// What administrators look after: people, keys of programs, the audit, settings that change while running, scheduled questions, upkeep.

import { drawAudit } from "./admin_audit.js";
import { drawJobs } from "./admin_jobs.js";
import { drawKeys } from "./admin_keys.js";
import { drawPeople } from "./admin_people.js";
import { drawEverybodys } from "./admin_schedules.js";
import { drawSettings } from "./admin_settings.js";
import { get } from "./api.js";
import { byId } from "./dom.js";
import { chip, offerPages, refusal } from "./parts.js";
import * as switches from "./switches.js";
import * as words from "./words.js";

const { t } = words;

async function guarded(work) {
  try {
    await work();
    byId("problem").replaceChildren();
  } catch (error) {
    byId("problem").replaceChildren(refusal(error, chip("again", t("dashboard.again"), () => guarded(show))));
  }
}

async function show() {
  const me = await get("me");
  offerPages(me);
  // Whoever may not is told so by the first of these, and sees nothing else.
  await get("users", { limit: 1 });
  const audit = drawAudit(byId("audit"));
  const ofPerson = (who) => {
    audit.ofPerson(who);
    byId("audit").scrollIntoView();
  };
  byId("rooms").hidden = false;
  byId("sections").hidden = false;
  await Promise.all([
    drawPeople(byId("people"), me, ofPerson),
    drawKeys(byId("keys")),
    audit.search(),
    drawSettings(byId("settings")),
    drawEverybodys(byId("schedules")),
    drawJobs(byId("jobs")),
  ]);
}

async function inLanguage() {
  await words.load();
  words.apply();
  switches.labels();
  document.title = `${t("admin.title")} · ${t("brand")}`;
  document.body.classList.add("ready");
  await show();
}

switches.start(() => guarded(inLanguage));
await guarded(inLanguage);
document.body.classList.add("ready", "loaded");

// The lists of the dashboard: who, with which model, when, of what, and what went wrong.

import { el } from "./dom.js";
import { costColumn, drawGrid } from "./grid.js";
import { drawHours } from "./hours.js";
import { card, csvLink } from "./overview.js";
import { foreign, percent } from "./amounts.js";
import { t } from "./words.js";

const share = (part, whole) => (whole ? part / whole : null);

const questions = () => ({ label: t("use.questions"), value: (row) => row.questions, shown: (row) => row.questions_text });
const tokens = () => ({ label: t("use.tokens"), value: (row) => row.tokens, shown: (row) => row.tokens_text });
const failed = () => ({
  label: t("dashboard.failed"),
  value: (row) => share(row.failed, row.questions),
  shown: (row) => el("span", {}, row.failed_text, el("small", {}, row.failed ? percent(row.failed, row.questions) : "")),
});

function list(use, listing, title, grid) {
  return card(title, [csvLink(listing, use.span, title)], drawGrid({ label: title, ...grid }));
}

/** Everybody, the dearest first. */
export function drawPeople(place, use) {
  const person = (row) => el("span", { class: "person" }, foreign(row.name), row.email ? foreign(row.email, { class: "note" }) : null);
  place.replaceChildren(
    list(use, "people", t("dashboard.people"), {
      rows: use.people,
      sort: 1,
      search: (row) => `${row.name} ${row.email}`,
      columns: [
        { label: t("dashboard.person"), text: true, value: (row) => row.name, shown: person },
        { ...costColumn(use.people), bar: (row) => Number(row.cost) },
        tokens(),
        questions(),
        failed(),
      ],
    }),
  );
}

function models(use) {
  return list(use, "models", t("dashboard.models"), {
    rows: use.models,
    sort: 1,
    columns: [
      { label: t("use.model"), text: true, value: (row) => row.name, shown: (row) => foreign(row.name) },
      { ...costColumn(use.models), bar: (row) => Number(row.cost) },
      tokens(),
      questions(),
      { label: t("dashboard.success"), value: (row) => share(row.questions - row.failed, row.questions), shown: (row) => percent(row.questions - row.failed, row.questions) },
      { label: t("dashboard.repaired"), value: (row) => share(row.repaired, row.questions), shown: (row) => percent(row.repaired, row.questions) },
      { label: t("dashboard.time"), value: (row) => row.seconds, shown: (row) => row.seconds_text },
    ],
  });
}

function named(use, listing, title, heading, rows) {
  return list(use, listing, title, {
    rows,
    sort: 1,
    search: (row) => row.name,
    columns: [
      { label: heading, text: true, value: (row) => row.name, shown: (row) => foreign(row.name || t("dashboard.unnamed")) },
      { ...questions(), bar: (row) => row.questions },
      failed(),
      costColumn(rows),
    ],
  });
}

/** How it is used: models, hours, databases, topics. */
export function drawPatterns(place, use) {
  const hours = t("dashboard.hours");
  place.replaceChildren(
    models(use),
    card(hours, [csvLink("hours", use.span, hours)], drawHours(use.hours, hours)),
    el(
      "div",
      { class: "pair" },
      named(use, "databases", t("dashboard.databases"), t("connection"), use.databases),
      named(use, "topics", t("dashboard.topics"), t("dashboard.topic"), use.topics),
    ),
  );
}

/** What was asked most, and what failed. */
export function drawLists(place, use) {
  place.replaceChildren(
    list(use, "questions", t("dashboard.questions_asked"), {
      rows: use.questions_asked,
      sort: 1,
      search: (row) => row.question,
      columns: [
        { label: t("dashboard.question"), text: true, value: (row) => row.question, shown: (row) => foreign(row.question, { class: "lines" }) },
        { label: t("dashboard.times"), value: (row) => row.times, shown: (row) => row.times_text, bar: (row) => row.times },
        { label: t("dashboard.people_asking"), value: (row) => row.people, shown: (row) => row.people_text },
        tokens(),
      ],
    }),
    list(use, "failures", t("dashboard.failures"), {
      rows: use.failures,
      sort: 1,
      columns: [
        { label: t("dashboard.reason"), text: true, value: (row) => row.reason, shown: (row) => el("span", { class: "lines", title: row.code }, row.reason) },
        { ...questions(), bar: (row) => row.questions },
        { label: t("dashboard.people_asking"), value: (row) => row.people, shown: (row) => row.people_text },
        { label: t("dashboard.last"), value: (row) => Date.parse(row.last), shown: (row) => row.last_text },
      ],
    }),
  );
}

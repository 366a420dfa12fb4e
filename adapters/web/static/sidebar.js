// What stands beside the conversation: the list of threads, the usage meter, language and theme.

import { get } from "./api.js";
import { byId, el, icon, memory } from "./dom.js";
import { lang, t } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const narrow = matchMedia("(max-width: 860px)");

/** List the threads; the open one is marked. */
export async function listThreads(current, onOpen) {
  const { threads } = await get("threads");
  const items = threads.map(({ thread, title }) =>
    el(
      "li",
      {},
      el(
        "a",
        {
          href: `#${thread}`,
          title,
          "aria-current": thread === current ? "true" : null,
          onclick: (event) => {
            event.preventDefault();
            openMenu(false);
            onOpen(thread);
          },
        },
        title,
      ),
    ),
  );
  byId("threads").replaceChildren(...(items.length ? items : [el("li", { class: "note" }, t("no_threads"))]));
  return threads.find(({ thread }) => thread === current)?.title ?? "";
}

const DAY = 24 * 3600 * 1000;

function resetTime(iso) {
  const at = new Date(iso);
  const near = at - Date.now() < DAY;
  return new Intl.DateTimeFormat(lang, near ? { timeStyle: "short" } : { month: "long", day: "numeric" }).format(at);
}

/** The three limits of tokens. */
export async function showUsage() {
  const { windows } = await get("usage");
  const meters = windows.map((one) => {
    const share = one.limit ? Math.min(1, one.used / one.limit) : 1;
    const used = t("used", { used: one.used_text, limit: one.limit_text });
    const meter = el("meter", { min: 0, max: 1, high: 0.8, optimum: 0, value: share, "aria-label": `${t(one.name)}: ${used}` });
    return el("div", { class: "window", title: t("resets", { time: resetTime(one.resets_at) }) }, el("span", {}, t(one.name)), el("span", {}, used), meter);
  });
  byId("usage").replaceChildren(...meters);
}

/** Open or close the list on a narrow screen; on a wide one it is always there. */
export function openMenu(yes) {
  document.body.classList.toggle("menu-open", yes);
  byId("veil").hidden = !yes;
  byId("open-menu").setAttribute("aria-expanded", String(yes));
  byId("sidebar").inert = narrow.matches && !yes;
  if (yes) byId("close-menu").focus();
}

function showTheme() {
  const theme = document.documentElement.dataset.theme;
  const button = byId("theme");
  const words = `${t("theme")}: ${t(`theme_${theme}`)}`;
  button.replaceChildren(icon(theme));
  button.setAttribute("aria-label", words);
  button.title = words;
}

/** Fill in what depends on the language. */
export function labels() {
  showTheme();
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
}

/** Listen. `onLanguage` is called with the language that was chosen. */
export function start(onLanguage) {
  for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    memory.set("theme", root.dataset.theme);
    showTheme();
  });
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => onLanguage(button.dataset.lang));
  }
  byId("open-menu").addEventListener("click", () => openMenu(true));
  byId("close-menu").addEventListener("click", () => {
    openMenu(false);
    byId("open-menu").focus();
  });
  byId("veil").addEventListener("click", () => openMenu(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("menu-open")) openMenu(false);
  });
  narrow.addEventListener("change", () => openMenu(false));
  openMenu(false);
}

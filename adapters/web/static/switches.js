// What stands around every page: its icons, its language, light or dark.

import { byId, icon, memory } from "./dom.js";
import { lang, t } from "./words.js";

const THEMES = ["auto", "light", "dark"];

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

/** Listen. `onLanguage` is called when another language was chosen. */
export function start(onLanguage) {
  for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    memory.set("theme", root.dataset.theme);
    showTheme();
  });
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => {
      memory.set("lang", button.dataset.lang);
      onLanguage();
    });
  }
}

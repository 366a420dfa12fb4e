// Every text of the page comes from the server's catalogue, in the reader's language.

import { pageWords } from "./api.js";
import { memory } from "./dom.js";

let words = {};

/** The language in use. */
export let lang = "en";

/** The language the reader chose, if any. */
export const chosen = () => memory.get("lang");

/** Load the words of the chosen language, or of the browser's. */
export async function load() {
  const answer = await pageWords();
  words = answer.words;
  lang = answer.lang;
  document.documentElement.lang = lang;
}

/** A sentence, its {blanks} filled; a brace that is written twice stands for itself. */
export function t(key, values = {}) {
  return (words[key] ?? "").replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name) => (name ? String(values[name] ?? "") : found[0]));
}

/** Fill what index.html has marked: text, accessible names and tooltips. */
export function apply(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    if (node.matches("button, a")) node.title = t(node.dataset.tLabel);
  }
}

// Where a question is written.

import { all } from "./api.js";
import { byId, el } from "./dom.js";

const box = byId("question");

function fit() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
}

/** Put a text into the box, for the reader to change. */
export function edit(text) {
  box.value = text;
  fit();
  box.focus();
}

/** The connection that was picked; null where there is nothing to pick. */
export function connection() {
  const picker = byId("connection");
  return picker.options.length > 1 ? picker.value : null;
}

/** Offer the connections to pick from: only when there is more than one. */
export async function offerConnections() {
  const connections = (await all("connections")).filter((one) => one.may_use && one.is_enabled);
  const picker = byId("connection");
  const before = picker.value;
  const options = connections.map(({ name, is_default: isDefault }) =>
    el("option", { value: name, selected: before ? name === before : isDefault }, name),
  );
  picker.replaceChildren(...options);
  picker.closest("label").hidden = connections.length < 2;
}

/** Listen. `ask` is called with the text. */
export function start(ask) {
  const submit = () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    fit();
    ask(text);
  };
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    // While a Hangul syllable is being composed, Enter finishes the syllable. Safari says so only by key code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    box.focus();
  });
}

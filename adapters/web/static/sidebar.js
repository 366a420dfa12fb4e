// What stands beside the conversation: the list of threads, and how it is opened on a narrow screen.

import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./words.js";

const narrow = matchMedia("(max-width: 860px)");

/** List the threads; the open one is marked. */
export async function listThreads(current, onOpen) {
  const { items: sessions } = await get("sessions");
  const items = sessions.map(({ session: thread, title }) =>
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
  return sessions.find(({ session }) => session === current)?.title ?? "";
}

/** Open or close the list on a narrow screen; on a wide one it is always there. */
export function openMenu(yes) {
  document.body.classList.toggle("menu-open", yes);
  byId("veil").hidden = !yes;
  byId("open-menu").setAttribute("aria-expanded", String(yes));
  byId("sidebar").inert = narrow.matches && !yes;
  if (yes) byId("close-menu").focus();
}

/** Listen. */
export function start() {
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

// Elements from data. Text only ever enters as text: nothing here, or anywhere in the page, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  up: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  copy: "M9 9h10v10H9zM5 15V5h10",
  code: "M9 7l-5 5 5 5M15 7l5 5-5 5",
  file: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  again: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  info: "M12 11v6M12 7.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  grid: "M4 5h16v14H4zM4 10h16M10 5v14",
  good: "M7 11l4-7c1.5 0 2 1 2 2v4h6l-2 9H7zM7 11H4v8h3",
  back: "M19 12H5M11 6l-6 6 6 6",
  clock: "M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  play: "M8 5l11 7-11 7z",
  chart: "M5 20v-8M12 20V5M19 20v-5",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.5 15.5L20 20",
  people: "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 20c0-3.5 2.7-5.5 6-5.5s6 2 6 5.5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 15c2 .7 3.5 2.4 3.5 5",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c0-3.7 3-6 7-6s7 2.3 7 6",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  base: "M4.5 6c0-1.7 3.4-3 7.5-3s7.5 1.3 7.5 3-3.4 3-7.5 3-7.5-1.3-7.5-3zM4.5 6v12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3V6M4.5 12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3",
  shield: "M12 3l7 2.8v5.4c0 4.5-2.9 8-7 9.8-4.1-1.8-7-5.3-7-9.8V5.8z",
  power: "M12 4v8M7.4 7a7 7 0 1 0 9.2 0",
  keep: "M7 4h10v16l-5-4-5 4z",
  bad: "M17 13l-4 7c-1.5 0-2-1-2-2v-4H5l2-9h10zM17 13h3V5h-3",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  dark: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z",
};

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element: attributes, listeners ("onclick"), then children: elements or plain text. */
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for a picture. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** One of our own line drawings, 24 by 24. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A fresh id. (crypto.randomUUID does not exist on plain http beyond localhost.) */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the browser remembers between visits; a browser that forbids it forgets, and nothing breaks. */
export const memory = {
  get(name) {
    try {
      return localStorage.getItem(`colloquery.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`colloquery.${name}`, value);
    } catch {
      // Forgotten, then.
    }
  },
};

// Figures of use in the reader's language: what the server did not put in words, and what needs several of its numbers.

import { el } from "./dom.js";
import { lang } from "./words.js";

/** A share (0 to 1) as a percentage; a dash of nothing. */
export function percent(part, whole) {
  if (!whole) return "–";
  return new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 }).format(part / whole);
}

/** A whole number. */
export const count = (value) => new Intl.NumberFormat(lang, { maximumFractionDigits: 0 }).format(value);

/**
 * US dollars of a column, all with the same places so that they stand under each other: three figures of the largest.
 * What is too small for them is said to be; the exact amount is the server's to say.
 */
export function moneyColumn(amounts) {
  const most = Math.max(0, ...amounts);
  const places = most >= 1 || most === 0 ? 2 : 2 - Math.floor(Math.log10(most));
  const least = 10 ** -places;
  const form = new Intl.NumberFormat(lang, { style: "currency", currency: "USD", minimumFractionDigits: places, maximumFractionDigits: places });
  return (amount) => (amount > 0 && amount < least / 2 ? `<${form.format(least)}` : form.format(amount));
}

// A calendar day has no zone: it is read and written in the same one, so that it stays itself.
const day = (iso) => new Date(`${iso}T00:00:00Z`);

/** A calendar day, short: "Jun 5", "6월 5일". */
export const shortDay = (iso) => new Intl.DateTimeFormat(lang, { month: "short", day: "numeric", timeZone: "UTC" }).format(day(iso));

/** A weekday by its number; 0 is Monday. */
export const weekday = (number, width = "short") =>
  new Intl.DateTimeFormat(lang, { weekday: width, timeZone: "UTC" }).format(day(`2024-01-0${number + 1}`));

const SOON = 24 * 3600 * 1000;

/** When a limit starts again: a time of day when that is near, else a day. */
export function resetTime(iso) {
  const at = new Date(iso);
  const near = at - Date.now() < SOON;
  return new Intl.DateTimeFormat(lang, near ? { timeStyle: "short" } : { month: "long", day: "numeric" }).format(at);
}

/** A moment: its day and time. */
export const moment = (iso) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

/** Somebody else's text: whatever direction it is written in, it turns nothing around it. */
export const foreign = (text, properties = {}) => el("bdi", { title: text, ...properties }, text);

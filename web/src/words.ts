/** The words people read for the names the contract uses. */
import type { Priority } from "./types";

export const PRIORITIES: readonly Priority[] = ["now", "today", "this_week", "routine"];

export const priorityWord: Record<Priority, string> = {
  now: "Now",
  today: "Today",
  this_week: "This week",
  routine: "Routine",
};

const statusWords: Record<string, string> = {
  new: "new",
  verifying: "verifying",
  verified: "verified",
  not_verified: "not verified",
  assessed: "assessed",
  monitoring: "monitoring",
  notified: "notified",
  alert_issued: "alert issued",
  closed: "closed",
  historical: "historical",
};

export const AWAITING = "awaiting laboratory";

export const CLOSING_CODES: readonly (readonly [string, string])[] = [
  ["real_acted", "real and acted on"],
  ["real_no_action", "real, no action"],
  ["data_artefact", "data artefact"],
  ["testing_or_reporting_change", "testing or reporting change"],
  ["known_event", "known event"],
  ["duplicate", "duplicate"],
  ["not_verifiable", "not verifiable"],
  ["retracted", "retracted"],
];

/** An identifier of the contract read as words: `first_seen` becomes `first seen`. */
export const spaced = (name: string): string => name.replaceAll("_", " ");

/** A message of the server as a sentence. */
export const sentence = (text: string): string => (text ? capital(/[.!?]$/.test(text) ? text : `${text}.`) : "");

/** A stream as people say it: an identifier becomes words, a title stays as it is. */
export const streamWord = (stream: string): string =>
  stream === "post_mortem" ? "post-mortem" : /[\s]/.test(stream) ? stream : spaced(stream).replaceAll("|", ", ");

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const statusWord = (status: string, label?: string | null): string =>
  label ?? statusWords[status] ?? spaced(status);

export const closingWord = (code: string): string =>
  CLOSING_CODES.find(([name]) => name === code)?.[1] ?? spaced(code);

export const periodWord = (every: string | null | undefined): string => {
  if (!every || every === "irregular") return "period";
  if (every === "12h") return "half day";
  return every;
};

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

const group = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const count = (n: number): string => group.format(n);

/** A measured or modelled number at the precision a reader can use. */
export function figure(n: number | null | undefined): string {
  if (n === null || n === undefined || Number.isNaN(n)) return "–";
  if (Number.isInteger(n)) return count(n);
  const size = Math.abs(n);
  if (size >= 1000) return count(n);
  if (size >= 10) return n.toFixed(1);
  if (size >= 0.1) return n.toFixed(2);
  return n === 0 ? "0" : n.toPrecision(2);
}

/** An expected count: one decimal, because it is a mean and not a count. */
export const mean = (n: number | null | undefined): string =>
  n === null || n === undefined ? "–" : Math.abs(n) < 1000 ? n.toFixed(1) : count(n);

/** First sentence of a finding's title and the rest, so that a row can show the claim and the page both. */
export function splitTitle(title: string): { head: string; rest: string } {
  const match = /^(.+?)(?<!\b(?:St|[A-Z]))\.\s+(?=[A-Z0-9“"])/s.exec(title);
  if (!match?.[1]) return { head: title.replace(/\.$/, ""), rest: "" };
  return { head: match[1], rest: title.slice(match[0].length) };
}

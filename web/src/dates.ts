/** Dates as people in the field write them; all arithmetic in UTC so that no time zone moves a day. */
import { utcFormat } from "d3-time-format";

const dayMonthYear = utcFormat("%-d %b %Y");
const weekdayDate = utcFormat("%a %-d %b %Y");
const dayMonth = utcFormat("%-d %b");
const longDay = utcFormat("%-d %B");
const monthYear = utcFormat("%b %Y");
const clock = utcFormat("%-d %b %Y %H:%M");

export function parseDate(text: string): Date | null {
  const date = new Date(text.length === 10 ? `${text}T00:00:00Z` : text);
  return Number.isNaN(date.getTime()) ? null : date;
}

const written = (text: string | null | undefined, format: (date: Date) => string): string => {
  if (!text) return "–";
  const date = parseDate(text);
  return date ? format(date) : text;
};

export const iso = (date: Date): string => date.toISOString().slice(0, 10);
export const day = (text: string | null | undefined): string => written(text, dayMonthYear);
export const weekday = (text: string | null | undefined): string => written(text, weekdayDate);
export const shortDay = (text: string | null | undefined): string => written(text, dayMonth);
export const dayInWords = (text: string | null | undefined): string => written(text, longDay);
export const moment = (text: string | null | undefined): string => written(text, clock);

/** A date without its year when the year is that of the date of knowledge. */
export function near(text: string | null | undefined, reference: string | null | undefined): string {
  if (!text) return "–";
  return text.slice(0, 4) === (reference ?? "").slice(0, 4) ? shortDay(text) : day(text);
}

const quarter = (date: Date): string => `${date.getUTCFullYear()} Q${Math.floor(date.getUTCMonth() / 3) + 1}`;

const lastOfMonth = (date: Date): boolean => new Date(date.getTime() + 86_400_000).getUTCDate() === 1;

/** A day, or a span written “2026-03-01 to 2026-03-31”: a whole month by its name, else both ends. */
export function between(text: string, reference: string | null): string {
  const [first = "", last] = text.split(" to ");
  if (!last) return near(first.slice(0, 10), reference);
  const start = parseDate(first);
  const end = parseDate(last);
  if (start?.getUTCDate() === 1 && end && lastOfMonth(end) && start.getUTCMonth() === end.getUTCMonth()) return monthYear(start);
  return `${near(first, last)} to ${near(last, reference)}`;
}

/** The name of a period: “week of 3 Mar 2026”, “Mar 2026”, “2026 Q1”, “2026”. */
export function periodName(start: string, every: string | null | undefined): string {
  const date = parseDate(start);
  if (!date) return start;
  if (every === "year") return String(date.getUTCFullYear());
  if (every === "quarter") return quarter(date);
  if (every === "month") return monthYear(date);
  if (every === "week") return `week of ${dayMonthYear(date)}`;
  return dayMonthYear(date);
}

/** The span of an episode in the words of its cadence. */
export function span(when: { start: string; end: string; every: string }): string {
  const { start, end, every } = when;
  if (every === "month" || every === "quarter" || every === "year") {
    const first = periodName(start, every);
    const last = periodName(end, every);
    return first === last ? first : `${first} to ${last}`;
  }
  if (start === end) return day(start);
  return `${near(start, end)} to ${day(end)}`;
}

const stepDays: Record<string, number> = { day: 1, week: 7 };
const stepMonths: Record<string, number> = { month: 1, quarter: 3, year: 12 };

/** The start of the period after the one that starts at `start`, or null for a cadence without a grid. */
export function nextPeriod(start: Date, every: string): Date | null {
  const days = stepDays[every];
  if (days) return new Date(start.getTime() + days * 86_400_000);
  const months = stepMonths[every];
  if (!months) return null;
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, start.getUTCDate()));
}

/** Periods and their places on the page: shared by the series and the coverage strip below it. */
import { type ScaleLinear, scaleLinear, scaleUtc } from "d3-scale";
import { utcFormat } from "d3-time-format";
import { iso, nextPeriod, parseDate } from "../dates";
import type { Cell, Coverage, Row, SeriesFields } from "../types";
import { count, figure } from "../words";

/** Below this width in pixels labels are short and a phone's 24 periods are kept. */
export const NARROW = 440;

export interface Point {
  start: string;
  date: Date;
  observed: number | null;
  /** The counts behind a share: n of so many. */
  n: number | null;
  of: number | null;
  expected: number | null;
  threshold: number | null;
  lower: number | null;
  upper: number | null;
  alarm: boolean;
  incomplete: boolean;
  /** False for a period that only the coverage strip speaks of: nothing is drawn there, not even a gap. */
  inSeries: boolean;
}

const number = (value: Cell | undefined): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

function blank(date: Date, inSeries: boolean): Point {
  return {
    start: iso(date),
    date,
    observed: null,
    n: null,
    of: null,
    expected: null,
    threshold: null,
    lower: null,
    upper: null,
    alarm: false,
    incomplete: false,
    inSeries,
  };
}

function pointOf(row: Row, view: SeriesFields): Point | null {
  const x = row[view.x];
  const date = typeof x === "string" ? parseDate(x.slice(0, 10)) : null;
  if (!date) return null;
  const at = (column: string | null | undefined) => (column ? number(row[column]) : null);
  return {
    ...blank(date, true),
    observed: at(view.observed),
    n: at(view.n),
    of: at(view.of),
    expected: at(view.expected),
    threshold: at(view.threshold),
    lower: at(view.lower),
    upper: at(view.upper),
    alarm: view.alarm ? row[view.alarm] === true : false,
    incomplete: view.incomplete ? row[view.incomplete] === true : false,
  };
}

/** What was observed, in words: a share is told as x of n. */
export const observedOf = ({ observed, n, of }: Point): string =>
  n !== null && of !== null ? `${count(n)} of ${count(of)}` : observed === null ? "" : figure(observed);

const gapNames: readonly (readonly [number, number, string])[] = [
  [1, 1, "day"],
  [7, 7, "week"],
  [28, 31, "month"],
  [90, 92, "quarter"],
  [365, 366, "year"],
];

/** The most frequent gap between dates by name, and the share of gaps that have it. */
function commonGap(dates: readonly Date[]): { name: string; share: number } {
  const seen = new Map<string, number>();
  for (let i = 1; i < dates.length; i++) {
    const days = Math.round(((dates[i]?.getTime() ?? 0) - (dates[i - 1]?.getTime() ?? 0)) / 86_400_000);
    const name = gapNames.find(([least, most]) => days >= least && days <= most)?.[2] ?? "irregular";
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const [name, n] = [...seen].sort((a, b) => b[1] - a[1])[0] ?? ["irregular", 0];
  return { name, share: n / Math.max(1, dates.length - 1) };
}

/** The cadence of a series: as the view says, unless nearly all its rows stand at another one. */
export function cadenceOf(view: SeriesFields & { rows: Row[] }): string {
  const dates = view.rows
    .map((row) => parseDate(String(row[view.x] ?? "").slice(0, 10)))
    .filter((date) => date !== null)
    .sort((a, b) => a.getTime() - b.getTime());
  const { name, share } = commonGap(dates);
  return view.every && (name === "irregular" || share < 0.8) ? view.every : name;
}

/** Rows of a series view in time order, with a point for every period of the grid that has no row: missing, not zero. */
export function seriesPoints(view: SeriesFields & { rows: Row[] }, cadence: string = cadenceOf(view)): Point[] {
  const given = view.rows.map((row) => pointOf(row, view)).filter((point) => point !== null);
  given.sort((a, b) => a.date.getTime() - b.date.getTime());
  const points: Point[] = [];
  for (const point of given) {
    const last = points.at(-1);
    let next = last ? nextPeriod(last.date, cadence) : null;
    while (next && next < point.date && points.length < 20_000) {
      points.push(blank(next, true));
      next = nextPeriod(next, cadence);
    }
    points.push(point);
  }
  return points;
}

/** Adds the periods that only the coverage speaks of, so that both are drawn on one axis. */
export function withCoverage(points: Point[], coverage: Coverage | null): Point[] {
  if (!coverage) return points;
  const known = new Set(points.map((point) => point.start));
  const first = points[0]?.start ?? "";
  const extra = coverage.periods
    .map((period) => parseDate(period.slice(0, 10)))
    .filter((date) => date !== null)
    .filter((date) => !known.has(iso(date)) && iso(date) >= first)
    .map((date) => blank(date, false));
  return [...points, ...extra].sort((a, b) => a.date.getTime() - b.date.getTime());
}

export interface Frame {
  width: number;
  left: number;
  right: number;
  step: number;
  n: number;
  /** Middle of period i in pixels. */
  mid: (i: number) => number;
  /** Left edge of period i in pixels. */
  edge: (i: number) => number;
}

/** Lays n periods on a width, leaving room at the right for the longest label of so many characters. */
export function frame(width: number, n: number, longest = 0): Frame {
  const left = 34;
  const right = width >= NARROW ? Math.min(Math.max(132, longest * 5.2 + 14), Math.max(132, width * 0.28)) : 96;
  const step = Math.max(width - left - right, 40) / Math.max(n, 1);
  const edge = (i: number) => left + i * step;
  return { width, left, right, step, n, edge, mid: (i) => edge(i) + step / 2 };
}

/** The number of periods that still read well at a width; a phone keeps 24. */
export function periodsFor(width: number): number {
  if (width < NARROW) return 24;
  return Math.max(40, Math.floor((width - 166) / 7));
}

export interface Tick {
  x: number;
  label: string;
}

const monthYear = utcFormat("%b %Y");
const month = utcFormat("%b");
const dayMonth = utcFormat("%-d %b");
const dayOnly = utcFormat("%-d");

/** Time ticks placed by period: the first and every new year carry the year, the rest only what changed. */
export function timeTicks(points: readonly Point[], frame: Frame): Tick[] {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return [];
  const room = Math.max(2, Math.floor((frame.width - frame.left - frame.right) / 64));
  const dates = scaleUtc().domain([first.date, last.date]).ticks(room);
  const daily = (dates[1]?.getTime() ?? 0) - (dates[0]?.getTime() ?? 0) < 27 * 86_400_000 && dates.length > 1;
  const placed = dates.flatMap((date) => {
    const after = points.findIndex((point) => point.date >= date);
    return after < 0 ? [] : [{ date, x: frame.edge(after) }];
  });
  if ((placed[0]?.x ?? Infinity) - frame.left > 62) placed.unshift({ date: first.date, x: frame.left });
  const ticks: Tick[] = [];
  let before: Date | null = null;
  let free = -Infinity;
  for (const { date, x } of placed) {
    const label = daily ? dayLabel(date, before) : monthLabel(date, before);
    if (x < free) continue;
    ticks.push({ x, label });
    before = date;
    free = x + label.length * 6.2 + 8;
  }
  return ticks;
}

const dayLabel = (date: Date, before: Date | null) =>
  before && before.getUTCMonth() === date.getUTCMonth() ? dayOnly(date) : dayMonth(date);

function monthLabel(date: Date, before: Date | null): string {
  if (date.getUTCMonth() === 0 && before && before.getUTCMonth() === 0) return String(date.getUTCFullYear());
  return !before || before.getUTCFullYear() !== date.getUTCFullYear() ? monthYear(date) : month(date);
}

/** The vertical scale of counts: always from zero. */
export function countScale(points: readonly Point[], top: number, bottom: number): ScaleLinear<number, number> {
  const highest = points.reduce(
    (most, { observed, threshold, upper, expected }) =>
      Math.max(most, observed ?? 0, threshold ?? 0, upper ?? 0, expected ?? 0),
    0,
  );
  return scaleLinear()
    .domain([0, highest > 0 ? highest * 1.06 : 1])
    .nice(5)
    .range([bottom, top]);
}

/** Runs of consecutive points for which `has` holds, as [first, last] indices. */
export function runs(points: readonly Point[], has: (point: Point) => boolean): [number, number][] {
  const found: [number, number][] = [];
  points.forEach((point, i) => {
    if (!has(point)) return;
    const last = found.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else found.push([i, i]);
  });
  return found;
}

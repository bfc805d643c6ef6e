import type { DrawnSeries, Row } from "../src/types";

export const view: DrawnSeries = {
  kind: "series",
  title: "Deaths with fentanyl",
  unit: "deaths a week",
  x: "period_start",
  observed: "observed",
  expected: "expected",
  threshold: "upperbound",
  lower: null,
  upper: null,
  alarm: "alarm",
  incomplete: "incomplete",
  every: "week",
  rows: [],
};

/** Weeks from Monday 5 January 2026. */
export const weekStart = (i: number): string => new Date(Date.UTC(2026, 0, 5 + 7 * i)).toISOString().slice(0, 10);

export const weeks = (values: (number | null)[], more: (i: number) => Row = () => ({})): Row[] =>
  values.map((observed, i) => ({ period_start: weekStart(i), observed, expected: 5, upperbound: 9, alarm: false, incomplete: false, ...more(i) }));

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Timeline } from "../src/views/timeline";
import { seriesPoints } from "../src/views/axis";
import type { DrawnSeries } from "../src/types";
import { view, weeks } from "./rows";

afterEach(cleanup);

const draw = (drawn: DrawnSeries, simulated = false) => render(<Timeline view={drawn} simulated={simulated} />);

/** The y coordinates of the points of a path of M and L steps. */
const ys = (d: string): number[] => [...d.matchAll(/[ML][-\d.]+,([-\d.]+)/g)].map((match) => Number(match[1]));

describe("series", () => {
  it("breaks the line and hatches where a value is null or a period has no row, and never draws zero there", () => {
    const rows = weeks([4, 6, null, 5, 7, 6, 8]).filter((_, i) => i !== 4);
    draw({ ...view, rows });
    expect(screen.getAllByTestId("missing")).toHaveLength(2);
    const d = screen.getByTestId("observed").getAttribute("d") ?? "";
    expect(d.match(/M/g)).toHaveLength(3);
    expect(ys(d)).toHaveLength(5);
    const zeroLine = 236 - 24;
    expect(Math.max(...ys(d))).toBeLessThan(zeroLine - 40);
    expect(screen.getAllByText(/2 weeks without a report/).length).toBeGreaterThan(0);
  });

  it("draws a reported zero on the base line, without a hatch", () => {
    draw({ ...view, rows: weeks([4, 0, 6]) });
    expect(screen.queryByTestId("missing")).toBeNull();
    expect(Math.max(...ys(screen.getByTestId("observed").getAttribute("d") ?? ""))).toBe(236 - 24);
  });

  it("starts the axis at zero however high the counts are", () => {
    draw({ ...view, rows: weeks([104, 106, 105]) });
    expect(screen.getByText("0")).toBeTruthy();
  });

  it("dots the incomplete tail on sunk ground with hollow points", () => {
    draw({ ...view, rows: weeks([4, 6, 5, 3, 1], (i) => ({ incomplete: i >= 3 })) });
    expect(screen.getAllByTestId("incomplete")).toHaveLength(1);
    expect(screen.getAllByTestId("hollow")).toHaveLength(2);
    const dotted = screen.getByTestId("observed-incomplete");
    expect(dotted.classList.contains("dotted")).toBe(true);
    expect(dotted.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    expect(ys(screen.getByTestId("observed").getAttribute("d") ?? "")).toHaveLength(3);
    expect(screen.getByText("1 received so far")).toBeTruthy();
  });

  it("marks exactly the alarms with a diamond, and one on missing data with none", () => {
    draw({ ...view, rows: weeks([4, 12, 13, null, 5], (i) => ({ alarm: i >= 1 && i <= 3 })) });
    expect(screen.getAllByTestId("alarm")).toHaveLength(2);
    expect(screen.getByText("2 alarms in a row")).toBeTruthy();
  });

  it("shows a threshold known for the last period only", () => {
    draw({ ...view, rows: weeks([4, 5, 12], (i) => (i < 2 ? { upperbound: null, expected: null } : {})) });
    expect(screen.getByTestId("threshold").getAttribute("d")).toMatch(/^M[\d.]+,[\d.]+H[\d.]+$/);
    expect(screen.getByText("threshold 9.0")).toBeTruthy();
  });

  it("tells a share as x of n", () => {
    const rows = weeks([0.1, 0.25], (i) => ({ found: i + 1, tested: 10 - 6 * i }));
    draw({ ...view, rows, n: "found", of: "tested" });
    expect(screen.getByText("2 of 4 observed")).toBeTruthy();
  });

  it("says SIMULATED only of simulated data", () => {
    draw({ ...view, rows: weeks([1, 2, 3]) }, true);
    expect(screen.getAllByTestId("simulated").length).toBeGreaterThan(0);
    cleanup();
    draw({ ...view, rows: weeks([1, 2, 3]) }, false);
    expect(screen.queryByTestId("simulated")).toBeNull();
  });

  it("has a table behind it that says no report in words", () => {
    draw({ ...view, rows: weeks([4, null, 6], (i) => ({ alarm: i === 2 })) });
    fireEvent.click(screen.getByRole("button", { name: "table" }));
    const rows = screen.getAllByRole("row").map((row) => row.textContent);
    expect(rows[1]).toContain("19 Jan 2026");
    expect(rows[1]).toContain("alarm");
    expect(rows[2]).toContain("–");
    expect(rows[2]).toContain("no report");
  });

  it("reads period by period from the keyboard", () => {
    draw({ ...view, rows: weeks([4, 12, null], (i) => ({ alarm: i === 1 })) });
    const reader = screen.getByRole("slider");
    fireEvent.keyDown(reader, { key: "End" });
    expect(reader.getAttribute("aria-valuetext")).toBe("week of 19 Jan 2026: no report");
    fireEvent.keyDown(reader, { key: "ArrowLeft" });
    expect(reader.getAttribute("aria-valuetext")).toBe("week of 12 Jan 2026: 12 observed, 5.0 expected, threshold 9.0, alarm");
  });

  it("fills a monthly grid over a year's end", () => {
    const rows = ["2025-11-01", "2026-02-01"].map((period_start) => ({ period_start, observed: 3 }));
    const points = seriesPoints({ ...view, rows }, "month");
    expect(points.map((point) => [point.start, point.observed])).toEqual([
      ["2025-11-01", 3],
      ["2025-12-01", null],
      ["2026-01-01", null],
      ["2026-02-01", 3],
    ]);
  });

  it("keeps the grid its rows stand on when the view names a finer one", () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ period_start: new Date(Date.UTC(2025, i, 1)).toISOString().slice(0, 10), observed: i }));
    expect(seriesPoints({ ...view, every: "week", rows })).toHaveLength(12);
    expect(seriesPoints({ ...view, every: "week", rows: weeks([1, null, null, 2, 3, null, 4]).filter((row) => row.observed !== null) })).toHaveLength(7);
  });

  it("says so when no period was known on the date", () => {
    draw({ ...view, rows: [] });
    expect(screen.getByText(/No periods known on this date/)).toBeTruthy();
  });
});

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { rowsOf } from "../src/analyses/RunView";
import { DataTable } from "../src/views/table";

afterEach(cleanup);

const columns = [
  { name: "series", title: "Series", type: "string" },
  { name: "observed", title: "Observed", type: "int64" },
  { name: "alarm", title: "Alarm", type: "boolean" },
];
const rows = [
  { series: "a", observed: 9, alarm: true },
  { series: "b", observed: null, alarm: false },
  { series: "c", observed: 0, alarm: null },
  { series: "d", observed: 31 },
];
const column = (i: number) =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.querySelectorAll("td")[i]?.textContent);

describe("table", () => {
  it("tells a missing value from zero and from false", () => {
    render(<DataTable label="Counts" columns={columns} rows={rows} />);
    expect(column(1)).toEqual(["9", "–", "0", "31"]);
    expect(column(2)).toEqual(["yes", "no", "–", "–"]);
  });

  it("sorts numbers as numbers, missing ones last in both directions", () => {
    render(<DataTable label="Counts" columns={columns} rows={rows} />);
    const head = screen.getByRole("button", { name: /Observed/ });
    fireEvent.click(head);
    expect(column(1)).toEqual(["31", "9", "0", "–"]);
    fireEvent.click(head);
    expect(column(1)).toEqual(["0", "9", "31", "–"]);
    expect(screen.getByRole("columnheader", { name: /Observed/ }).getAttribute("aria-sort")).toBe("ascending");
  });

  it("shows the first hundred rows of many, says so, and all when asked", () => {
    const many = Array.from({ length: 240 }, (_, i) => ({ series: `s${i}`, observed: i, alarm: false }));
    render(<DataTable label="Counts" columns={columns} rows={many} />);
    expect(screen.getAllByRole("row")).toHaveLength(101);
    expect(screen.getByText(/First 100 of 240 rows/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Show all" }));
    expect(screen.getAllByRole("row")).toHaveLength(241);
  });

  it("takes the rows of a result's table that equal the filter, numbers by their text", () => {
    const tables = { detect: [{ series: "x", year: 2025 }, { series: "x", year: 2026 }, { series: "y", year: 2026 }] };
    expect(rowsOf({ table: "detect", filter: { series: "x", year: "2026" } }, tables)).toEqual([{ series: "x", year: 2026 }]);
    expect(rowsOf({ table: "absent" }, tables)).toEqual([]);
  });
});

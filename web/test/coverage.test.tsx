import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Coverage } from "../src/types";
import { shareReceived } from "../src/views/coverage";
import { Timeline } from "../src/views/timeline";
import { view, weekStart, weeks } from "./rows";

afterEach(cleanup);

const states = ["complete", "late", "partial", "zero", "none", "absent", "not_due"];
const coverage: Coverage = {
  every: "week",
  periods: states.map((_, i) => weekStart(i)),
  streams: [{ stream: "post_mortem", title: "Post-mortem", states, received: 0.8 }],
};

describe("coverage strip", () => {
  it("draws every state in its own way: what was not reported is not a reported zero", () => {
    render(<Timeline view={{ ...view, rows: weeks([1, 2, 3, 0, null]) }} coverage={coverage} simulated={false} />);
    const strip = within(screen.getByTestId("coverage"));
    const looks = states.map((state) => strip.getByTestId(`state-${state}`).outerHTML.replace(/(x|y|cx|cy|width|height|fill|data-testid)="[^"]*"/g, ""));
    expect(new Set(looks).size).toBe(states.length);
    expect(strip.getByTestId("state-zero").querySelector("circle")).not.toBeNull();
    expect(strip.getByTestId("state-none").innerHTML).toContain("url(#");
    expect(strip.getByTestId("state-not_due").classList.contains("dashed")).toBe(true);
  });

  it("stands on the axis of the series: the same week is at the same place", () => {
    render(<Timeline view={{ ...view, rows: weeks([1, 2, 3, 0, null, 5, 6]) }} coverage={coverage} simulated={false} />);
    const none = within(screen.getByTestId("coverage")).getByTestId("state-none").querySelector("rect");
    const gap = screen.getByTestId("missing").querySelector("rect");
    const middle = (rect: Element | null | undefined) => Number(rect?.getAttribute("x")) + Number(rect?.getAttribute("width")) / 2;
    expect(middle(none)).toBeCloseTo(middle(gap), 5);
  });

  it("does not call a period after the series missing: it is not due yet", () => {
    render(<Timeline view={{ ...view, rows: weeks([1, 2, 3, 4, 5]) }} coverage={coverage} simulated={false} />);
    expect(screen.queryByTestId("missing")).toBeNull();
    expect(within(screen.getByTestId("coverage")).getByTestId("state-not_due")).toBeTruthy();
  });

  it("counts received of due; not yet due and not in the stream are neither", () => {
    expect(shareReceived(states)).toEqual({ received: 4, due: 5 });
  });

  it("has its own table with the last period that lacks a report", () => {
    render(<Timeline view={{ ...view, rows: weeks([1, 2]) }} coverage={coverage} simulated={false} />);
    fireEvent.click(screen.getAllByRole("button", { name: "table" })[1] as HTMLElement);
    const row = screen.getByRole("row", { name: /Post-mortem/ });
    expect(row.textContent).toContain("4 of 5");
    expect(row.textContent).toContain("week of 2 Feb 2026");
  });
});

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { finding as fixture, inbox } from "../dev/fixture";
import { figuresOf } from "../src/finding/Overview";
import { ClosingForm } from "../src/finding/ClosingForm";
import { Conflict } from "../src/finding/Conflict";
import { StatusMenu, choicesOf } from "../src/finding/StatusMenu";
import { WhyBars } from "../src/finding/WhyBars";
import { facts, groups, matches } from "../src/inbox/order";
import { stopsOf } from "../src/shell/AsKnownOn";
import type { ItemDetail, StatusChange } from "../src/types";
import { splitTitle } from "../src/words";

afterEach(cleanup);

const items = inbox("open", null).findings;
const third = fixture(items[2]?.finding.key ?? "")?.body as ItemDetail;

describe("finding", () => {
  it("keeps a stream without data in the why table, not counted and not zero", () => {
    render(<WhyBars item={third} />);
    const row = screen.getByRole("row", { name: /Toxicology/ });
    expect(row.textContent).toContain("due 28 Apr");
    expect(row.textContent).toContain("not counted");
    expect(row.textContent).not.toMatch(/\b0\b/);
    expect(screen.getAllByRole("row")[1]?.textContent).toContain("Emergency service");
    expect(screen.getByTestId("simulated").textContent).toBe("SIMULATED");
  });

  it("gives every figure the words of what it counts, at most five", () => {
    const figures = figuresOf(third);
    expect(figures.length).toBeLessThanOrEqual(5);
    expect(figures.every((one) => one.words.length > 0)).toBe(true);
    expect(figures.at(-1)).toMatchObject({ value: "163", words: "records" });
  });

  it("splits a title into claim and rest without breaking initials or abbreviations", () => {
    expect(splitTitle("Metonitazene: first detection in LV. 3 of 41 tested. Confirmed.")).toEqual({
      head: "Metonitazene: first detection in LV",
      rest: "3 of 41 tested. Confirmed.",
    });
    expect(splitTitle("Closed by A. Brennan, St. Gallen.").head).toBe("Closed by A. Brennan, St. Gallen");
  });
});

describe("status", () => {
  it("offers what the desk allows, and waiting for the laboratory as a label of verifying", () => {
    expect(choicesOf({ allowed: ["verifying", "closed"], status: "new", status_label: null })).toEqual([
      { status: "verifying" },
      { status: "verifying", label: "awaiting laboratory" },
      { status: "closed" },
    ]);
    expect(choicesOf({ allowed: ["verified"], status: "verifying", status_label: "awaiting laboratory" })).toEqual([
      { status: "verified" },
      { status: "verifying" },
    ]);
  });

  it("is chosen by a digit and carries the version that was read", () => {
    const change = vi.fn(() => Promise.resolve());
    render(<StatusMenu item={{ ...third, version: 7 }} pick={undefined} close={() => undefined} change={change} />);
    fireEvent.keyDown(screen.getByRole("menu"), { key: "2" });
    expect(change).toHaveBeenCalledWith({ status: "not_verified", version: 7 });
  });

  it("closes only with a code and a sentence", async () => {
    const submit = vi.fn(() => Promise.resolve());
    render(<ClosingForm cancel={() => undefined} submit={submit} />);
    const close = screen.getByRole("button", { name: "Close finding" });
    fireEvent.click(close);
    expect(screen.getByRole("alert").textContent).toContain("Choose what it was");
    fireEvent.click(screen.getByLabelText("data artefact"));
    fireEvent.click(close);
    expect(screen.getByRole("alert").textContent).toContain("sentence");
    expect(submit).not.toHaveBeenCalled();
    fireEvent.change(screen.getByLabelText(/One sentence/), { target: { value: "Two files were sent twice." } });
    fireEvent.click(close);
    expect(submit).toHaveBeenCalledWith("data_artefact", "Two files were sent twice.");
    await screen.findByRole("button", { name: "Close finding" });
  });

  it("shows both versions when another person was faster", () => {
    const mine: StatusChange = { status: "closed", closing_code: "duplicate", reason: "Same file.", version: 7 };
    render(<Conflict stale={{ mine, theirs: { ...third, status: "verified" } }} keepTheirs={() => undefined} applyMine={() => undefined} />);
    const alert = screen.getByRole("alert");
    for (const text of ["verified", "closed: duplicate", "Same file."]) expect(alert.textContent).toContain(text);
    expect(screen.getAllByRole("button")).toHaveLength(2);
  });
});

describe("inbox", () => {
  it("groups by priority in the order of urgency and keeps the server's order inside", () => {
    expect(groups(items).map((group) => group.priority)).toEqual(["now", "today", "this_week", "routine"]);
    expect(groups(items).flatMap((group) => group.items)).toEqual(items);
  });

  it("filters by any words of the finding", () => {
    expect(items.filter((item) => matches(item, "malmö nitazene"))).toHaveLength(1);
    expect(items.filter((item) => matches(item, ""))).toHaveLength(items.length);
  });

  it("prints a share as x of n with its interval", () => {
    expect(facts(items[3] as ItemDetail)[0]).toBe("4 of 19 tablets (8.5–43.3 %)");
  });
});

describe("as known on", () => {
  it("has one stop per day with a delivery, and the latest date last", () => {
    const delivery = { batch_id: "b", recorded_at: "", source: "", record_type: "count", rows: 5 };
    const stops = stopsOf(
      [
        { ...delivery, known_from: "2026-03-30" },
        { ...delivery, known_from: "2026-03-01" },
        { ...delivery, known_from: "2026-03-30" },
        { ...delivery, known_from: null },
      ],
      "2026-04-07",
    );
    expect(stops.map(({ date, rows }) => [date, rows])).toEqual([
      ["2026-03-01", 5],
      ["2026-03-30", 10],
      ["2026-04-07", 0],
    ]);
  });
});

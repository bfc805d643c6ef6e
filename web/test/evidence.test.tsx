import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EvidenceTable } from "../src/views/evidence";
import { SourceRow } from "../src/views/SourceRow";

const columns = ["record_id", "happened", "known_from", "as_reported", "note", "file", "row"].map((name) => ({ name, title: name }));
const total = 1000;
const asked: string[] = [];

function answer(url: string): { status: number; body: unknown } {
  asked.push(url);
  if (url.includes("/records/"))
    return {
      status: 200,
      body: {
        record_id: "P-3",
        versions: [
          { record_id: "P-3", substances: "heroin", batch_id: "b1", known_from: "2026-03-16", recorded_at: "2026-03-16T06:00:00Z" },
          { record_id: "P-3", substances: "metonitazene", batch_id: "b2", known_from: "2026-03-23", recorded_at: "2026-03-23T06:00:00Z" },
        ],
        source_row: { file: "ems_w11.csv", row: 212, cells: { Datum: "15.03.2026", dose: "007,50", leer: "" } },
      },
    };
  if (url.includes("finding=broken")) return { status: 404, body: { error: "Batch b9 was withdrawn.", mend: "Choose a later date." } };
  const query = new URL(url, "http://x").searchParams;
  const n = query.get("finding") === "small" ? 4 : total;
  const offset = Number(query.get("offset"));
  const rows = Array.from({ length: Math.max(0, Math.min(Number(query.get("limit")), n - offset)) }, (_, i) => ({
    record_id: `P-${offset + i}`,
    happened: "2026-03-15",
    known_from: "2026-03-16",
    as_reported: "naloxone 2 doses",
    note: null,
    file: "ems_w11.csv",
    row: 212 + i,
  }));
  return { status: 200, body: { record_type: "specimen", total: n, columns, rows } };
}

beforeEach(() => {
  asked.length = 0;
  window.history.replaceState(null, "", "/inbox?finding=f");
  vi.stubGlobal("fetch", (url: string) => {
    const { status, body } = answer(url);
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const table = (finding: string, head?: number) => (
  <EvidenceTable of={{ recordType: "specimen", finding }} knownOn="2026-04-07" asOf="2026-04-07" head={head} label="Evidence" />
);

describe("evidence", () => {
  it("leads from a record to its file and row, and opens the source row as the file had it", async () => {
    render(
      <>
        {table("small")}
        <SourceRow simulated />
      </>,
    );
    const link = await screen.findByRole("link", { name: "P-3" });
    expect(link.closest("tr")?.textContent).toContain("ems_w11.csv");
    fireEvent.click(link);
    expect(new URLSearchParams(window.location.search).get("record")).toBe("P-3");
    const panel = await screen.findByTestId("source-row");
    await waitFor(() => expect(panel.textContent).toContain("row 212"));
    expect(panel.textContent).toContain("007,50");
    expect(panel.textContent).toContain("15.03.2026");
    expect(panel.textContent).toContain("empty");
    expect(panel.textContent).toContain("heroin became metonitazene");
    expect(panel.textContent).toContain("SIMULATED");
    fireEvent.keyDown(panel, { key: "Escape" });
    expect(screen.queryByTestId("source-row")).toBeNull();
  });

  it("asks for what was known on the date", async () => {
    render(table("small"));
    await screen.findByRole("link", { name: "P-0" });
    expect(asked[0]).toContain("known_on=2026-04-07");
    expect(asked[0]).toContain("finding=small");
  });

  it("keeps only the rows in view in the page and fetches further ones when they are scrolled to", async () => {
    render(table("many"));
    await screen.findByRole("link", { name: "P-0" });
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    const region = screen.getByRole("region");
    Object.defineProperty(region, "scrollTop", { value: 26 * 700 });
    fireEvent.scroll(region);
    await screen.findByRole("link", { name: "P-700" });
    expect(asked.some((url) => url.includes("offset=600"))).toBe(true);
    expect(asked.filter((url) => url.includes("offset=0&"))).toHaveLength(1);
    expect(screen.queryByRole("link", { name: "P-0" })).toBeNull();
  });

  it("puts the error with its mend in the place of the table", async () => {
    render(table("broken"));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Batch b9 was withdrawn.");
    expect(alert.textContent).toContain("Choose a later date.");
  });
});

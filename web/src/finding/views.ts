import type { DrawnEvidence, DrawnSeries, DrawnTable, ItemDetail } from "../types";

export interface Views {
  series: DrawnSeries[];
  tables: DrawnTable[];
  evidence: DrawnEvidence[];
}

/** The views of a finding by kind. */
export const viewsOf = (item: ItemDetail): Views => ({
  series: item.views.filter((view) => view.kind === "series"),
  tables: item.views.filter((view) => view.kind === "table"),
  evidence: item.views.filter((view) => view.kind === "evidence"),
});

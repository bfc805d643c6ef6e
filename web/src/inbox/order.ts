/** What the inbox shows of the findings the server sent, in the server's order. */
import type { Item, Priority } from "../types";
import { PRIORITIES, mean, figure, splitTitle } from "../words";

/** Every word of the filter has to occur somewhere in the finding's words. */
export function matches(item: Item, filter: string): boolean {
  const { finding } = item;
  const text = [finding.title, finding.what, finding.where, item.where_name ?? "", finding.analysis, finding.kind]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export interface Group {
  priority: Priority;
  items: Item[];
}

export function groups(items: readonly Item[]): Group[] {
  return PRIORITIES.map((priority) => ({
    priority,
    items: items.filter((item) => item.finding.priority === priority),
  })).filter((group) => group.items.length > 0);
}

/** The fact of a finding with its n: what the title says next, else what was observed against what was expected. */
export function facts(item: Item): string[] {
  const { finding } = item;
  const { head, rest } = splitTitle(finding.title);
  const next = rest.split(/\.\s/)[0]?.replace(/\.$/, "") ?? "";
  const first = finding.why[0];
  if (/^\d[\d,]* of \d/.test(next)) return next.split(", ");
  const records = `${figure(finding.evidence.n)} ${finding.evidence.n === 1 ? "record" : "records"}`;
  if (/\bexpected\b/.test(head)) return next && next.length <= 44 ? [next, records] : [records];
  if (first?.observed != null && first.expected != null)
    return [`${figure(first.observed)} observed, ${mean(first.expected)} expected`];
  if (next) return next.split(", ");
  if (first?.observed != null) return [`${figure(first.observed)} ${first.stream}`];
  return [records];
}

/** Shapes of the HTTP answers under /api/v1; null is a missing value, dates are ISO strings. */

export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };
export type Row = Record<string, Cell | undefined>;

export type Priority = "now" | "today" | "this_week" | "routine";
export type Every = "hour" | "12h" | "day" | "week" | "month" | "quarter" | "year";

export interface Delivery {
  batch_id: string;
  known_from: string | null;
  recorded_at: string;
  source: string;
  record_type: string;
  rows: number;
}

export interface Status {
  version: string;
  workspace: { name: string; simulated: boolean };
  person: string | null;
  latest: string | null;
  deliveries: Delivery[];
  counts: { open: number; historical: number; closed: number };
  analyses: { name: string; title: string }[];
}

export interface Why {
  stream: string;
  observed: number | null;
  expected: number | null;
  lower: number | null;
  upper: number | null;
  share: number | null;
  note: string | null;
}

export interface Finding {
  key: string;
  id: string;
  analysis: string;
  method: string;
  version: string;
  kind: string;
  what: string;
  where: string;
  when: { start: string; end: string; every: string };
  known_on: string | null;
  batch_id: string | null;
  title: string;
  priority: Priority;
  probability: number | null;
  score: number | null;
  threshold: number | null;
  interval: [number, number] | null;
  why: Why[];
  evidence: { record_type: string; record_ids: string[]; n: number; query: Row };
  would_clear: string | null;
  vocabulary_version: string | null;
  marking: string;
}

export interface Spark {
  observed: (number | null)[];
  threshold: number | null;
  alarms: number[];
}

export interface Item {
  finding: Finding;
  where_name?: string | null;
  status: string;
  status_label: string | null;
  status_since: string | null;
  raised_again_at?: string | null;
  closing_code: string | null;
  reason: string | null;
  revision: number;
  revisions: number;
  version: number;
  simulated: boolean;
  spark: Spark | null;
}

export interface Inbox {
  known_on: string | null;
  findings: Item[];
}

export interface SeriesFields {
  title: string;
  finding?: string | null;
  x: string;
  observed: string;
  expected: string | null;
  threshold: string | null;
  lower: string | null;
  upper: string | null;
  alarm: string | null;
  incomplete: string | null;
  n?: string | null;
  of?: string | null;
  unit: string;
  every?: string | null;
}

export interface Column {
  name: string;
  title: string;
  type?: string;
}

export type DrawnSeries = SeriesFields & { kind: "series"; rows: Row[]; columns?: Column[] | string[] };
export type DrawnTable = { kind: "table"; title: string; finding?: string | null; columns: Column[]; rows: Row[] };
export type DrawnEvidence = {
  kind: "evidence";
  title: string;
  finding?: string | null;
  record_type: string;
  query?: Row;
  total: number;
};
export type DrawnView = DrawnSeries | DrawnTable | DrawnEvidence;

/** A view in the answer of a run: it names a table of the result and the rows it takes. */
export type PlannedView =
  | (SeriesFields & { kind: "series"; table: string; filter?: Record<string, string> })
  | { kind: "table"; title: string; finding?: string | null; table: string; filter?: Record<string, string>; columns?: string[] }
  | { kind: "evidence"; title: string; finding?: string | null };

export interface Coverage {
  every: string;
  periods: string[];
  streams: { stream: string; title: string; states: string[]; received: number | null }[];
}

export interface HistoryEntry {
  at: string;
  who: string;
  kind?: string;
  from: string | null;
  to: string;
  label: string | null;
  closing_code: string | null;
  reason: string | null;
}

export interface Revision {
  id: string;
  known_on: string | null;
  title: string;
  priority: Priority;
  raised_again: boolean;
  recorded_at: string;
}

export interface Again {
  command: string;
  python: string;
}

export interface ItemDetail extends Item {
  views: DrawnView[];
  coverage: Coverage | null;
  history: HistoryEntry[];
  revision_history: Revision[];
  again: Again;
  record: { raised: number; verified: number; artefact: number; open: number } | null;
  allowed: string[];
}

export interface StatusChange {
  status: string;
  label?: string;
  closing_code?: string;
  reason?: string;
  version: number;
}

export interface EvidencePage {
  record_type: string;
  total: number;
  columns: Column[];
  rows: Row[];
}

export interface RecordVersions {
  record_id: string;
  versions: Row[];
  source_row: { file: string; row: number | null; cells: Record<string, Cell> } | null;
}

export interface AnalysisEntry {
  name: string;
  title: string;
  question: string;
  reads: string[];
  missing_extra?: string | null;
}

/** The part of JSON Schema that Pydantic writes for a flat set of parameters. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: Cell;
  enum?: Cell[];
  const?: Cell;
  anyOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface AnalysisPage {
  name: string;
  title: string;
  version: string;
  reads: string[];
  params_schema: Schema;
  readme_html: string;
  defaults: Record<string, Cell>;
}

export interface RunResult {
  analysis: string;
  version: string;
  params: Record<string, Cell>;
  known_on: string | null;
  batch_id: string | null;
  findings: Finding[];
  tables: Record<string, Row[]>;
  notes: string[];
  views: PlannedView[];
  /** Keys of the findings that rest on SIMULATED records, from a header of the answer; absent when it did not say. */
  simulated?: string[] | undefined;
  /** How many rows each table has, of which the page is sent those it draws; from a header of the answer. */
  rows?: Record<string, number> | undefined;
}

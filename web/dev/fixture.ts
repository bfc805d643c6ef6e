/** SIMULATED workspace for development: every number here is made up by the formulas below. */
import type { Cell, Item, ItemDetail, Priority, Row, RunResult, Status } from "../src/types";

const monday = Date.UTC(2024, 9, 7);
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const week = (i: number) => iso(monday + i * 7 * 86_400_000);
const N = 78;
const noise = (i: number) => ((i * 7919) % 11) - 5;

const rows: Row[] = Array.from({ length: N }, (_, i) => {
  const expected = 20 + 4 * Math.sin(i / 8) + (i > 45 ? 4 : 0);
  const tail = i >= N - 3;
  const alarm = i >= N - 7 && i < N - 3;
  const observed = i === 11 || i === 12 ? null : tail ? [36, 27, 11][i - N + 3] : Math.max(0, Math.round(expected + noise(i) + (alarm ? 14 : 0)));
  return { period_start: week(i), observed, expected, upperbound: expected + 9.6, lower: expected - 7, upper: expected + 7, alarm, incomplete: tail, series: "poisonings|LV-RIX" };
});

const streams: [string, string, (i: number) => string][] = [
  ["ems", "Emergency service", (i) => (i === N - 1 ? "partial" : "complete")],
  ["ed_a", "Hospital A, Rīga", (i) => (i === 11 || i === 12 ? "none" : i === 33 ? "late" : i > N - 3 ? "partial" : "complete")],
  ["pil", "Poisons line", (i) => (i % 10 === 0 ? "zero" : "complete")],
  ["tox", "Toxicology", (i) => (i > N - 8 ? "not_due" : i % 4 === 0 ? (i === 28 ? "none" : "complete") : "absent")],
];

const spark = { observed: rows.slice(-24).map((row) => row.observed as number | null), threshold: 31, alarms: [17, 18, 19, 20] };

interface Seed {
  title: string;
  priority: Priority;
  kind?: string;
  status?: string;
  label?: string;
  where: string;
  analysis?: string;
  known: string;
}

const seeds: Seed[] = [
  { title: "Counterfeit oxycodone tablets with a nitazene, Rīga. 6 of 19 tablets (15.4–54.0 %), seized and surrendered 16 March to 2 April. Confirmed with reference standard in two laboratories.", priority: "now", kind: "emergence", where: "Rīga", analysis: "emerge", known: "2026-04-07" },
  { title: "Metonitazene: first detection in LV (post-mortem). 3 of 41 tested, died 2–19 March, known 4 April. Confirmed with reference standard. In this laboratory's panel since 1 February.", priority: "now", kind: "sentinel", where: "Latvia", analysis: "emerge", known: "2026-04-04" },
  { title: "Opioid poisonings above threshold 4 weeks running, Rīga. 41 treated in the week of 9 March; 21 were expected, and 31 would have been enough to raise this. The last three weeks are still filling.", priority: "today", status: "verifying", where: "Rīga", known: "2026-04-06" },
  { title: "Oxycodone tablets with a nitazene, Malmö. 4 of 19 tablets (8.5–43.3 %).", priority: "today", status: "verifying", label: "awaiting laboratory", where: "Malmö", analysis: "emerge", known: "2026-04-05" },
  { title: "Carfentanil in syringe residues, Kirde-Eesti. 5 of 88 syringes (2.5–12.6 %).", priority: "today", where: "Kirde-Eesti", analysis: "emerge", known: "2026-04-06" },
  { title: "Bromazolam: testing began in one laboratory, Kaunas. 12 of 40 tested (18.1–45.4 %); none looked for before 1 March.", priority: "this_week", kind: "testing_began", status: "assessed", where: "Kaunas", analysis: "emerge", known: "2026-03-31" },
  { title: "Methadone deaths above threshold, Cork and Kerry. 9 in February, 4.1 expected.", priority: "this_week", status: "verified", where: "Cork", known: "2026-03-30" },
  { title: "Xylazine: resurgence after 14 months, Tallinn. 7 of 61 samples (5.7–21.8 %).", priority: "this_week", status: "monitoring", where: "Tallinn", analysis: "emerge", known: "2026-03-27" },
  { title: "Tramadol seizures above threshold, Trieste. 11 in March, 5.2 expected.", priority: "routine", where: "Trieste", known: "2026-03-20" },
  { title: "Heroin purity stream reported late, Rotterdam. Two of three months received.", priority: "routine", status: "closed", where: "Rotterdam", known: "2026-03-18" },
];

const items: Item[] = seeds.map((seed, i) => ({
  finding: {
    key: `${seed.analysis ?? "detect"}:${seed.kind ?? "above_threshold"}:${i}/x`,
    id: `rev${i}`,
    analysis: seed.analysis ?? "detect",
    method: seed.analysis === "emerge" ? "emergence" : "farrington-flexible",
    version: "0.1.0",
    kind: seed.kind ?? "above_threshold",
    what: i < 2 ? "metonitazene" : "opioid poisonings",
    where: seed.where,
    when: { start: "2026-03-02", end: "2026-03-23", every: "week" },
    known_on: seed.known,
    batch_id: "b-2214",
    title: seed.title,
    priority: seed.priority,
    probability: i === 0 ? 0.97 : null,
    score: 2.08 - i / 7,
    threshold: 1,
    interval: i === 0 ? [0.91, 0.99] : null,
    why: seed.analysis === "emerge" && i > 0 ? [{ stream: "post-mortem", observed: 3, expected: 0.1, lower: 0, upper: 1, share: 1, note: null }] : [
      { stream: "Emergency service", observed: 17, expected: 9, lower: 4, upper: 14, share: 0.4, note: null },
      { stream: "Hospital A, Rīga", observed: 13, expected: 5.6, lower: 2, upper: 10, share: 0.37, note: null },
      { stream: "Poisons line", observed: 5, expected: 2.5, lower: 0, upper: 6, share: 0.13, note: "two callers, one tablet" },
      { stream: "Hospital B, Rīga", observed: 6, expected: 3.9, lower: 1, upper: 8, share: 0.1, note: null },
      { stream: "Toxicology", observed: null, expected: null, lower: null, upper: null, share: null, note: "due 28 Apr" },
    ],
    evidence: { record_type: "specimen", record_ids: ["P-26-07381"], n: i === 0 ? 1163 : 163, query: { place: "LV" } },
    would_clear: "30 or fewer in the week of 9 March. Without any one stream it is still raised; without the emergency service and Hospital A together (11, threshold 12) it is not.",
    vocabulary_version: "2026.1",
    marking: "TLP:CLEAR",
  },
  where_name: seed.where,
  status: seed.status ?? "new",
  status_label: seed.label ?? null,
  status_since: "2026-04-04T09:10:00Z",
  closing_code: seed.status === "closed" ? "duplicate" : null,
  reason: null,
  revision: 1,
  revisions: 2,
  version: 1,
  simulated: true,
  spark: i % 4 === 3 ? { observed: [1, 0, null, null, 2, 4], threshold: null, alarms: [5] } : spark,
}));

const next: Record<string, string[]> = {
  new: ["verifying", "closed"],
  verifying: ["verified", "not_verified", "closed"],
  verified: ["assessed", "closed"],
  not_verified: ["verifying", "closed"],
  assessed: ["monitoring", "notified", "alert_issued", "closed"],
  closed: ["verifying"],
};

export const status = (): Status => ({
  version: "0.1.0",
  workspace: { name: "demo", simulated: true },
  person: "A. Brennan",
  latest: "2026-04-07",
  deliveries: Array.from({ length: 40 }, (_, i) => ({ batch_id: `b-${i}`, known_from: iso(Date.UTC(2025, 5, 2) + i * 7.93 * 86_400_000), recorded_at: "2026-04-07T06:00:00Z", source: "generic", record_type: "specimen", rows: 40 + ((i * 331) % 400) })),
  counts: { open: items.filter((one) => one.status !== "closed").length, historical: 0, closed: items.filter((one) => one.status === "closed").length },
  analyses: [{ name: "detect", title: "Unusual counts" }, { name: "emerge", title: "Substances newly there" }],
});

export function inbox(list: string, knownOn: string | null) {
  const wanted = (item: Item) => list === "all" || (list === "closed") === (item.status === "closed");
  const known = knownOn ?? "2026-04-07";
  return { known_on: known, findings: items.filter((item) => wanted(item) && list !== "historical" && (item.finding.known_on ?? "") <= known) };
}

const series = { kind: "series", x: "period_start", observed: "observed", expected: "expected", threshold: "upperbound", lower: "lower", upper: "upper", alarm: "alarm", incomplete: "incomplete", unit: "persons a week", every: "week" } as const;

export function finding(key: string): { body: ItemDetail } | null {
  const item = items.find((one) => one.finding.key === key);
  if (!item) return null;
  return {
    body: {
      ...item,
      views: [
        { ...series, title: "Non-fatal opioid poisonings, Rīga and Pierīga", rows: rows.filter((_, i) => i !== 12) },
        { kind: "table", title: "Weeks that raised it", columns: [{ name: "period_start", type: "date", title: "Week from" }, { name: "observed", type: "int64", title: "Observed" }, { name: "upperbound", type: "float64", title: "Threshold" }], rows: rows.slice(-8) },
        { kind: "evidence", title: "Evidence", record_type: "specimen", query: {}, total: item.finding.evidence.n },
      ],
      coverage: { every: "week", periods: rows.map((_, i) => week(i)), streams: streams.map(([stream, title, state]) => ({ stream, title, states: rows.map((_, i) => state(i)), received: 0.96 })) },
      history: [{ at: "2026-04-04T09:10:00Z", who: "A. Brennan", from: "new", to: item.status, label: item.status_label, closing_code: null, reason: null }],
      revision_history: [
        { id: item.finding.id, known_on: item.finding.known_on, title: item.finding.title, priority: item.finding.priority, raised_again: true, recorded_at: "2026-04-07T06:00:00Z" },
        { id: "older", known_on: "2026-03-30", title: item.finding.title, priority: "this_week", raised_again: false, recorded_at: "2026-03-30T06:00:00Z" },
      ],
      again: again(item.finding.analysis, "{}"),
      record: { raised: 41, verified: 17, artefact: 9, open: 3 },
      allowed: next[item.status] ?? ["closed"],
    },
  };
}

export function change(key: string, asked: Record<string, unknown>): { status?: number; body: unknown } {
  const item = items.find((one) => one.finding.key === key);
  if (!item) return { status: 404, body: { error: "No such finding.", mend: "" } };
  if (asked.version !== item.version || key.endsWith(":4/x")) return { status: 409, body: { error: "The finding was changed meanwhile.", mend: "Read it again.", item: { ...item, status: "verifying", version: item.version } } };
  Object.assign(item, { status: asked.status, status_label: asked.label ?? null, closing_code: asked.closing_code ?? null, reason: asked.reason ?? null, version: item.version + 1 });
  return { body: item };
}

const reported = ["opioid toxidrome, naloxone 2 doses", "T40.4, respiratory arrest", "T40.2, sold as oxycodone tablet", "caller: blue tablet, one taken", "two people, one address, naloxone 4 doses"];

export function evidence(offset: number, limit: number, key: string | null) {
  const total = items.find((one) => one.finding.key === key)?.finding.evidence.n ?? 40;
  return {
    record_type: "specimen",
    total,
    columns: ["Record", "Happened", "Known", "Source", "Place", "As reported", "Note", "File", "Row"].map((title, i) => ({ name: ["record_id", "happened", "known_from", "source", "place", "as_reported", "note", "file", "row"][i] ?? "", title })),
    rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, j) => {
      const i = offset + j;
      return { record_id: `P-26-0${7381 - i}`, happened: iso(Date.UTC(2026, 2, 15) - i * 4e7), known_from: iso(Date.UTC(2026, 2, 16) - i * 4e7), source: ["Emergency service", "Hospital A", "Poisons line"][i % 3], place: "Rīga", as_reported: reported[i % 5], note: i % 7 === 2 ? "corrected from T40.1 on 23 Mar" : null, file: ["ems_w11.csv", "ed_w11.ndjson", "pl_2026-03.xlsx"][i % 3], row: 212 - (i % 200) };
    }),
  };
}

export const record = (id: string) => ({
  record_id: id,
  versions: [
    { record_id: id, place: "LV-RIX", stream: "clinical", substances: "heroin", n: 1, batch_id: "b-2201", known_from: "2026-03-16", recorded_at: "2026-03-16T06:12:00Z" },
    { record_id: id, place: "LV-RIX", stream: "clinical", substances: "metonitazene", n: 1, batch_id: "b-2214", known_from: "2026-03-23", recorded_at: "2026-03-23T06:12:00Z" },
  ],
  source_row: { file: "ems_w11.csv", row: 212, cells: { date: "15.03.2026", time: "21:15", place: "Rīga", text: "opioid toxidrome, naloxone 2 doses", naloxone: "2", outcome: "" } },
});

export const analyses = () => [
  { name: "detect", title: "Unusual counts", question: "Which counts are higher than their own past explains?", reads: ["counts"], missing_extra: null },
  { name: "emerge", title: "Substances newly there", question: "Which substances are new, growing or back, and which are merely newly tested for?", reads: ["detections", "panel", "report", "event"], missing_extra: null },
];

const properties = {
  method: { type: "string", enum: ["farrington-flexible", "ears-c1", "ears-c2", "ears-c3"], default: "farrington-flexible", description: "How the expected count is found." },
  b: { type: "integer", minimum: 1, maximum: 20, default: 5, description: "Years back." },
  w: { type: "integer", minimum: 0, default: 3, description: "Half-window in periods around the same time of year." },
  reweight: { type: "boolean", default: true, description: "Lower the weight of past outbreaks." },
  alpha: { anyOf: [{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: "null" }], default: null, description: "Tail probability of the threshold; none is the method's own default." },
  limit54: { type: "array", prefixItems: [{ type: "integer" }, { type: "integer" }], minItems: 2, maxItems: 2, default: [5, 4], description: "No alarm with fewer than 5 counts in the last 4 periods." },
  range: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null, description: "Only the last N periods of the grid." },
};

export const analysis = (name: string) => ({
  name,
  title: analyses().find((one) => one.name === name)?.title ?? name,
  version: "0.1.0",
  reads: ["counts"],
  params_schema: { type: "object", properties },
  readme_html: "<h1>Unusual counts</h1><h2>Question</h2><p>Which counts are higher than their own past explains?</p><h2>Method</h2><p>Quasi-Poisson regression on the same time of earlier years (Noufaily 2013).</p><table><thead><tr><th>Parameter</th><th>Default</th></tr></thead><tbody><tr><td>b</td><td>5</td></tr></tbody></table><pre><code>papaver run detect</code></pre>",
  defaults: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, one.default as Cell])),
});

export function again(name: string, text: string) {
  const params = Object.entries(JSON.parse(text) as Record<string, Cell>);
  return {
    command: [`papaver run ${name}`, ...params.map(([key, value]) => `--set ${key}=${String(value)}`)].join(" "),
    python: `import papaver\nresult = papaver.run("${name}"${params.map(([key, value]) => `, ${key}=${JSON.stringify(value)}`).join("")})\nprint(result.findings)`,
  };
}

export function run(name: string, asked: Record<string, unknown>): { status?: number; body: unknown } {
  const params = asked.params as Record<string, Cell>;
  if (params.b === 13) return { status: 422, body: { error: "One parameter is refused.", mend: "b at most 12 here.", errors: [{ field: "b", message: "13 years are not in these data: 12 are." }] } };
  const found = items.slice(2, 4).map((item) => item.finding);
  const body: RunResult = {
    analysis: name,
    version: "0.1.0",
    params,
    known_on: "2026-04-07",
    batch_id: "b-2214",
    findings: found,
    tables: { [name]: rows },
    notes: ["2 series were not used: fewer than 3 years before the first period asked for."],
    views: found.map((one) => ({ ...series, title: one.title.split(". ")[0] ?? "", finding: one.key, table: name, filter: { series: "poisonings|LV-RIX" } })),
  };
  return { body };
}

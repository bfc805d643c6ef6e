import { day, span } from "../dates";
import { Link } from "../Link";
import { PriorityMark } from "../marks/Priority";
import { Simulated } from "../marks/Simulated";
import { Empty } from "../marks/States";
import { useWorkbench } from "../shell/context";
import type { DrawnSeries, DrawnTable, Finding, PlannedView, Row, RunResult } from "../types";
import { setParams, usePlace, withParams } from "../url";
import { capital, count, figure, plural, spaced, splitTitle } from "../words";
import { TableView } from "../finding/tabs";
import { EvidenceTable } from "../views/evidence";
import { SourceRow } from "../views/SourceRow";
import { columnsOf } from "../views/table";
import { Timeline } from "../views/timeline";

/** The rows of a result's table that a view takes: those equal to its filter in every named column. */
export function rowsOf(view: { table: string; filter?: Record<string, string> }, tables: RunResult["tables"]): Row[] {
  const wanted = Object.entries(view.filter ?? {});
  return (tables[view.table] ?? []).filter((row) => wanted.every(([name, value]) => String(row[name] ?? "") === value));
}

/** A view of a whole table: it is shown once, below, with its own title. */
const isWhole = (view: PlannedView): boolean =>
  view.kind === "table" && !view.finding && Object.keys(view.filter ?? {}).length === 0 && !view.columns?.length;

const wholeTitle = (views: readonly PlannedView[], table: string): string =>
  views.find((view) => isWhole(view) && view.kind === "table" && view.table === table)?.title ?? capital(spaced(table));

/** What a run gave: findings first, then one drawing at a time, then the tables. */
export function RunView({ result }: { result: RunResult }) {
  const { status } = useWorkbench();
  const { params } = usePlace();
  const { simulated } = status.workspace;
  // What belongs to one finding says SIMULATED only when its own records are; a whole table may hold both.
  const madeUp = (key: string | undefined) => (key && result.simulated ? result.simulated.includes(key) : simulated);
  const drawable = result.views.filter((view) => view.kind !== "evidence" && !isWhole(view));
  const ofFirst = drawable.findIndex((view) => view.kind === "series" && view.finding === result.findings[0]?.key);
  const firstSeries = ofFirst >= 0 ? ofFirst : Math.max(0, drawable.findIndex((view) => view.kind === "series"));
  const asked = Number(params.get("show") ?? firstSeries);
  const chosen = drawable[asked] ? asked : firstSeries;
  const view = drawable[chosen];
  const finding = result.findings.find((one) => one.key === view?.finding) ?? null;
  return (
    <div className="run" data-testid="run">
      <p className="run-line">
        <strong>{plural(result.findings.length, "finding")}</strong> as known on {day(result.known_on)}.{" "}
        {Object.entries(result.tables)
          .map(([name, rows]) => `${plural(result.rows?.[name] ?? rows.length, "row")} in ${name}`)
          .join(", ")}
        . <Simulated when={simulated} />
      </p>
      {result.notes.length > 0 && <Notes notes={result.notes} />}
      {result.findings.length > 0 && <RunFindings findings={result.findings} views={drawable} shown={finding?.key ?? null} />}
      {result.findings.length === 0 && <Empty>Nothing was raised with these parameters. The tables below hold what was looked at.</Empty>}
      {drawable.length > 1 && (
        <label className="show-which">
          Shown{" "}
          <select className="field" value={chosen} onChange={(event) => setParams({ show: event.target.value }, { replace: true })}>
            {drawable.map((one, i) => (
              <option key={i} value={i}>
                {optionOf(one, result.findings)}
              </option>
            ))}
          </select>
        </label>
      )}
      {view && <Drawn view={view} tables={result.tables} simulated={madeUp(finding?.key)} />}
      {finding && finding.evidence.record_ids.length > 0 && <RunEvidence finding={finding} simulated={madeUp(finding.key)} />}
      {Object.entries(result.tables).map(([name, rows]) => (
        <TableView key={name} simulated={simulated} view={{ kind: "table", title: wholeTitle(result.views, name), columns: columnsOf(rows), rows }} />
      ))}
    </div>
  );
}

/** Views of two places may share a title: place and time of the finding tell them apart. */
function optionOf(view: PlannedView, findings: readonly Finding[]): string {
  const finding = findings.find((one) => one.key === view.finding);
  return [capital(view.title), finding && `${finding.where}, ${span(finding.when)}`].filter(Boolean).join(" · ");
}

function Drawn({ view, tables, simulated }: { view: PlannedView; tables: RunResult["tables"]; simulated: boolean }) {
  if (view.kind === "series") {
    const drawn: DrawnSeries = { ...view, rows: rowsOf(view, tables) };
    return <Timeline view={drawn} simulated={simulated} height={260} />;
  }
  if (view.kind === "table") {
    const rows = rowsOf(view, tables);
    const drawn: DrawnTable = { kind: "table", title: view.title, columns: columnsOf(rows, view.columns), rows };
    return <TableView view={drawn} simulated={simulated} />;
  }
  return null;
}

const Notes = ({ notes }: { notes: string[] }) => (
  <details className="notes" open={notes.length <= 3}>
    <summary>{capital(plural(notes.length, "note"))}: what was not used and why</summary>
    <ul>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  </details>
);

function RunFindings({ findings, views, shown }: { findings: Finding[]; views: PlannedView[]; shown: string | null }) {
  return (
    <div className="table-scroll capped" role="region" aria-label="Findings" tabIndex={0}>
      <table className="data stacked" data-testid="run-findings">
        <thead>
          <tr>
            <th scope="col">Finding</th>
            <th scope="col">When</th>
            <th scope="col" className="num">
              Score
            </th>
            <th scope="col" className="num">
              Records
            </th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => {
            const i = views.findIndex((view) => view.finding === finding.key);
            const { head } = splitTitle(finding.title);
            return (
              <tr key={finding.key} aria-selected={shown === finding.key}>
                <td>
                  <PriorityMark priority={finding.priority} sentinel={finding.kind === "sentinel"} />{" "}
                  {i < 0 ? (
                    head
                  ) : (
                    <Link href={withParams({ show: String(i), record: null, record_type: null })} replace>
                      {head}
                    </Link>
                  )}
                </td>
                <td data-label="When" className="keep">
                  {span(finding.when)}
                </td>
                <td data-label="Score" className="num">
                  {figure(finding.score)}
                </td>
                <td data-label="Records" className="num">
                  {count(finding.evidence.n)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function RunEvidence({ finding, simulated }: { finding: Finding; simulated: boolean }) {
  const { knownOn, asOf } = useWorkbench();
  const { record_type: recordType, record_ids: ids, n } = finding.evidence;
  return (
    <section>
      <div className="caption">
        <h2>
          Evidence{" "}
          <small>
            {count(ids.length)} of {plural(n, `${spaced(recordType)} record`)}
          </small>
        </h2>
        <span className="caption-end">
          <Simulated when={simulated} />
        </span>
      </div>
      <div className="with-source">
        <EvidenceTable of={{ recordType, ids }} knownOn={knownOn} asOf={asOf} label="Evidence" />
        <SourceRow simulated={simulated} />
      </div>
    </section>
  );
}

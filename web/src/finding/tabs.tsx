import { Simulated } from "../marks/Simulated";
import { Empty } from "../marks/States";
import { useWorkbench } from "../shell/context";
import type { DrawnTable, ItemDetail } from "../types";
import { capital, plural } from "../words";
import { EvidenceTable } from "../views/evidence";
import { SourceRow } from "../views/SourceRow";
import { DataTable } from "../views/table";
import { Timeline } from "../views/timeline";
import { AgainBlock } from "./Again";
import { Clears, Model, RuleRecord } from "./aside";
import type { Views } from "./views";
import { WhyBars } from "./WhyBars";

interface Props {
  item: ItemDetail;
  views: Views;
}

export function TableView({ view, simulated }: { view: DrawnTable; simulated: boolean }) {
  return (
    <section>
      <div className="caption">
        <h2>{capital(view.title)}</h2>
        <span className="caption-end">
          <Simulated when={simulated} />
        </span>
      </div>
      <DataTable label={view.title} columns={view.columns} rows={view.rows} empty="No rows as known on this date." />
    </section>
  );
}

/** Everything that was counted to raise the finding. */
export function WhyTab({ item, views }: Props) {
  return (
    <div className="columns">
      <div className="main-column">
        {views.series.map((view, i) => (
          <Timeline
            key={`${view.title}${i}`}
            view={view}
            coverage={i === 0 ? item.coverage : null}
            simulated={item.simulated}
            height={i === 0 ? 300 : 200}
          />
        ))}
        {item.finding.why.length > 0 && <WhyBars item={item} title="Contribution per stream" />}
        {views.tables.map((view, i) => (
          <TableView key={`${view.title}${i}`} view={view} simulated={item.simulated} />
        ))}
        {views.series.length + views.tables.length === 0 && (
          <Empty>This analysis draws nothing for the finding; its records are under Evidence.</Empty>
        )}
      </div>
      <aside className="side-column" aria-label="Method and record">
        <Clears item={item} />
        <Model item={item} />
        <RuleRecord item={item} />
        <AgainBlock again={item.again} />
      </aside>
    </div>
  );
}

/** All records behind the finding, with the source row of one of them beside the table. */
export function EvidenceTab({ item, views }: Props) {
  const { knownOn, asOf } = useWorkbench();
  const { finding } = item;
  const given = views.evidence.length
    ? views.evidence
    : [{ title: "Evidence", record_type: finding.evidence.record_type, total: finding.evidence.n }];
  return (
    <>
      {given.map((view) => (
        <section key={view.record_type}>
          <div className="caption">
            <h2>
              {view.title} <small>{plural(view.total, "record")} as known on this date</small>
            </h2>
            <span className="caption-end">
              <Simulated when={item.simulated} />
            </span>
          </div>
          <div className="with-source">
            <EvidenceTable
              of={{ recordType: view.record_type, finding: finding.key }}
              knownOn={knownOn}
              asOf={asOf}
              label={view.title}
            />
            <SourceRow simulated={item.simulated} />
          </div>
        </section>
      ))}
    </>
  );
}

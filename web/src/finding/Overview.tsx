import { Link } from "../Link";
import { Simulated } from "../marks/Simulated";
import { useWorkbench } from "../shell/context";
import type { ItemDetail } from "../types";
import { withParams } from "../url";
import { count, figure, mean, plural, splitTitle, streamWord } from "../words";
import { EvidenceTable } from "../views/evidence";
import { SourceRow } from "../views/SourceRow";
import { Timeline } from "../views/timeline";
import { AgainBlock } from "./Again";
import { Clears, Model, RuleRecord } from "./aside";
import type { Views } from "./views";
import { WhyBars } from "./WhyBars";

interface Figure {
  value: string;
  aside?: string;
  words: string;
}

const percent = (part: number): string => (part * 100).toFixed(1);

/** A finding about a share says so in its title, as x of n; the interval beside it is that of the share. */
function shareOf({ title, interval }: ItemDetail["finding"]): Figure | null {
  const [, x, n] = /^([\d,]+) of ([\d,]+) tested\b/.exec(splitTitle(title).rest) ?? [];
  if (!x || !n) return null;
  const aside = interval ? `(${percent(interval[0])}–${percent(interval[1])} %)` : undefined;
  return { value: `${x} of ${n}`, aside, words: aside ? "tested, 95 %" : "tested" };
}

/** At most five figures, each with what it counts; what an analysis does not give is left out. */
export function figuresOf({ finding }: Pick<ItemDetail, "finding">): Figure[] {
  const figures: Figure[] = [];
  const first = finding.why[0];
  const share = shareOf(finding);
  if (share) figures.push(share);
  else if (first?.observed != null) figures.push({ value: figure(first.observed), words: `observed, ${streamWord(first.stream)}` });
  if (first?.expected != null) {
    const range = first.lower !== null && first.upper !== null ? `(${figure(first.lower)}–${figure(first.upper)})` : undefined;
    figures.push({ value: mean(first.expected), aside: range, words: range ? "expected, 95 %" : "expected" });
  }
  if (finding.score !== null)
    figures.push({
      value: figure(finding.score),
      words: finding.threshold === null ? "score" : `score, raised at ${figure(finding.threshold)}`,
    });
  if (finding.probability !== null) {
    const range = finding.interval && !share ? `(${figure(finding.interval[0])}–${figure(finding.interval[1])})` : undefined;
    figures.push({ value: finding.probability.toFixed(2), aside: range, words: "probability" });
  }
  figures.push({ value: count(finding.evidence.n), words: finding.evidence.n === 1 ? "record" : "records" });
  return figures.slice(0, 5);
}

/** What is known, drawn and counted, with its records; beside it what would change it. */
export function Overview({ item, views }: { item: ItemDetail; views: Views }) {
  const [main, ...others] = views.series;
  return (
    <>
      <ul className="figures">
        {figuresOf(item).map((one) => (
          <li key={one.words}>
            <strong>{one.value}</strong> {one.aside && <span className="figure-aside">{one.aside}</span>}
            <span className="figure-words">{one.words}</span>
          </li>
        ))}
      </ul>
      <div className={main ? "columns" : "columns undrawn"}>
        <div className="main-column">
          {main && <Timeline view={main} coverage={item.coverage} simulated={item.simulated} />}
          {others.slice(0, 1).map((view) => (
            <Timeline key={view.title} view={view} simulated={item.simulated} height={150} />
          ))}
          {item.finding.why.length > 0 && <WhyBars item={item} />}
        </div>
        <aside className="side-column" aria-label="What would change it">
          <Clears item={item} />
          <Model item={item} />
          <RuleRecord item={item} />
          <AgainBlock again={item.again} />
        </aside>
        <EvidenceHead item={item} views={views} />
      </div>
    </>
  );
}

function EvidenceHead({ item, views }: { item: ItemDetail; views: Views }) {
  const { knownOn, asOf } = useWorkbench();
  const { finding } = item;
  const type = views.evidence[0]?.record_type ?? finding.evidence.record_type;
  if (finding.evidence.n === 0) return null;
  const shown = Math.min(6, finding.evidence.n);
  return (
    <section className="evidence-head">
      <div className="caption">
        <h2>
          Evidence{" "}
          <small>
            {shown} of {plural(finding.evidence.n, "record")}
          </small>
        </h2>
        <span className="caption-end">
          <Simulated when={item.simulated} />
          <Link href={withParams({ tab: "evidence", record: null, record_type: null })} replace>
            all {count(finding.evidence.n)}
          </Link>
        </span>
      </div>
      <div className="with-source">
        <EvidenceTable of={{ recordType: type, finding: finding.key }} knownOn={knownOn} asOf={asOf} head={6} label="First records" />
        <SourceRow simulated={item.simulated} />
      </div>
    </section>
  );
}

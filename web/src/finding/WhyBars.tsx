import { Simulated } from "../marks/Simulated";
import { span } from "../dates";
import type { ItemDetail, Why } from "../types";
import { figure, mean, streamWord } from "../words";

const bound = (n: number): string => (Number.isInteger(n) ? figure(n) : mean(n));

const strongestFirst = (a: Why, b: Why): number => (b.share ?? -1) - (a.share ?? -1);

/** Streams with what each added to the score, strongest first; a stream without data stays, not counted. */
export function WhyBars({ item, title = "Why this was raised" }: { item: Pick<ItemDetail, "finding" | "simulated">; title?: string }) {
  const { finding } = item;
  const rows = [...finding.why].sort(strongestFirst);
  const ranges = rows.some((row) => row.lower !== null || row.upper !== null);
  const shares = rows.some((row) => row.share !== null);
  return (
    <section className="why">
      <div className="caption">
        <h2>{title}</h2>
        <span className="caption-end">
          <Simulated when={item.simulated} />
        </span>
      </div>
      <div className="table-scroll" role="region" aria-label={title} tabIndex={0}>
        <table className="data stacked" data-testid="why">
          <thead>
            <tr>
              <th scope="col">Stream, {span(finding.when)}</th>
              <th scope="col" className="num">
                Observed
              </th>
              <th scope="col" className="num">
                Expected
              </th>
              {ranges && (
                <th scope="col" className="num">
                  95 %
                </th>
              )}
              {shares && <th scope="col">Share of the score</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <WhyRow key={row.stream} row={row} ranges={ranges} shares={shares} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function WhyRow({ row, ranges, shares }: { row: Why; ranges: boolean; shares: boolean }) {
  const reported = row.observed !== null;
  // A word such as “due 28 Apr” stands for the missing count; a sentence stands beside the stream.
  const inPlace = !reported && row.note !== null && row.note.length <= 24;
  const percent = row.share === null ? null : Math.round(row.share * 100);
  return (
    <tr>
      <td>
        {streamWord(row.stream)}
        {row.note && !inPlace && <span className="quiet"> · {row.note}</span>}
      </td>
      <td className="num" data-label="Observed">
        {reported ? figure(row.observed) : inPlace ? row.note : row.note ? "–" : "no report"}
      </td>
      <td className="num" data-label="Expected">
        {mean(row.expected)}
      </td>
      {ranges && (
        <td className="num quiet" data-label="95 %">
          {row.lower !== null && row.upper !== null ? `${bound(row.lower)}–${bound(row.upper)}` : "–"}
        </td>
      )}
      {shares && (
        <td className="share" data-label="Share of the score">
          {percent === null ? (
            <span className="quiet">not counted</span>
          ) : (
            <span className="bar">
              <svg width="112" height="9" aria-hidden="true">
                <rect className="bar-fill" width={Math.max(1, (row.share ?? 0) * 112)} height="9" />
              </svg>
              {percent} %
            </span>
          )}
        </td>
      )}
    </tr>
  );
}

import { day, moment } from "../dates";
import { PriorityMark } from "../marks/Priority";
import { StatusGlyph } from "../marks/StatusGlyph";
import { Empty } from "../marks/States";
import type { HistoryEntry, ItemDetail, Revision } from "../types";
import { closingWord, spaced, splitTitle, statusWord } from "../words";

/** What people did with the finding, and how the finding itself changed as more became known. */
export function History({ item }: { item: ItemDetail }) {
  return (
    <div className="history" data-testid="history">
      <section>
        <div className="caption">
          <h2>Status</h2>
        </div>
        {item.history.length === 0 ? (
          <Empty>
            No one has changed the status yet. <kbd>A</kbd> opens the menu.
          </Empty>
        ) : (
          <table className="data stacked">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">Change</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {item.history.map((entry, i) => (
                <Entry key={`${entry.at}${i}`} entry={entry} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section>
        <div className="caption">
          <h2>
            Revisions <small>one per change of evidence, parameters or version</small>
          </h2>
        </div>
        {item.revision_history.length === 0 ? (
          <Empty>One revision: the one shown.</Empty>
        ) : (
          <table className="data stacked">
            <thead>
              <tr>
                <th scope="col">Known on</th>
                <th scope="col">Title</th>
                <th scope="col">Raised again</th>
                <th scope="col">Recorded</th>
              </tr>
            </thead>
            <tbody>
              {item.revision_history.map((revision) => (
                <RevisionRow key={revision.id + revision.recorded_at} revision={revision} shown={revision.id === item.finding.id} />
              ))}
            </tbody>
          </table>
        )}
      </section>
    </div>
  );
}

const Entry = ({ entry }: { entry: HistoryEntry }) => (
  <tr>
    <td className="keep">{moment(entry.at)}</td>
    <td data-label="Who">{entry.who}</td>
    <td data-label="Change">
      {entry.kind && entry.kind !== "changed" && `${spaced(entry.kind)}, `}
      {entry.from && entry.from !== entry.to && `${statusWord(entry.from)} to `}
      <StatusGlyph status={entry.to} /> {statusWord(entry.to, entry.label)}
    </td>
    <td data-label="Reason">
      {entry.closing_code && `${closingWord(entry.closing_code)}. `}
      {entry.reason ?? ""}
    </td>
  </tr>
);

const RevisionRow = ({ revision, shown }: { revision: Revision; shown: boolean }) => (
  <tr aria-selected={shown}>
    <td className="keep">{day(revision.known_on)}</td>
    <td data-label="Title">
      <PriorityMark priority={revision.priority} /> {splitTitle(revision.title).head}
      {shown && <span className="quiet"> · shown</span>}
    </td>
    <td data-label="Raised again">{revision.raised_again ? "yes" : "no"}</td>
    <td data-label="Recorded" className="keep">
      {moment(revision.recorded_at)}
    </td>
  </tr>
);

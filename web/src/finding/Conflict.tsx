import { moment } from "../dates";
import { StatusGlyph } from "../marks/StatusGlyph";
import type { Item, StatusChange } from "../types";
import { closingWord, statusWord } from "../words";

export interface Stale {
  mine: StatusChange;
  theirs: Item;
}

interface Side {
  status: string;
  label?: string | null;
  code?: string | null;
  reason?: string | null;
}

/** Someone saved first: both versions side by side, and a choice. */
export function Conflict({ stale, keepTheirs, applyMine }: { stale: Stale; keepTheirs: () => void; applyMine: () => void }) {
  const { mine, theirs } = stale;
  return (
    <section className="conflict" role="alert" data-testid="conflict">
      <p>
        <strong>Not saved.</strong> The finding was changed after it was opened here.
      </p>
      <div className="sides">
        <div>
          <h3>Saved by another</h3>
          <Version {...{ status: theirs.status, label: theirs.status_label, code: theirs.closing_code, reason: theirs.reason }} />
          <p className="meta">since {moment(theirs.status_since)}</p>
          <button type="button" className="button" onClick={keepTheirs}>
            Keep this one
          </button>
        </div>
        <div>
          <h3>Yours, not saved</h3>
          <Version {...{ status: mine.status, label: mine.label, code: mine.closing_code, reason: mine.reason }} />
          <p className="meta">the history keeps both</p>
          <button type="button" className="button" onClick={applyMine}>
            Save yours after it
          </button>
        </div>
      </div>
    </section>
  );
}

const Version = ({ status, label, code, reason }: Side) => (
  <>
    <p>
      <StatusGlyph status={status} /> {statusWord(status, label)}
      {code && `: ${closingWord(code)}`}
    </p>
    {reason && <p>{reason}</p>}
  </>
);

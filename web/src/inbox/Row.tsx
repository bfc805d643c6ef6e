import { near } from "../dates";
import { Link } from "../Link";
import { PriorityMark } from "../marks/Priority";
import { StatusGlyph } from "../marks/StatusGlyph";
import type { Item } from "../types";
import { closingWord, splitTitle, statusWord } from "../words";
import { facts } from "./order";
import { Sparkline } from "./Sparkline";

interface Props {
  item: Item;
  selected: boolean;
  unread: boolean;
  reference: string | null;
  href: string;
  onStatus: () => void;
}

/** One finding in the list: priority, claim, status and fact; date known and the shape of the series at the right. */
export function InboxRow({ item, selected, unread, reference, href, onStatus }: Props) {
  const { finding } = item;
  const { head } = splitTitle(finding.title);
  const word = statusWord(item.status, item.status_label);
  return (
    <li className="row" data-testid="finding-row" data-key={finding.key} data-status={item.status}>
      <PriorityMark priority={finding.priority} sentinel={finding.kind === "sentinel"} />
      <div className="row-main">
        <Link
          className={unread ? "row-title unread" : "row-title"}
          href={href}
          aria-current={selected ? "true" : undefined}
          data-finding={finding.key}
        >
          {head}
        </Link>
        <div className="row-meta">
          <button type="button" className="row-status" onClick={onStatus} aria-label={`Status: ${word}. Change`} tabIndex={selected ? 0 : -1}>
            <StatusGlyph status={item.status} /> {word}
          </button>
          {item.raised_again_at && <span>raised again</span>}
          {item.closing_code && <span>{closingWord(item.closing_code)}</span>}
          {facts(item).map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </div>
      </div>
      <div className="row-side">
        <time dateTime={finding.known_on ?? undefined} title="known on">
          {near(finding.known_on, reference)}
        </time>
        {item.spark && <Sparkline spark={item.spark} />}
      </div>
    </li>
  );
}

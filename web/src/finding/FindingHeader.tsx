import { useCallback, useEffect, useRef } from "react";
import { day, moment, span } from "../dates";
import { Link } from "../Link";
import { PriorityMark } from "../marks/Priority";
import { Simulated } from "../marks/Simulated";
import { StatusGlyph } from "../marks/StatusGlyph";
import { useWorkbench } from "../shell/context";
import type { ItemDetail, StatusChange } from "../types";
import { findingPath, pageHref, withParams } from "../url";
import { closingWord, priorityWord, splitTitle, statusWord } from "../words";
import { StatusMenu } from "./StatusMenu";

interface Props {
  item: ItemDetail;
  position: string | null;
  menu: { pick?: number } | null;
  setMenu: (menu: { pick?: number } | null) => void;
  change: (change: StatusChange) => Promise<void>;
}

/** Meta line and control, the claim in serif, the rest of what is known, and a ruled line of where, when and how far. */
export function FindingHeader({ item, position, menu, setMenu, change }: Props) {
  const { status, knownOn } = useWorkbench();
  const { finding } = item;
  const { head, rest } = splitTitle(finding.title);
  const analysis = status.analyses.find(({ name }) => name === finding.analysis)?.title ?? finding.analysis;
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setMenu(null), [setMenu]);
  const wasOpen = useRef(false);
  useEffect(() => {
    // The menu took the focus with it; it goes back to where the menu was opened, unless it already moved on.
    if (wasOpen.current && !menu && document.activeElement === document.body) button.current?.focus();
    wasOpen.current = menu !== null;
  }, [menu]);
  return (
    <header className="finding-head">
      <div className="head-line">
        <p className="meta head-meta">
          {position === null ? (
            <Link className="back" href={withParams({ finding: null, tab: null, record: null, record_type: null }, "/inbox")}>
              Inbox
            </Link>
          ) : (
            <>
              <Link href={pageHref("/inbox", { finding: finding.key })}>Inbox</Link>
              {position && <span>{position}</span>}
            </>
          )}
          <PriorityMark priority={finding.priority} sentinel={finding.kind === "sentinel"} />
          <span>
            {priorityWord[finding.priority]}
            {finding.kind === "sentinel" && ", sentinel"} · {analysis} · known {day(finding.known_on)}
          </span>
          {position === null && (
            <Link className="as-page" href={pageHref(findingPath(finding.key))}>
              page
            </Link>
          )}
        </p>
        <div className="status-control">
          <span className="status-now" data-testid="status" data-status={item.status}>
            <StatusGlyph status={item.status} /> {statusWord(item.status, item.status_label)}
          </span>
          <button
            ref={button}
            type="button"
            className={menu ? "button" : "button primary"}
            aria-haspopup="menu"
            aria-expanded={menu !== null}
            onClick={() => setMenu(menu ? null : {})}
          >
            Assess <kbd>A</kbd>
          </button>
          {menu && knownOn && (
            <div className="menu" role="status">
              <p className="meta">
                Shown as known on {day(knownOn)}. The status is changed on what is known now.{" "}
                <Link href={withParams({ known_on: null })} replace>
                  Return to latest
                </Link>
              </p>
            </div>
          )}
          {menu && !knownOn && <StatusMenu key={menu.pick ?? "menu"} item={item} pick={menu.pick} close={close} change={change} />}
        </div>
      </div>
      <h1 className="title">{head}</h1>
      {rest && <p className="lede">{rest}</p>}
      <dl className="strip">
        <div>
          <dt>Where</dt>
          <dd>{item.where_name ?? finding.where}</dd>
        </div>
        <div>
          <dt>When</dt>
          <dd>{span(finding.when)}</dd>
        </div>
        <div>
          <dt>What</dt>
          <dd>{finding.what}</dd>
        </div>
        <div>
          <dt>Marking</dt>
          <dd>{finding.marking}</dd>
        </div>
        <div className="strip-end">
          <dt>
            {item.closing_code ? `Closed: ${closingWord(item.closing_code)}` : `${statusWord(item.status, item.status_label)} since`}
          </dt>
          <dd>
            {item.status_since ? moment(item.status_since) : "–"} <Simulated when={item.simulated} />
          </dd>
        </div>
      </dl>
    </header>
  );
}

import { useEffect, useMemo, useRef, useState } from "react";
import { getFinding, getInbox } from "../api";
import { day } from "../dates";
import { FindingPane } from "../finding/FindingPane";
import { Link } from "../Link";
import { PriorityMark } from "../marks/Priority";
import { Empty, Loaded } from "../marks/States";
import { useResource } from "../resource";
import { useWorkbench } from "../shell/context";
import { useKeys } from "../shell/keys";
import { WIDE, useMedia } from "../shell/media";
import type { Item } from "../types";
import { findingPath, navigate, pageHref, setParams, usePlace, withParams } from "../url";
import { priorityWord } from "../words";
import { InboxFilter } from "./InboxFilter";
import { markOpened, wasOpened } from "./opened";
import { groups, matches } from "./order";
import { InboxRow } from "./Row";

const FORGET = { tab: null, record: null, record_type: null };

/** The list of findings at the left, the selected one beside it. */
export function InboxPage() {
  const { knownOn } = useWorkbench();
  const { params } = usePlace();
  const wide = useMedia(WIDE);
  const list = params.get("list") ?? "open";
  const filter = params.get("q") ?? "";
  const analysis = params.get("analysis") ?? "";
  const selected = params.get("finding");
  const inbox = useResource(`inbox ${list} ${knownOn ?? ""}`, (signal) => getInbox(list, knownOn, signal));
  const detail = useResource(selected ? `${selected} ${knownOn ?? ""}` : null, (signal) =>
    getFinding(selected ?? "", knownOn, signal),
  );
  const [menuOpen, setMenuOpen] = useState<{ pick?: number } | null>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const detailRef = useRef<HTMLElement>(null);

  const shown = useMemo(
    () => (inbox.data?.findings ?? []).filter((item) => matches(item, filter) && (!analysis || item.finding.analysis === analysis)),
    [inbox.data, filter, analysis],
  );
  const newest = shown.reduce((last, { finding }) => ((finding.known_on ?? "") > last ? (finding.known_on ?? "") : last), "");
  const ordered = useMemo(() => groups(shown).flatMap((group) => group.items), [shown]);

  const select = (item: Item | undefined, focus: boolean) => {
    if (!item) return;
    setMenuOpen(null);
    setParams({ finding: item.finding.key, ...FORGET }, { replace: true });
    if (focus) requestAnimationFrame(() => rowLink(listRef.current, item.finding.key)?.focus());
  };
  const move = (by: number) => {
    const i = ordered.findIndex((item) => item.finding.key === selected);
    select(ordered[i < 0 ? 0 : Math.min(ordered.length - 1, Math.max(0, i + by))], true);
  };

  // On a wide screen something is always selected, so that the second pane is never empty by accident.
  const first = ordered[0]?.finding.key;
  useEffect(() => {
    if (wide && !selected && first && !inbox.stale) setParams({ finding: first }, { replace: true });
  }, [wide, selected, first, inbox.stale]);

  const openId = detail.data && !detail.stale ? detail.data.finding.id : null;
  useEffect(() => {
    if (openId) markOpened(openId);
  }, [openId]);

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    f: () => listRef.current?.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
    o: () => selected && navigate(pageHref(findingPath(selected))),
    Escape: () => {
      if (menuOpen) setMenuOpen(null);
      else if (params.get("record")) setParams({ record: null, record_type: null });
    },
  });

  return (
    <main className={selected ? "inbox has-finding" : "inbox"} id="main">
      <div className="list-pane" ref={listRef}>
        <h1 className="hidden">Inbox</h1>
        <InboxFilter list={list} filter={filter} analysis={analysis} />
        <div
          className="list-scroll"
          data-testid="inbox"
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !wide || !(event.target instanceof HTMLAnchorElement)) return;
            detailRef.current?.focus();
          }}
        >
          <Loaded of={inbox} what="The inbox">
            {() => (
              <InboxRows
                items={shown}
                selected={selected}
                reference={newest}
                onStatus={(item) => {
                  setParams({ finding: item.finding.key, ...FORGET }, { replace: item.finding.key === selected });
                  setMenuOpen({});
                }}
                empty={<NothingHere list={list} filtered={filter !== "" || analysis !== ""} total={inbox.data?.findings.length ?? 0} />}
              />
            )}
          </Loaded>
        </div>
        <p className="list-keys">
          <kbd>J</kbd> <kbd>K</kbd> move <kbd>A</kbd> assess <kbd>F</kbd> filter <kbd>O</kbd> page <kbd>Z</kbd> undo
        </p>
      </div>
      <section className="pane" ref={detailRef} tabIndex={-1} aria-label="Finding">
        {selected && knownOn && detail.error?.status === 404 && (
          <Empty>
            This finding was not known on {day(knownOn)}.{" "}
            <Link href={withParams({ known_on: null })} replace>
              Return to latest
            </Link>
          </Empty>
        )}
        {selected && !(knownOn && detail.error?.status === 404) && (
          <Loaded of={detail} what="The finding">
            {(data) => (
              <FindingPane
                item={data}
                position={null}
                menu={menuOpen}
                setMenu={setMenuOpen}
                reload={() => {
                  detail.reload();
                  inbox.reload();
                }}
              />
            )}
          </Loaded>
        )}
        {!selected && inbox.data && ordered.length === 0 && (
          <p className="quiet">No finding is selected. When one is listed at the left, its why and its records are shown here.</p>
        )}
      </section>
    </main>
  );
}

const rowLink = (list: HTMLElement | null, key: string): HTMLElement | null =>
  [...(list?.querySelectorAll<HTMLElement>("[data-finding]") ?? [])].find((row) => row.dataset.finding === key) ?? null;

interface RowsProps {
  items: readonly Item[];
  selected: string | null;
  reference: string | null;
  onStatus: (item: Item) => void;
  empty: React.ReactNode;
}

function InboxRows({ items, selected, reference, onStatus, empty }: RowsProps) {
  if (items.length === 0) return empty;
  return groups(items).map((group) => (
    <section key={group.priority} aria-labelledby={`group-${group.priority}`}>
      <h2 className="group" id={`group-${group.priority}`}>
        {priorityWord[group.priority]} <span>{group.items.length}</span>
        <span className="hidden">
          <PriorityMark priority={group.priority} />
        </span>
      </h2>
      <ul>
        {group.items.map((item) => (
          <InboxRow
            key={item.finding.key}
            item={item}
            selected={item.finding.key === selected}
            unread={item.status === "new" && !wasOpened(item.finding.id)}
            reference={reference}
            href={withParams({ finding: item.finding.key, ...FORGET }, "/inbox")}
            onStatus={() => onStatus(item)}
          />
        ))}
      </ul>
    </section>
  ));
}

/** An empty list says why it is empty and where to go from there. */
function NothingHere({ list, filtered, total }: { list: string; filtered: boolean; total: number }) {
  const { status, knownOn } = useWorkbench();
  if (filtered && total > 0)
    return (
      <Empty>
        None of the {total} findings in this list match the filter.{" "}
        <Link href={withParams({ q: null, analysis: null })} replace>
          Clear the filter
        </Link>
      </Empty>
    );
  if (status.deliveries.length === 0)
    return (
      <Empty>
        No data yet. <code>papaver add FILE --as SOURCE</code> puts a file in, <code>papaver update</code> looks for findings in it.
      </Empty>
    );
  if (knownOn)
    return (
      <Empty>
        Nothing was {list === "all" ? "raised" : list} as known on this date.{" "}
        <Link href={withParams({ known_on: null })} replace>
          Return to latest
        </Link>
      </Empty>
    );
  if (list === "open" && status.counts.historical > 0)
    return (
      <Empty>
        Nothing open. {status.counts.historical} older findings were set aside at first load.{" "}
        <Link href={withParams({ list: "historical" })}>Show them</Link>
      </Empty>
    );
  if (list === "open")
    return (
      <Empty>
        Nothing open. <code>papaver update</code> runs every analysis on the latest deliveries.
      </Empty>
    );
  return (
    <Empty>
      Nothing {list}. <Link href={withParams({ list: null })}>Show what is open</Link>
    </Empty>
  );
}

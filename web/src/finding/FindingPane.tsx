import { useEffect, useState } from "react";
import { useWorkbench } from "../shell/context";
import { useKeys } from "../shell/keys";
import type { ItemDetail } from "../types";
import { Link } from "../Link";
import { usePlace, withParams } from "../url";
import { count } from "../words";
import { Conflict, type Stale } from "./Conflict";
import { FindingHeader } from "./FindingHeader";
import { History } from "./History";
import { Overview } from "./Overview";
import { useChange } from "./change";
import { EvidenceTab, WhyTab } from "./tabs";
import { viewsOf } from "./views";

interface Props {
  item: ItemDetail;
  /** “4 of 19” on a page of its own; null beside the list. */
  position: string | null;
  menu: { pick?: number } | null;
  setMenu: (menu: { pick?: number } | null) => void;
  reload: () => void;
}

const TABS = ["overview", "why", "evidence", "history"] as const;
type Tab = (typeof TABS)[number];

/** One finding: what it says, why it was raised, the records behind it, what people did with it. */
export function FindingPane({ item, position, menu, setMenu, reload }: Props) {
  const { reloadStatus, say } = useWorkbench();
  const { params } = usePlace();
  const [stale, setStale] = useState<Stale | null>(null);
  const tab: Tab = TABS.find((name) => name === params.get("tab")) ?? "overview";
  const key = item.finding.key;
  useEffect(() => setStale(null), [key]);

  const change = useChange(item, {
    saved: () => {
      setMenu(null);
      setStale(null);
      reload();
      reloadStatus();
    },
    stale: (found) => {
      setMenu(null);
      setStale(found);
    },
    say,
  });
  const digits = Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), () => setMenu({ pick: n - 1 })]),
  );
  useKeys({ a: () => setMenu(menu ? null : {}), ...digits });

  const views = viewsOf(item);
  const words: Record<Tab, string> = {
    overview: "Overview",
    why: "Why",
    evidence: `Evidence ${count(item.finding.evidence.n)}`,
    history: `History ${count(item.history.length + item.revision_history.length)}`,
  };
  return (
    <article className="finding" data-testid="finding" data-key={key}>
      <FindingHeader item={item} position={position} menu={menu} setMenu={setMenu} change={change} />
      {stale && (
        <Conflict
          stale={stale}
          keepTheirs={() => {
            setStale(null);
            reload();
          }}
          applyMine={() => void change({ ...stale.mine, version: stale.theirs.version })}
        />
      )}
      <nav className="tabs" aria-label="Parts of the finding">
        {TABS.map((name) => (
          <Link
            key={name}
            href={withParams({ tab: name === "overview" ? null : name, record: null, record_type: null })}
            replace
            aria-current={name === tab ? "page" : undefined}
          >
            {words[name]}
          </Link>
        ))}
      </nav>
      {tab === "overview" && <Overview item={item} views={views} />}
      {tab === "why" && <WhyTab item={item} views={views} />}
      {tab === "evidence" && <EvidenceTab item={item} views={views} />}
      {tab === "history" && <History item={item} />}
    </article>
  );
}

import { useCallback, useMemo, useState } from "react";
import { AnalysisPageView } from "../analyses/AnalysisPage";
import { AnalysesList } from "../analyses/AnalysesList";
import { getStatus } from "../api";
import { FindingPage } from "../finding/FindingPage";
import { InboxPage } from "../inbox/InboxPage";
import { Link } from "../Link";
import { Failure, Waiting } from "../marks/States";
import { useResource } from "../resource";
import type { Status } from "../types";
import { pageHref, setParams, usePlace } from "../url";
import { stopsOf } from "./AsKnownOn";
import { type Toast, WorkbenchProvider } from "./context";
import { KeysHelp } from "./KeysHelp";
import { useKeys } from "./keys";
import { Rail } from "./Rail";
import { ToastLine } from "./ToastLine";
import { TopBar } from "./TopBar";

export function App() {
  const status = useResource("status", getStatus);
  if (status.data) return <Shell status={status.data} reload={status.reload} />;
  return (
    <main className="page-pad">
      {status.error ? (
        <Failure what="The workbench did not open." error={status.error} retry={status.reload} />
      ) : (
        <Waiting what="Opening the workspace" cancel={status.cancel} />
      )}
    </main>
  );
}

function Shell({ status, reload }: { status: Status; reload: () => void }) {
  const { params } = usePlace();
  const [toast, setToast] = useState<Toast | null>(null);
  const [keys, setKeys] = useState(false);
  const [menu, setMenu] = useState(false);
  const asked = params.get("known_on");
  const knownOn = asked && asked !== status.latest ? asked : null;
  const say = useCallback((next: Toast) => setToast(next), []);
  const clear = useCallback(() => setToast(null), []);

  const step = (by: number) => {
    const stops = stopsOf(status.deliveries, status.latest);
    const now = knownOn ?? status.latest ?? "";
    const i = stops.findLastIndex((stop) => stop.date <= now) + by;
    const stop = stops[Math.min(stops.length - 1, Math.max(0, i))];
    if (stop) setParams({ known_on: stop.date === status.latest ? null : stop.date }, { replace: true });
  };
  useKeys({
    "?": () => setKeys((open) => !open),
    "[": () => step(-1),
    "]": () => step(1),
    z: () => {
      toast?.undo?.();
      if (toast?.undo) clear();
    },
    Escape: () => {
      setKeys(false);
      setMenu(false);
    },
  });

  const workbench = useMemo(
    () => ({ status, knownOn, asOf: knownOn ?? status.latest, reloadStatus: reload, say }),
    [status, knownOn, reload, say],
  );
  return (
    <WorkbenchProvider value={workbench}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className={menu ? "shell menu-open" : "shell"}>
        <TopBar menuOpen={menu} toggleMenu={() => setMenu(!menu)} />
        <Rail showKeys={() => setKeys(true)} close={() => setMenu(false)} />
        <Page />
      </div>
      {keys && <KeysHelp close={() => setKeys(false)} />}
      <ToastLine toast={toast} clear={clear} />
    </WorkbenchProvider>
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The page that an address names. */
function Page() {
  const { path } = usePlace();
  const finding = /^\/findings\/([^/]+)\/?$/.exec(path)?.[1];
  if (finding) return <FindingPage findingKey={decoded(finding)} />;
  const analysis = /^\/analyses\/([^/]+)\/?$/.exec(path)?.[1];
  if (analysis) return <AnalysisPageView key={analysis} name={decoded(analysis)} />;
  if (/^\/analyses\/?$/.test(path)) return <AnalysesList />;
  if (path === "/" || /^\/inbox\/?$/.test(path)) return <InboxPage />;
  return (
    <main className="pane page-pad" id="main">
      <h1 className="title">No page at this address</h1>
      <p className="lede">
        <code>{path}</code> is not a page of the workbench. The address may be from another version or was cut short.
      </p>
      <p>
        <Link href={pageHref("/inbox")}>Inbox</Link> · <Link href={pageHref("/analyses")}>Analyses</Link>
      </p>
    </main>
  );
}

import { useState } from "react";
import { getFinding, getInbox } from "../api";
import { Link } from "../Link";
import { Failure, Loaded } from "../marks/States";
import { useResource } from "../resource";
import { useWorkbench } from "../shell/context";
import { useKeys } from "../shell/keys";
import { findingPath, navigate, pageHref, setParams, usePlace } from "../url";
import { FindingPane } from "./FindingPane";

/** One finding as a page of its own, with its place among the open ones. */
export function FindingPage({ findingKey }: { findingKey: string }) {
  const { knownOn } = useWorkbench();
  const { params } = usePlace();
  const detail = useResource(`${findingKey} ${knownOn ?? ""}`, (signal) => getFinding(findingKey, knownOn, signal));
  const inbox = useResource(`open ${knownOn ?? ""}`, (signal) => getInbox("open", knownOn, signal));
  const [menu, setMenu] = useState<{ pick?: number } | null>(null);
  const keys = inbox.data?.findings.map((item) => item.finding.key) ?? [];
  const at = keys.indexOf(findingKey);
  const move = (by: number) => {
    const next = keys[at + by];
    if (at >= 0 && next) navigate(pageHref(findingPath(next), { tab: params.get("tab") }));
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Escape: () => {
      if (menu) setMenu(null);
      else if (params.get("record")) setParams({ record: null, record_type: null });
    },
  });
  if (detail.error?.status === 404)
    return (
      <main className="pane page-pad" id="main">
        <h1 className="title">No such finding</h1>
        <Failure what={knownOn ? "Not known on this date." : "Not in this workspace."} error={detail.error} />
        <p>
          <Link href={pageHref("/inbox")}>Inbox</Link>
          {knownOn && (
            <>
              {" "}
              · <Link href={findingPath(findingKey)}>As known on the latest delivery</Link>
            </>
          )}
        </p>
      </main>
    );
  return (
    <main className="pane" id="main">
      <Loaded of={detail} what="The finding">
        {(data) => (
          <FindingPane
            item={data}
            position={at >= 0 ? `${at + 1} of ${keys.length}` : ""}
            menu={menu}
            setMenu={setMenu}
            reload={() => {
              detail.reload();
              inbox.reload();
            }}
          />
        )}
      </Loaded>
    </main>
  );
}

import { useState } from "react";
import { Link } from "../Link";
import { pageHref, usePlace } from "../url";
import { capital } from "../words";
import { useWorkbench } from "./context";
import { chooseTheme, nextTheme, storedTheme } from "./theme";

/** The parts of the workbench in words. */
export function Rail({ showKeys, close }: { showKeys: () => void; close: () => void }) {
  const { status } = useWorkbench();
  const { path } = usePlace();
  const [theme, setTheme] = useState(storedTheme);
  const here = (target: string) => (path === target ? "page" : undefined);
  const inbox = path === "/" || path === "/inbox" || path.startsWith("/findings/");
  return (
    <nav className="rail" id="rail" aria-label="Workbench" onClick={close}>
      <ul>
        <li>
          <Link href={pageHref("/inbox")} aria-current={inbox ? "page" : undefined}>
            Inbox <span>{status.counts.open}</span>
          </Link>
        </li>
      </ul>
      <ul aria-labelledby="rail-analyses">
        <li className="rail-head" id="rail-analyses">
          <Link href={pageHref("/analyses")} aria-current={here("/analyses")}>
            Analyses
          </Link>
        </li>
        {status.analyses.map(({ name, title }) => (
          <li key={name}>
            <Link href={pageHref(`/analyses/${encodeURIComponent(name)}`)} aria-current={here(`/analyses/${name}`)} title={name}>
              {title}
            </Link>
          </li>
        ))}
      </ul>
      <div className="rail-end">
        <button
          type="button"
          onClick={(event) => {
            event.stopPropagation();
            const next = nextTheme(theme);
            chooseTheme(next);
            setTheme(next);
          }}
        >
          Theme <span>{capital(theme).toLowerCase()}</span>
        </button>
        <button type="button" onClick={showKeys}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </nav>
  );
}

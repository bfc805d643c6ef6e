import { dayInWords } from "../dates";
import { Link } from "../Link";
import { pageHref, withParams } from "../url";
import { AsKnownOn } from "./AsKnownOn";
import { useWorkbench } from "./context";

interface Props {
  menuOpen: boolean;
  toggleMenu: () => void;
}

/** Name, date of knowledge, whether the data are simulated, and who is at work. */
export function TopBar({ menuOpen, toggleMenu }: Props) {
  const { status, knownOn } = useWorkbench();
  const past = knownOn !== null;
  return (
    <header className={past ? "topbar past" : "topbar"}>
      <button type="button" className="button menu-button" aria-expanded={menuOpen} aria-controls="rail" onClick={toggleMenu}>
        Menu
      </button>
      <Link className="name" href={pageHref("/inbox")}>
        Papaver
      </Link>
      <AsKnownOn deliveries={status.deliveries} latest={status.latest} knownOn={knownOn} />
      {past ? (
        <p className="past-note" role="status">
          <span className="past-words">Shown as known on {dayInWords(knownOn)}. </span>
          <Link href={withParams({ known_on: null })} replace>
            Return to latest
          </Link>
        </p>
      ) : (
        status.latest && <span className="quiet latest">latest</span>
      )}
      {status.workspace.simulated && (
        <span className="sim boxed" data-testid="simulated-data">
          SIMULATED<span className="sim-data"> DATA</span>
        </span>
      )}
      <span className="person">
        {status.person ?? ""}
        <span className="quiet workspace">{status.person ? ", " : ""}{status.workspace.name}</span>
      </span>
    </header>
  );
}

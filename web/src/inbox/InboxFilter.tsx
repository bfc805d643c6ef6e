import { Link } from "../Link";
import { useWorkbench } from "../shell/context";
import { setParams, withParams } from "../url";

interface Props {
  list: string;
  filter: string;
  analysis: string;
}

/** Which list, and which of it: both live in the address. */
export function InboxFilter({ list, filter, analysis }: Props) {
  const { status, knownOn } = useWorkbench();
  const { open, historical, closed } = status.counts;
  // The counts are those of today; on an earlier date the lists speak for themselves.
  const lists: [string, string, number | null][] = [
    ["open", "Open", open],
    ["historical", "Historical", historical],
    ["closed", "Closed", closed],
    ["all", "All", null],
  ];
  return (
    <div className="list-head">
      <nav className="tabs" aria-label="Lists">
        {lists.map(([name, word, n]) => (
          <Link
            key={name}
            href={withParams({ list: name === "open" ? null : name, finding: null, tab: null, record: null, record_type: null }, "/inbox")}
            aria-current={name === list ? "page" : undefined}
          >
            {word} {knownOn ? "" : n}
          </Link>
        ))}
      </nav>
      <div className="filter" role="search">
        <input
          className="field"
          type="search"
          placeholder="place, substance or word"
          aria-label="Filter this list by place, substance or word"
          value={filter}
          onChange={(event) => setParams({ q: event.target.value }, { replace: true })}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <select
          className="field"
          aria-label="Analysis"
          value={analysis}
          onChange={(event) => setParams({ analysis: event.target.value }, { replace: true })}
        >
          <option value="">any analysis</option>
          {status.analyses.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

import { useEffect, useRef } from "react";
import { getRecord } from "../api";
import { day, moment } from "../dates";
import { Loaded } from "../marks/States";
import { Simulated } from "../marks/Simulated";
import { useResource } from "../resource";
import type { RecordVersions, Row } from "../types";
import { setParams, usePlace } from "../url";
import { capital, plural, spaced } from "../words";
import { FileName } from "./evidence";
import { cellText } from "./table";

/** What was read from one row of the source file: the record named in the address, beside the table it was opened from. */
export function SourceRow({ simulated }: { simulated: boolean }) {
  const { params } = usePlace();
  const id = params.get("record");
  const type = params.get("record_type");
  const record = useResource(id && type ? `${type}/${id}` : null, (signal) => getRecord(type ?? "", id ?? "", signal));
  const panel = useRef<HTMLElement>(null);
  const before = useRef(id);
  useEffect(() => {
    // Opened by hand, not by the address the page was loaded with.
    if (id && id !== before.current) panel.current?.focus();
    before.current = id;
  }, [id]);
  if (!id || !type) return null;
  const close = () => setParams({ record: null, record_type: null });
  return (
    <aside
      className="source-row"
      ref={panel}
      tabIndex={-1}
      aria-label={`Record ${id}`}
      data-testid="source-row"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="caption">
        <h2>
          As read <small>{spaced(type)}</small>
        </h2>
        <span className="caption-end">
          <Simulated when={simulated} />
          <button type="button" className="linkish" onClick={close}>
            close
          </button>
        </span>
      </div>
      <p className="meta wrap-any">{id}</p>
      <Loaded of={record} what="The record">
        {(data) => <RecordBody data={data} />}
      </Loaded>
    </aside>
  );
}

function RecordBody({ data }: { data: RecordVersions }) {
  const { source_row: source, versions } = data;
  return (
    <>
      {source ? (
        <>
          <p className="where">
            <strong>
              <FileName name={source.file} />
            </strong>
            {source.row !== null && <>, row {source.row}</>}
          </p>
          <dl className="cells">
            {Object.entries(source.cells).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value === "" || value === null ? <span className="quiet">empty</span> : rawText(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : (
        <p className="quiet">The row of the file is not known. The record as stored is below.</p>
      )}
      <h3>
        As known <small>{plural(versions.length, "version")}</small>
      </h3>
      <ol className="versions">
        {versions.map((version, i) => (
          <Version key={i} version={version} before={versions[i - 1]} only={versions.length === 1 && source !== null} />
        ))}
      </ol>
    </>
  );
}

/** A cell as the file had it: never rounded, never re-dated. */
const rawText = (value: NonNullable<RecordVersions["source_row"]>["cells"][string]): string =>
  typeof value === "number" ? String(value) : typeof value === "string" ? value : cellText(value);

const handled = new Set(["record_id", "row_id", "batch_id", "known_from", "recorded_at", "source_row", "supersedes"]);

function Version({ version, before, only }: { version: Row; before: Row | undefined; only: boolean }) {
  const filled = Object.entries(version).filter(([name, value]) => !handled.has(name) && value !== null && value !== "");
  const changed = before
    ? Object.keys(version).filter((name) => !handled.has(name) && cellText(version[name]) !== cellText(before[name]))
    : [];
  const list = (
    <dl className="cells">
      {filled.map(([name, value]) => (
        <div key={name}>
          <dt>{capital(spaced(name))}</dt>
          <dd>{cellText(value)}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <li>
      <p className="meta">
        Known from {day(String(version.known_from ?? ""))}, recorded {moment(String(version.recorded_at ?? ""))}, batch{" "}
        <span className="wrap-any">{cellText(version.batch_id)}</span>
      </p>
      {changed.map((name) => (
        <p key={name}>
          {capital(spaced(name))}: {cellText(before?.[name])} became {cellText(version[name])}
        </p>
      ))}
      {before === undefined && (
        <details open={!only}>
          <summary>All columns</summary>
          {list}
        </details>
      )}
    </li>
  );
}

import { Fragment, type UIEvent, useEffect, useRef, useState } from "react";
import { ApiError, type EvidenceOf, getEvidence } from "../api";
import { between } from "../dates";
import { Link } from "../Link";
import { Empty, Failure, Waiting } from "../marks/States";
import type { Cell, Column, Row } from "../types";
import { usePlace, withParams } from "../url";
import { capital } from "../words";
import { cellText } from "./table";

const PAGE = 200;

interface Props {
  of: EvidenceOf;
  knownOn: string | null;
  /** The date of knowledge that years are read against. */
  asOf: string | null;
  /** Only the first rows, without scrolling: the overview. */
  head?: number;
  label: string;
}

interface Loaded {
  id: string;
  total: number;
  columns: Column[];
  pages: Record<number, Row[]>;
}

const idOf = (of: EvidenceOf, knownOn: string | null, limit: number) =>
  JSON.stringify([of.recordType, of.finding, of.ids, knownOn, limit]);

/** Pages of evidence fetched as they come into view. */
function useEvidence(of: EvidenceOf, knownOn: string | null, limit: number) {
  const id = idOf(of, knownOn, limit);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [turn, setTurn] = useState(0);
  const asked = useRef(new Set<string>());

  function load(page: number) {
    const ticket = `${id}#${page}`;
    if (asked.current.has(ticket)) return;
    asked.current.add(ticket);
    getEvidence(of, knownOn, page * limit, limit).then(
      (answer) =>
        setLoaded((before) => ({
          id,
          total: answer.total,
          columns: answer.columns,
          pages: { ...(before?.id === id ? before.pages : {}), [page]: answer.rows },
        })),
      (cause: unknown) => {
        asked.current.delete(ticket);
        setError(cause instanceof ApiError ? cause : new ApiError(0, String(cause), "Reload the page."));
      },
    );
  }
  useEffect(() => {
    setError(null);
    load(0);
    // `load` is made anew on every render; what it depends on is in `id` and `turn`.
  }, [id, turn]);
  const retry = () => setTurn((n) => n + 1);
  return { loaded, current: loaded?.id === id, error, load, retry };
}

/** The records behind a finding, each down to its file and row; a record opens its source row beside the table. */
export function EvidenceTable({ of, knownOn, asOf, head, label }: Props) {
  const { loaded, current, error, load, retry } = useEvidence(of, knownOn, head ?? PAGE);
  const { params } = usePlace();
  const open = params.get("record");
  if (error) return <Failure what="The evidence did not load." error={error} retry={retry} />;
  if (!loaded) return <Waiting what="Loading evidence" />;
  if (loaded.total === 0) return <Empty>No record was known on this date. Choose a later date of knowledge.</Empty>;
  const columns = loaded.columns.filter(
    (column) => head === undefined || loaded.pages[0]?.some((row) => row[column.name] !== null && row[column.name] !== ""),
  );
  const table = { label, columns, open, recordType: of.recordType, asOf };
  return (
    <div className={current ? "dim" : "dim on"} data-testid="evidence">
      {head !== undefined || loaded.total <= PAGE ? (
        <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
          <Rows {...table} rows={loaded.pages[0] ?? []} total={loaded.total} />
        </div>
      ) : (
        <Window {...table} total={loaded.total} pages={loaded.pages} load={load} />
      )}
    </div>
  );
}

interface TableProps {
  label: string;
  columns: readonly Column[];
  open: string | null;
  recordType: string;
  asOf: string | null;
}

function Rows({ columns, rows, before = 0, after = 0, total, ...rest }: TableProps & {
  rows: readonly (Row | null)[];
  before?: number;
  after?: number;
  total: number;
}) {
  return (
    <table className="data stacked evidence" aria-rowcount={total + 1}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={`c-${column.name}${column.name === "row" ? " num" : ""}`}>
              {headOf(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
        {rows.map((row, i) => (
          <EvidenceRow key={row ? String(row.record_id) : `wait${i}`} row={row} columns={columns} {...rest} />
        ))}
        {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
      </tbody>
    </table>
  );
}

const heads: Record<string, string> = { record_id: "Record", known_from: "Known" };

const headOf = (column: Column): string => heads[column.name] ?? capital(column.title);

const dateColumns = new Set(["happened", "known_from", "known"]);

function EvidenceRow({ row, columns, open, recordType, asOf }: Omit<TableProps, "label"> & { row: Row | null }) {
  if (!row)
    return (
      <tr>
        <td colSpan={columns.length} className="quiet">
          loading
        </td>
      </tr>
    );
  const id = String(row.record_id);
  const href = withParams({ record: id, record_type: recordType });
  return (
    <tr aria-selected={open === id}>
      {columns.map((column) => {
        const value = row[column.name];
        const linked = column.name === "record_id" || (column.name === "row" && value !== null);
        return (
          <td key={column.name} data-label={headOf(column)} className={`c-${column.name} ${tdClass(column.name)}`} title={column.name === "record_id" ? id : undefined}>
            {linked ? (
              <Link href={href} aria-label={column.name === "row" ? `Row ${String(value)} of the source file` : undefined}>
                {column.name === "record_id" ? shortId(id) : String(value)}
              </Link>
            ) : (
              column.name === "file" ? <FileName name={evidenceText("file", value, asOf)} /> : evidenceText(column.name, value, asOf)
            )}
          </td>
        );
      })}
    </tr>
  );
}

const tdClass = (name: string): string => {
  if (name === "row") return "num";
  if (name === "note") return "quiet";
  if (name === "file") return "file";
  if (name === "as_reported") return "said";
  return dateColumns.has(name) || ["record_id", "place"].includes(name) ? "keep" : "";
};

function evidenceText(name: string, value: Cell | undefined, asOf: string | null): string {
  if (name === "note" && (value === null || value === undefined)) return "";
  if (dateColumns.has(name) && typeof value === "string") return between(value, asOf);
  if (typeof value === "number" && (name === "row" || name === "file")) return String(value);
  return cellText(value);
}

/** A file name that may break after its separators, so that a long one does not take the room of what was reported. */
export const FileName = ({ name }: { name: string }) =>
  name.split(/(?<=[_\-/.])/).map((part, i) => (
    <Fragment key={i}>
      {part}
      <wbr />
    </Fragment>
  ));

/** A hash is shown by its first twelve characters; a name given by people is shown whole. */
const shortId = (id: string): string => (/^[0-9a-f]{24,}$/.test(id) ? id.slice(0, 12) : id);

/** A window onto many rows: only those in view are in the page, and their pages are fetched as needed. */
function Window({ total, pages, load, ...table }: TableProps & {
  total: number;
  pages: Record<number, Row[]>;
  load: (page: number) => void;
}) {
  const [top, setTop] = useState(0);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const rowHeight = 1.625 * rem;
  const view = 34 * rem;
  const first = Math.max(0, Math.floor(top / rowHeight) - 8);
  const last = Math.min(total, Math.ceil((top + view) / rowHeight) + 8);
  const firstPage = Math.floor(first / PAGE);
  const lastPage = Math.floor(Math.max(first, last - 1) / PAGE);
  useEffect(() => {
    for (let page = firstPage; page <= lastPage; page++) load(page);
  });
  const rows = Array.from({ length: last - first }, (_, i) => pages[Math.floor((first + i) / PAGE)]?.[(first + i) % PAGE] ?? null);
  return (
    <div
      className="table-scroll windowed"
      role="region"
      aria-label={table.label}
      tabIndex={0}
      style={{ maxHeight: view }}
      onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
    >
      <Rows {...table} rows={rows} before={first * rowHeight} after={(total - last) * rowHeight} total={total} />
    </div>
  );
}

import { useMemo, useState } from "react";
import { day } from "../dates";
import type { Cell, Column, Row } from "../types";
import { capital, count, figure, spaced } from "../words";

const FIRST = 100;

/** A value as text: a missing one is a dash, never a zero. */
export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return figure(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(cellText).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([name, part]) => `${name} ${cellText(part)}`).join(", ");
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? day(value) : value;
}

const numberTypes = /^(u?int|float|decimal|number|integer|double)/i;

function isNumeric(column: Column, rows: readonly Row[]): boolean {
  if (column.type) return numberTypes.test(column.type);
  const first = rows.find((row) => row[column.name] !== null && row[column.name] !== undefined);
  return typeof first?.[column.name] === "number";
}

export function columnsOf(rows: readonly Row[], names?: readonly string[]): Column[] {
  const all = names?.length ? names : Object.keys(rows[0] ?? {});
  return all.map((name) => ({ name, title: capital(spaced(name)) }));
}

/** Missing values go last in either direction. */
function compare(a: Cell | undefined, b: Cell | undefined, sign: number): number {
  const aGone = a === null || a === undefined;
  const bGone = b === null || b === undefined;
  if (aGone || bGone) return Number(aGone) - Number(bGone);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), "en");
}

interface Props {
  label: string;
  columns: readonly Column[];
  rows: readonly Row[];
  empty?: string;
}

/** Rows and columns, sortable by any head; long tables show their first 100 rows until asked for all. */
export function DataTable({ label, columns, rows, empty = "No rows." }: Props) {
  const [sort, setSort] = useState<{ name: string; down: boolean } | null>(null);
  const [all, setAll] = useState(false);
  const numeric = useMemo(() => new Set(columns.filter((c) => isNumeric(c, rows)).map((c) => c.name)), [columns, rows]);
  const ordered = useMemo(
    () => (sort ? [...rows].sort((a, b) => compare(a[sort.name], b[sort.name], sort.down ? -1 : 1)) : rows),
    [rows, sort],
  );
  if (rows.length === 0) return <p className="quiet">{empty}</p>;
  const shown = all ? ordered : ordered.slice(0, FIRST);
  const flip = (name: string) => setSort((was) => (was?.name === name ? { name, down: !was.down } : { name, down: numeric.has(name) }));
  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="data stacked" data-testid="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={numeric.has(column.name) ? "num" : undefined}
                aria-sort={sort?.name === column.name ? (sort.down ? "descending" : "ascending") : undefined}
              >
                <button type="button" className="sort" onClick={() => flip(column.name)}>
                  {capital(column.title)}
                  <span aria-hidden="true">{sort?.name === column.name ? (sort.down ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, i) => (
            <tr key={i}>
              {columns.map((column) => (
                <td key={column.name} data-label={capital(column.title)} className={numeric.has(column.name) ? "num" : undefined}>
                  {cellText(row[column.name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && rows.length > FIRST && (
        <p className="meta more">
          First {FIRST} of {count(rows.length)} rows.{" "}
          <button type="button" className="linkish" onClick={() => setAll(true)}>
            Show all
          </button>
        </p>
      )}
    </div>
  );
}

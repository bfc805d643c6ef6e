import { useId } from "react";
import { periodName } from "../dates";
import type { Coverage, Row } from "../types";
import { capital, count, periodWord, plural, streamWord } from "../words";
import { DataTable } from "./table";
import { type Frame, NARROW, type Point } from "./axis";

const ROW = 17;
const CELL = 11;

/** States in the order of the key, with the words people read. */
export const STATES: readonly (readonly [string, string])[] = [
  ["complete", "complete"],
  ["late", "late"],
  ["partial", "partial"],
  ["zero", "reported zero"],
  ["none", "no report"],
  ["not_due", "not yet due"],
  ["absent", "not in this stream"],
];

const received = new Set(["complete", "late", "partial", "zero"]);
const due = new Set([...received, "none"]);

/** Periods received of those due, for the periods shown. */
export function shareReceived(states: readonly string[]): { received: number; due: number } {
  return {
    received: states.filter((state) => received.has(state)).length,
    due: states.filter((state) => due.has(state)).length,
  };
}

/** The states of each stream laid on the periods of the axis; a period the coverage does not name is empty. */
function onAxis(coverage: Coverage, points: readonly Point[]) {
  const at = new Map(coverage.periods.map((period, i) => [period.slice(0, 10), i]));
  return coverage.streams.map((stream) => ({
    title: stream.title,
    stream: stream.stream,
    states: points.map((point) => {
      const i = at.get(point.start);
      return i === undefined ? null : (stream.states[i] ?? null);
    }),
  }));
}

interface Props {
  coverage: Coverage;
  points: readonly Point[];
  frame: Frame;
}

/** Who reported, period by period, on the axis of the series above. */
export function CoverageStrip({ coverage, points, frame }: Props) {
  const id = useId().replace(/\W/g, "");
  const rows = onAxis(coverage, points);
  const narrow = frame.width < NARROW;
  const plot = frame.width - frame.right;
  return (
    <div className="coverage" data-testid="coverage" role="img" aria-label={coverageInWords(coverage)}>
      {rows.map((row, r) => {
        const share = shareReceived(row.states.filter((state) => state !== null));
        return (
          <div className="coverage-row" key={row.stream + row.title} data-testid="coverage-stream" data-stream={row.stream}>
            <svg width={plot} height={ROW} aria-hidden="true">
              <Hatch id={`cover${id}${r}`} />
              {row.states.map((state, i) =>
                state === null ? null : (
                  <StateCell
                    key={points[i]?.start}
                    state={state}
                    x={frame.edge(i)}
                    y={3}
                    width={frame.step}
                    hatch={`url(#cover${id}${r})`}
                  />
                ),
              )}
            </svg>
            <span className="coverage-label" style={{ width: frame.right - 8 }}>
              {capital(streamWord(row.title))}
              {!narrow && (
                <span className="quiet">
                  {" "}
                  {share.received} of {share.due}
                </span>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );
}

export function coverageInWords(coverage: Coverage): string {
  const unit = periodWord(coverage.every);
  return coverage.streams
    .map((stream) => {
      const share = shareReceived(stream.states);
      return `${stream.title}: ${share.received} of ${plural(share.due, `due ${unit}`)} received`;
    })
    .join(". ");
}

const Hatch = ({ id }: { id: string }) => (
  <defs>
    <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line className="hatch-line" x1="0" y1="0" x2="0" y2="4" />
    </pattern>
  </defs>
);

interface CellProps {
  state: string;
  x: number;
  y: number;
  width: number;
  hatch: string;
}

/** One stream in one period. Each state has its own drawing; none of them looks like zero. */
export function StateCell({ state, x, y, width, hatch }: CellProps) {
  const gap = width > 5 ? 1.5 : width > 2.5 ? 0.6 : 0;
  const w = Math.min(Math.max(width - gap, 0.8), 13);
  const left = x + (width - w) / 2;
  const mid = left + w / 2;
  const outline = <rect className="cell-line" x={left + 0.5} y={y + 0.5} width={Math.max(w - 1, 0.4)} height={CELL - 1} />;
  const key = { "data-testid": `state-${state}` };
  switch (state) {
    case "complete":
      return <rect {...key} className="cell-full" x={left} y={y} width={w} height={CELL} />;
    case "late":
      return (
        <g {...key}>
          <rect className="cell-late" x={left} y={y} width={w} height={CELL} />
          <rect className="cell-edge" x={left} y={y - 1} width={w} height={2} />
        </g>
      );
    case "partial":
      return (
        <g {...key}>
          {outline}
          <rect className="cell-full" x={left} y={y + CELL / 2} width={w} height={CELL / 2} />
        </g>
      );
    case "zero":
      return (
        <g {...key}>
          {outline}
          <circle className="cell-ring" cx={mid} cy={y + CELL / 2} r={Math.min(2.2, w / 3)} />
        </g>
      );
    case "none":
      return (
        <g {...key}>
          <rect fill={hatch} x={left} y={y} width={w} height={CELL} />
          {outline}
        </g>
      );
    case "not_due":
      return (
        <rect {...key} className="cell-line dashed" x={left + 0.5} y={y + 0.5} width={Math.max(w - 1, 0.4)} height={CELL - 1} />
      );
    default:
      return <circle {...key} className="cell-dot" cx={mid} cy={y + CELL / 2} r="0.8" />;
  }
}

/** The drawings and their words, one line; only the states that occur. */
export function CoverageKey({ coverage }: { coverage: Coverage }) {
  const id = useId().replace(/\W/g, "");
  const seen = new Set(coverage.streams.flatMap((stream) => stream.states));
  return (
    <ul className="coverage-key">
      {STATES.filter(([state]) => seen.has(state)).map(([state, word]) => (
        <li key={state}>
          <svg width="12" height="14" aria-hidden="true">
            <Hatch id={`key${id}${state}`} />
            <StateCell state={state} x={0} y={2} width={11.5} hatch={`url(#key${id}${state})`} />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}

/** The strip as a table: a row per stream, how many periods in each state, and which had no report. */
export function CoverageTable({ coverage }: { coverage: Coverage }) {
  const seen = STATES.filter(([state]) => coverage.streams.some((stream) => stream.states.includes(state)));
  const rows: Row[] = coverage.streams.map((stream) => {
    const row: Row = { stream: capital(streamWord(stream.title)) };
    for (const [state] of seen) row[state] = stream.states.filter((name) => name === state).length;
    const share = shareReceived(stream.states);
    row.received = `${count(share.received)} of ${count(share.due)}`;
    row.last = lastMissing(coverage, stream.states);
    return row;
  });
  return (
    <DataTable
      label={`Who reported, by ${periodWord(coverage.every)}`}
      columns={[
        { name: "stream", title: "Stream" },
        { name: "received", title: "Received of due" },
        ...seen.map(([state, word]) => ({ name: state, title: word, type: "number" })),
        { name: "last", title: "Last without a report" },
      ]}
      rows={rows}
    />
  );
}

function lastMissing(coverage: Coverage, states: readonly string[]): string {
  const i = states.lastIndexOf("none");
  const period = i < 0 ? undefined : coverage.periods[i];
  return period ? periodName(period, coverage.every) : "none";
}

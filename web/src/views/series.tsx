import { area, line } from "d3-shape";
import { useId, useState } from "react";
import { periodName } from "../dates";
import type { DrawnSeries } from "../types";
import { mean, periodWord, plural } from "../words";
import { ChartCursor } from "./cursor";
import { EndLabels } from "./labels";
import { type Frame, NARROW, type Point, countScale, observedOf, runs, timeTicks } from "./axis";

const TOP = 18;

interface Props {
  view: Pick<DrawnSeries, "title" | "unit" | "alarm">;
  points: readonly Point[];
  frame: Frame;
  every: string;
  height?: number;
}

/** What a missing value means: nothing was reported or, in a share, none was tested. */
export const gapWord = (unit: string): string => (/\btested\b/.test(unit) ? "none tested" : "no report");

/** What one period says, in words: the text under the cursor and of screen readers. */
export function pointInWords(point: Point, every: string, gap = "no report"): string {
  const name = periodName(point.start, every);
  if (!point.inSeries) return `${name}: outside this series`;
  if (point.observed === null) return `${name}: ${gap}`;
  const parts = [`${observedOf(point)} ${point.incomplete ? "received so far, incomplete" : "observed"}`];
  if (point.expected !== null) parts.push(`${mean(point.expected)} expected`);
  if (point.threshold !== null) parts.push(`threshold ${mean(point.threshold)}`);
  if (point.alarm) parts.push("alarm");
  return `${name}: ${parts.join(", ")}`;
}

/** The series in one sentence, counted, with what is missing and incomplete told apart. */
export function seriesInWords(points: readonly Point[], every: string, gap = "no report", judged = true): string {
  const own = points.filter((point) => point.inSeries);
  const first = own[0];
  const last = own.at(-1);
  if (!first || !last) return "No periods.";
  const missing = own.filter((point) => point.observed === null).length;
  const alarms = own.filter((point) => point.alarm).length;
  const incomplete = own.filter((point) => point.incomplete && point.observed !== null).length;
  const unit = periodWord(every);
  const parts = [plural(own.length, unit), `${periodName(first.start, every)} to ${periodName(last.start, every)}`];
  if (judged) parts.push(alarms ? plural(alarms, "alarm") : "no alarm");
  if (missing) parts.push(`${plural(missing, unit)} ${gap === "no report" ? "without a report" : `with ${gap}`}`);
  if (incomplete) parts.push(incomplete === 1 ? `the last ${unit} is incomplete` : `the last ${incomplete} ${unit}s are incomplete`);
  return `${parts.join(", ")}.`;
}

/** Observed against expected and threshold: gaps hatched, the incomplete tail dotted, alarms as diamonds. */
export function SeriesChart({ view, points, frame, every, height = 236 }: Props) {
  const id = useId().replace(/\W/g, "");
  const [cursor, setCursor] = useState<number | null>(null);
  const bottom = height - 24;
  const y = countScale(points, TOP, bottom);
  const plotRight = frame.width - frame.right;
  const nTicks = Math.max(2, Math.floor((bottom - TOP) / 44));
  const ticks = y.ticks(nTicks);
  const tickText = y.tickFormat(nTicks);
  const gap = gapWord(view.unit);
  const summary = seriesInWords(points, every, gap, view.alarm !== null);
  const at = cursor === null ? undefined : points[cursor];

  return (
    <div className="chart" data-testid="series">
      <div className="plot" style={{ height }}>
        <svg width={frame.width} height={height} role="img" aria-label={`${view.title}. ${summary}`}>
          <defs>
            <pattern id={`hatch${id}`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line className="hatch-line" x1="0" y1="0" x2="0" y2="6" />
            </pattern>
          </defs>
          <Tail points={points} frame={frame} top={TOP - 10} bottom={bottom} />
          {ticks.map((tick) => (
            <g key={tick}>
              {tick > 0 && <line className="grid" x1={frame.left} x2={plotRight} y1={y(tick)} y2={y(tick)} />}
              <text className="axis" x={frame.left - 8} y={y(tick)} dy="0.34em" textAnchor="end">
                {tick === 0 ? "0" : tickText(tick)}
              </text>
            </g>
          ))}
          <Band points={points} frame={frame} y={y} />
          <Gaps points={points} frame={frame} top={TOP - 10} bottom={bottom} hatch={`url(#hatch${id})`} word={gap} />
          <line className="baseline" x1={frame.left} x2={plotRight} y1={bottom} y2={bottom} />
          {timeTicks(points, frame).map((tick) => (
            <g key={tick.x}>
              <line className="baseline" x1={tick.x} x2={tick.x} y1={bottom} y2={bottom + 4} />
              <text className="axis" x={tick.x + 1} y={height - 6}>
                {tick.label}
              </text>
            </g>
          ))}
          <Model points={points} frame={frame} y={y} />
          <Observed points={points} frame={frame} y={y} />
          <AlarmNote points={points} frame={frame} y={y} />
          <EndLabels points={points} frame={frame} y={y} top={TOP} bottom={bottom} />
          {cursor !== null && <line className="cursor" x1={frame.mid(cursor)} x2={frame.mid(cursor)} y1={TOP - 10} y2={bottom} />}
        </svg>
        <ChartCursor
          label={`${view.title}, read period by period`}
          frame={frame}
          at={cursor}
          text={at ? pointInWords(at, every, gap) : summary}
          move={setCursor}
          height={bottom}
        />
      </div>
      <p className="readout">{at ? pointInWords(at, every, gap) : summary}</p>
    </div>
  );
}

type Y = ReturnType<typeof countScale>;
interface Layer {
  points: readonly Point[];
  frame: Frame;
  y: Y;
}

function Tail({ points, frame, top, bottom }: { points: readonly Point[]; frame: Frame; top: number; bottom: number }) {
  return runs(points, (point) => point.incomplete).map(([a, b]) => (
    <rect
      key={a}
      className="sunk"
      data-testid="incomplete"
      x={frame.edge(a)}
      width={(b - a + 1) * frame.step}
      y={top}
      height={bottom - top}
    />
  ));
}

function Gaps({ points, frame, top, bottom, hatch, word }: { points: readonly Point[]; frame: Frame; top: number; bottom: number; hatch: string; word: string }) {
  const gaps = runs(points, (point) => point.inSeries && point.observed === null);
  const room = frame.width >= NARROW;
  return gaps.map(([a, b], i) => (
    <g key={a} data-testid="missing">
      <rect fill={hatch} x={frame.edge(a)} width={(b - a + 1) * frame.step} y={top} height={bottom - top} />
      {i === 0 && room && (
        <text
          className="note halo"
          x={b > points.length * 0.8 ? frame.edge(a) - 6 : frame.edge(b + 1) + 6}
          textAnchor={b > points.length * 0.8 ? "end" : "start"}
          y={top + 12}
        >
          {word}
        </text>
      )}
    </g>
  ));
}

function Band({ points, frame, y }: Layer) {
  const shape = area<number>()
    .x((i) => frame.mid(i))
    .y0((i) => y(points[i]?.lower ?? 0))
    .y1((i) => y(points[i]?.upper ?? 0));
  return runs(points, (point) => point.lower !== null && point.upper !== null).map(([a, b]) => (
    <path key={a} className="band" d={shape(indices(a, b)) ?? ""} />
  ));
}

const indices = (a: number, b: number): number[] => Array.from({ length: b - a + 1 }, (_, i) => a + i);

function Model({ points, frame, y }: Layer) {
  return (
    <>
      <Curve name="expected" of={(point) => point.expected} points={points} frame={frame} y={y} />
      <Curve name="threshold" of={(point) => point.threshold} points={points} frame={frame} y={y} />
    </>
  );
}

/** A modelled line; a value that stands alone is drawn across its own period so that it is seen. */
function Curve({ name, of, points, frame, y }: Layer & { name: string; of: (point: Point) => number | null }) {
  const shape = line<number>()
    .x((i) => frame.mid(i))
    .y((i) => y(of(points[i] as Point) ?? 0));
  return runs(points, (point) => of(point) !== null).map(([a, b]) => {
    const only = y(of(points[a] as Point) ?? 0);
    const d = a === b ? `M${frame.edge(a) - 3},${only}H${frame.edge(a + 1) + 3}` : (shape(indices(a, b)) ?? "");
    return <path key={a} className={name} data-testid={name} d={d} />;
  });
}

/** The observed line: broken at every missing period, dotted into every incomplete one. */
function Observed({ points, frame, y }: Layer) {
  const px = (i: number) => `${frame.mid(i).toFixed(1)},${y(points[i]?.observed ?? 0).toFixed(1)}`;
  let solid = "";
  let dotted = "";
  const marks: { i: number; kind: "alarm" | "hollow" | "lone" }[] = [];
  points.forEach((point, i) => {
    if (point.observed === null) return;
    const before = points[i - 1];
    const joined = before !== undefined && before.observed !== null;
    const after = points[i + 1];
    if (joined && point.incomplete) dotted += `M${px(i - 1)}L${px(i)}`;
    else solid += joined ? `L${px(i)}` : `M${px(i)}`;
    if (point.alarm) marks.push({ i, kind: "alarm" });
    else if (point.incomplete) marks.push({ i, kind: "hollow" });
    else if (!joined && (after === undefined || after.observed === null)) marks.push({ i, kind: "lone" });
  });
  return (
    <>
      <path className="observed" data-testid="observed" d={solid} />
      {dotted && <path className="observed dotted" data-testid="observed-incomplete" d={dotted} />}
      {marks.map(({ i, kind }) => {
        const cx = frame.mid(i);
        const cy = y(points[i]?.observed ?? 0);
        if (kind === "alarm") return <Diamond key={i} cx={cx} cy={cy} hollow={points[i]?.incomplete ?? false} />;
        return <circle key={i} className={kind} data-testid={kind} cx={cx} cy={cy} r={kind === "lone" ? 1.8 : 2.8} />;
      })}
    </>
  );
}

const Diamond = ({ cx, cy, hollow }: { cx: number; cy: number; hollow: boolean }) => (
  <path
    className={hollow ? "alarm-point hollow-alarm" : "alarm-point"}
    data-testid="alarm"
    d={`M${cx},${cy - 5}L${cx + 5},${cy}L${cx},${cy + 5}L${cx - 5},${cy}Z`}
  />
);

/** Names the last run of alarms above its highest point. */
function AlarmNote({ points, frame, y }: Layer) {
  const last = runs(points, (point) => point.alarm && point.observed !== null).at(-1);
  if (!last) return null;
  const [a, b] = last;
  const n = b - a + 1;
  const peak = indices(a, b).reduce((best, i) => ((points[i]?.observed ?? 0) > (points[best]?.observed ?? 0) ? i : best), a);
  const text = n === 1 ? "alarm" : `${n} alarms in a row`;
  const atEnd = frame.mid(peak) + 48 > frame.width - frame.right;
  return (
    <text
      className="alarm-note halo"
      x={frame.mid(peak) + (atEnd ? 5 : 0)}
      y={Math.max(y(points[peak]?.observed ?? 0) - 9, 9)}
      textAnchor={atEnd ? "end" : "middle"}
    >
      {text}
    </text>
  );
}

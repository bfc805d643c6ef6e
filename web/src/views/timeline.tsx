import { useMemo, useState } from "react";
import { Simulated } from "../marks/Simulated";
import type { Coverage, DrawnSeries, Row } from "../types";
import { capital, count, periodWord } from "../words";
import { CoverageKey, CoverageStrip, CoverageTable } from "./coverage";
import { SeriesChart, gapWord } from "./series";
import { DataTable } from "./table";
import { type Point, cadenceOf, frame, periodsFor, seriesPoints, withCoverage } from "./axis";
import { useWidth } from "./width";

interface Props {
  view: DrawnSeries;
  coverage?: Coverage | null;
  simulated: boolean;
  height?: number;
}

/** A series with the coverage strip on the same axis, and the table behind each. */
export function Timeline({ view, coverage = null, simulated, height }: Props) {
  const [ref, width] = useWidth<HTMLElement>();
  const [everything, setEverything] = useState(false);
  const [table, setTable] = useState(false);
  const [coverTable, setCoverTable] = useState(false);
  const every = useMemo(() => cadenceOf(view), [view]);
  const points = useMemo(() => withCoverage(seriesPoints(view, every), coverage), [view, every, coverage]);
  const keep = periodsFor(width);
  const shown = everything ? points : points.slice(-keep);
  const longest = Math.max(0, ...(coverage?.streams ?? []).map((stream) => stream.title.length + 10));
  const axis = frame(width, shown.length, longest);
  const unit = periodWord(every);

  return (
    <section className="timeline" ref={ref} aria-label={view.title}>
      <div className="caption">
        <h2>
          {capital(view.title)} {view.unit && <small>{view.unit}</small>}
        </h2>
        <span className="caption-end">
          <Simulated when={simulated} />
          {points.length > keep && (
            <button type="button" className="linkish" onClick={() => setEverything(!everything)}>
              {everything ? `last ${keep} ${unit}s` : `all ${count(points.length)} ${unit}s`}
            </button>
          )}
          <button type="button" className="linkish" aria-expanded={table} onClick={() => setTable(!table)}>
            table
          </button>
        </span>
      </div>
      {points.length === 0 ? (
        <p className="quiet">No periods known on this date. Choose a later date of knowledge.</p>
      ) : (
        <SeriesChart view={view} points={shown} frame={axis} every={every} height={height} />
      )}
      {table && <SeriesTable view={view} points={points} />}
      {coverage && coverage.streams.length > 0 && (
        <>
          <div className="caption second">
            <h2>
              Who reported <small>same {unit}s; {unit}s received of those due</small>
            </h2>
            <span className="caption-end">
              <Simulated when={simulated} />
              <button type="button" className="linkish" aria-expanded={coverTable} onClick={() => setCoverTable(!coverTable)}>
                table
              </button>
            </span>
          </div>
          <CoverageStrip coverage={{ ...coverage, every }} points={shown} frame={axis} />
          <CoverageKey coverage={coverage} />
          {coverTable && <CoverageTable coverage={{ ...coverage, every }} />}
        </>
      )}
    </section>
  );
}

/** The numbers behind a series, newest first; a period without a report says so in words. */
export function SeriesTable({ view, points }: { view: DrawnSeries; points: readonly Point[] }) {
  const rows: Row[] = points
    .filter((point) => point.inSeries)
    .map((point) => ({
      period: point.start,
      observed: point.observed,
      expected: point.expected,
      threshold: point.threshold,
      lower: point.lower,
      upper: point.upper,
      state: point.observed === null ? gapWord(view.unit) : point.incomplete ? "incomplete" : "complete",
      alarm: point.alarm ? "alarm" : "",
    }))
    .reverse();
  const has = (column: string | null) => column !== null;
  return (
    <DataTable
      label={`${view.title}, table`}
      rows={rows}
      columns={[
        { name: "period", title: "Period from" },
        { name: "observed", title: "Observed", type: "number" },
        ...(has(view.expected) ? [{ name: "expected", title: "Expected", type: "number" }] : []),
        ...(has(view.lower) ? [{ name: "lower", title: "Lower", type: "number" }] : []),
        ...(has(view.upper) ? [{ name: "upper", title: "Upper", type: "number" }] : []),
        ...(has(view.threshold) ? [{ name: "threshold", title: "Threshold", type: "number" }] : []),
        { name: "alarm", title: "Alarm" },
        { name: "state", title: "Report" },
      ]}
    />
  );
}

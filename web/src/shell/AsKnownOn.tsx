import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { iso, parseDate, weekday } from "../dates";
import type { Delivery } from "../types";
import { setParams } from "../url";
import { plural } from "../words";

interface Props {
  deliveries: readonly Delivery[];
  latest: string | null;
  knownOn: string | null;
}

interface Stop {
  date: string;
  at: number;
  rows: number;
  height: number;
}

/** One stop per day with a delivery; a tick is as tall as the logarithm of its rows. */
export function stopsOf(deliveries: readonly Delivery[], latest: string | null): Stop[] {
  const rows = new Map<string, number>();
  for (const { known_from, rows: n } of deliveries) {
    if (!known_from) continue;
    const date = known_from.slice(0, 10);
    rows.set(date, (rows.get(date) ?? 0) + n);
  }
  if (latest && !rows.has(latest)) rows.set(latest, 0);
  const dates = [...rows.keys()].sort();
  const time = (date: string) => parseDate(date)?.getTime() ?? 0;
  const start = time(dates[0] ?? "");
  const length = Math.max(1, time(dates.at(-1) ?? "") - start);
  const most = Math.log1p(Math.max(1, ...rows.values()));
  return dates.map((date) => ({
    date,
    at: dates.length === 1 ? 1 : (time(date) - start) / length,
    rows: rows.get(date) ?? 0,
    height: 3 + (7 * Math.log1p(rows.get(date) ?? 0)) / most,
  }));
}

const choose = (date: string, latest: string | null) =>
  setParams({ known_on: latest !== null && date >= latest ? null : date, record: null, record_type: null }, { replace: true });

/** What was known on a date: a track with a tick per delivery, arrow keys between them, and a date to type. */
export function AsKnownOn({ deliveries, latest, knownOn }: Props) {
  const stops = useMemo(() => stopsOf(deliveries, latest), [deliveries, latest]);
  const [typing, setTyping] = useState(false);
  const track = useRef<HTMLDivElement>(null);
  const current = knownOn ?? latest;
  if (!latest || !current || stops.length === 0) return <span className="known quiet">No deliveries yet</span>;

  const index = stops.findLastIndex((stop) => stop.date <= current);
  const first = parseDate(stops[0]?.date ?? "")?.getTime() ?? 0;
  const last = parseDate(stops.at(-1)?.date ?? "")?.getTime() ?? 0;
  const now = parseDate(current)?.getTime() ?? last;
  const at = last > first ? Math.min(1, Math.max(0, (now - first) / (last - first))) : 1;
  const go = (i: number) => {
    const stop = stops[Math.min(stops.length - 1, Math.max(0, i))];
    if (stop) choose(stop.date, latest);
  };

  function key(event: KeyboardEvent<HTMLDivElement>) {
    const exact = stops[index]?.date === current;
    const to: Record<string, number> = {
      ArrowLeft: exact ? index - 1 : index,
      ArrowDown: exact ? index - 1 : index,
      ArrowRight: index + 1,
      ArrowUp: index + 1,
      Home: 0,
      End: stops.length - 1,
      PageDown: index - 6,
      PageUp: index + 6,
    };
    const next = to[event.key];
    if (/^\d$/.test(event.key)) setTyping(true);
    else if (next !== undefined) go(next);
    else return;
    event.preventDefault();
  }
  function point(event: PointerEvent<HTMLDivElement>) {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - 4) / (box.width - 8)));
    const near = stops.reduce((best, stop) => (Math.abs(stop.at - share) < Math.abs(best.at - share) ? stop : best));
    choose(near.date, latest);
  }
  const rows = stops[index]?.rows ?? 0;
  const x = (share: number) => 4 + share * 224;

  return (
    <div className="known" data-testid="as-known-on">
      <span className="known-label">As known on</span>
      <div
        ref={track}
        className="track"
        role="slider"
        tabIndex={0}
        aria-label="As known on; arrow keys step through the deliveries, a digit types a date"
        aria-valuemin={0}
        aria-valuemax={stops.length - 1}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={`${weekday(current)}${knownOn ? "" : ", latest"}, ${plural(rows, "row")} delivered`}
        onKeyDown={key}
        onPointerDown={point}
        onPointerMove={point}
      >
        <svg width="232" height="24" aria-hidden="true">
          {stops.map((stop) => (
            <line key={stop.date} className="tick" x1={x(stop.at)} x2={x(stop.at)} y1={13 - stop.height} y2={13} />
          ))}
          <line className="rail-line" x1="4" x2="228" y1="14" y2="14" />
          <line className="rail-line past" x1="4" x2={x(at)} y1="14" y2="14" />
          <circle className="knob" cx={x(at)} cy="14" r="5.5" />
        </svg>
      </div>
      {typing ? (
        <DateInput
          value={current}
          max={latest}
          done={(date) => {
            setTyping(false);
            if (date) choose(date, latest);
            track.current?.focus();
          }}
        />
      ) : (
        <button type="button" className="known-date" onClick={() => setTyping(true)} aria-label={`As known on ${weekday(current)}. Type a date`}>
          {weekday(current)}
        </button>
      )}
    </div>
  );
}

function DateInput({ value, max, done }: { value: string; max: string; done: (date: string | null) => void }) {
  const [text, setText] = useState(value);
  const accept = () => {
    const date = parseDate(text);
    done(date ? iso(date) : null);
  };
  return (
    <input
      className="field known-input"
      type="date"
      autoFocus
      value={text}
      max={max}
      aria-label="As known on, date"
      onChange={(event) => setText(event.target.value)}
      onBlur={accept}
      onKeyDown={(event) => {
        if (event.key === "Enter") accept();
        if (event.key === "Escape") done(null);
      }}
    />
  );
}

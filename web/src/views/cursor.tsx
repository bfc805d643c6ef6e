import type { KeyboardEvent, PointerEvent } from "react";
import type { Frame } from "./axis";

interface Props {
  label: string;
  frame: Frame;
  at: number | null;
  text: string;
  move: (to: number | null) => void;
  height: number;
}

/** A reading line over a chart, moved by pointer or arrow keys; every value it shows is in the table too. */
export function ChartCursor({ label, frame, at, text, move, height }: Props) {
  function point(event: PointerEvent<HTMLDivElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const i = Math.floor((event.clientX - box.left) / frame.step);
    move(Math.min(frame.n - 1, Math.max(0, i)));
  }
  function key(event: KeyboardEvent<HTMLDivElement>) {
    const now = at ?? frame.n - 1;
    const to: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: frame.n - 1 };
    const next = to[event.key];
    if (event.key === "Escape") move(null);
    else if (next !== undefined) move(Math.min(frame.n - 1, Math.max(0, next)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div
      className="reader"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, frame.n - 1)}
      aria-valuenow={at ?? Math.max(0, frame.n - 1)}
      aria-valuetext={text}
      style={{ left: frame.left, width: frame.step * frame.n, height }}
      onPointerMove={point}
      onPointerLeave={() => move(null)}
      onKeyDown={key}
      onBlur={() => move(null)}
    />
  );
}

import { mean } from "../words";
import { type Frame, NARROW, type Point, type countScale, observedOf } from "./axis";

interface Label {
  at: number;
  text: string;
  kind: string;
}

/** Moves labels apart to one line height, keeping their order and the frame. */
export function spread(labels: readonly Label[], top: number, bottom: number, gap = 15): Label[] {
  const placed = [...labels].sort((a, b) => a.at - b.at).map((label) => ({ ...label }));
  for (let i = 0; i < placed.length; i++) {
    const label = placed[i];
    const before = placed[i - 1];
    if (label) label.at = Math.max(label.at, before ? before.at + gap : top);
  }
  for (let i = placed.length - 1; i >= 0; i--) {
    const label = placed[i];
    const after = placed[i + 1];
    if (label) label.at = Math.min(label.at, after ? after.at - gap : bottom);
  }
  return placed;
}

interface Props {
  points: readonly Point[];
  frame: Frame;
  y: ReturnType<typeof countScale>;
  top: number;
  bottom: number;
}

const lastOf = (points: readonly Point[], of: (point: Point) => number | null) =>
  points.findLast((point) => of(point) !== null);

/** Names and last values of the lines at their right end; they take the place of a legend. */
export function EndLabels({ points, frame, y, top, bottom }: Props) {
  const labels: Label[] = [];
  const observed = lastOf(points, (point) => point.observed);
  const expected = lastOf(points, (point) => point.expected);
  const threshold = lastOf(points, (point) => point.threshold);
  const band = lastOf(points, (point) => (point.lower !== null ? point.upper : null));
  if (observed?.observed != null) {
    const text = `${observedOf(observed)} ${observed.incomplete ? "received so far" : "observed"}`;
    labels.push({ at: y(observed.observed), text, kind: "end-observed" });
  }
  if (threshold?.threshold != null)
    labels.push({ at: y(threshold.threshold), text: `threshold ${mean(threshold.threshold)}`, kind: "end-threshold" });
  if (expected?.expected != null)
    labels.push({ at: y(expected.expected), text: `expected ${mean(expected.expected)}`, kind: "end-expected" });
  if (band?.lower != null)
    labels.push({
      at: y(band.lower),
      text: frame.width >= NARROW ? "95 % expected band" : "95 % band",
      kind: "end-expected",
    });
  const x = frame.width - frame.right + 8;
  return spread(labels, top, bottom - 2).map((label) => (
    <text key={label.text} className={`end ${label.kind}`} x={x} y={label.at} dy="0.34em">
      {label.text}
    </text>
  ));
}

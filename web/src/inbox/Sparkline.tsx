import type { Spark } from "../types";

const W = 64;
const H = 18;

/** The shape of the series in 64 × 18 pixels: broken where nothing was reported, threshold dotted, alarms as diamonds. */
export function Sparkline({ spark }: { spark: Spark }) {
  const n = spark.observed.length;
  const highest = Math.max(1e-9, spark.threshold ?? 0, ...spark.observed.map((value) => value ?? 0));
  const x = (i: number) => 3 + (i * (W - 6)) / Math.max(1, n - 1);
  const y = (value: number) => H - 2 - (value / highest) * (H - 5);
  let path = "";
  spark.observed.forEach((value, i) => {
    if (value === null) return;
    const joined = i > 0 && spark.observed[i - 1] !== null;
    path += `${joined ? "L" : "M"}${x(i).toFixed(1)},${y(value).toFixed(1)}${joined ? "" : "h.01"}`;
  });
  return (
    <svg className="spark" width={W} height={H} viewBox={`0 0 ${W} ${H}`} aria-hidden="true" data-testid="spark">
      {spark.threshold !== null && (
        <line className="spark-threshold" x1="1" x2={W - 1} y1={y(spark.threshold)} y2={y(spark.threshold)} />
      )}
      <path className="spark-line" d={path} />
      {spark.alarms.map((i) => {
        const value = spark.observed[i];
        if (value === null || value === undefined) return null;
        const cy = y(value);
        return <path key={i} className="alarm-point" d={`M${x(i)},${cy - 2.6}l2.6,2.6l-2.6,2.6l-2.6,-2.6Z`} />;
      })}
    </svg>
  );
}

import { useId } from "react";
import { Link } from "../Link";
import type { ItemDetail } from "../types";
import { pageHref } from "../url";
import { count, figure, plural } from "../words";

/** What would take the finding back; a claim that nothing could clear is not a finding. */
export function Clears({ item }: { item: ItemDetail }) {
  if (!item.finding.would_clear) return null;
  return (
    <section>
      <h2>What would clear it</h2>
      <p className="meta">{item.finding.would_clear}</p>
    </section>
  );
}

/** Method, version and the numbers that decided. */
export function Model({ item }: { item: ItemDetail }) {
  const { finding } = item;
  const parts = [`${finding.method}, ${finding.analysis} ${finding.version}.`];
  if (finding.score !== null) parts.push(`Score ${figure(finding.score)}.`);
  if (finding.threshold !== null) parts.push(`Threshold ${figure(finding.threshold)}.`);
  if (finding.vocabulary_version) parts.push(`Substance names by vocabulary ${finding.vocabulary_version}.`);
  return (
    <section>
      <h2>Method</h2>
      <p className="meta">
        {parts.join(" ")} <Link href={pageHref(`/analyses/${encodeURIComponent(finding.analysis)}`)}>What it asks and how</Link>
      </p>
    </section>
  );
}

/** What became of everything this rule raised in twelve months. */
export function RuleRecord({ item }: { item: ItemDetail }) {
  const id = useId().replace(/\W/g, "");
  const { record } = item;
  if (!record || record.raised === 0) return null;
  const other = Math.max(0, record.raised - record.verified - record.artefact - record.open);
  const parts: [string, number, string][] = [
    ["verified", record.verified, "part-verified"],
    ["other", other, "part-other"],
    ["artefact", record.artefact, "part-artefact"],
    ["open", record.open, "part-open"],
  ];
  let x = 0;
  const width = 240;
  return (
    <section data-testid="rule-record">
      <h2>This rule so far</h2>
      {record.open < record.raised && (
        <svg className="rule-record" viewBox={`0 0 ${width} 12`} preserveAspectRatio="none" aria-hidden="true">
          <defs>
            <pattern id={`rule${id}`} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line className="hatch-line" x1="0" y1="0" x2="0" y2="4" />
            </pattern>
          </defs>
          {parts.map(([name, n, part]) => {
            const left = x;
            x += (n / record.raised) * width;
            if (n === 0) return null;
            const fill = part === "part-artefact" ? `url(#rule${id})` : undefined;
            return <rect key={name} className={part} x={left + 0.5} y="0.5" width={Math.max(1, x - left - 1)} height="11" fill={fill} />;
          })}
        </svg>
      )}
      <p className="meta">
        {plural(record.raised, "finding")} in 12 months:{" "}
        {parts
          .filter(([, n]) => n > 0)
          .map(([name, n]) => `${count(n)} ${name}`)
          .join(", ")}
        .
      </p>
    </section>
  );
}

import type { Priority } from "../types";
import { priorityWord } from "../words";

/** The shape of a priority, 12 px; a sentinel at the top priority is a diamond in a diamond. */
export function PriorityMark({ priority, sentinel = false }: { priority: Priority; sentinel?: boolean }) {
  const name = sentinel ? `${priorityWord[priority]}, sentinel` : priorityWord[priority];
  const size = sentinel ? 15 : 12;
  return (
    <svg className={`mark p-${priority}`} width={size} height={size} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name}>
      {sentinel ? (
        <>
          <path d="M7.5 .9 14.1 7.5 7.5 14.1 .9 7.5Z" fill="none" stroke="currentColor" strokeWidth="1.3" />
          <path d="M7.5 4 11 7.5 7.5 11 4 7.5Z" fill="currentColor" />
        </>
      ) : (
        <Shape priority={priority} />
      )}
    </svg>
  );
}

function Shape({ priority }: { priority: Priority }) {
  if (priority === "now") return <path d="M6 .3 11.7 6 6 11.7 .3 6Z" fill="currentColor" />;
  if (priority === "today") return <path d="M6 1 11.6 11H.4Z" fill="currentColor" />;
  if (priority === "this_week") return <rect x="1.5" y="1.5" width="9" height="9" fill="none" stroke="currentColor" strokeWidth="1.8" />;
  return <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.4" />;
}

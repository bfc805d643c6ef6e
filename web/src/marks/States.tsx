import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "../api";
import type { Resource } from "../resource";
import { sentence } from "../words";

/** Nothing to show: a sentence and the next act. */
export const Empty = ({ children }: { children: ReactNode }) => (
  <div className="state" data-testid="empty">
    {children}
  </div>
);

/** What happened, where, and the mend; in place of the view that failed only. */
export function Failure({ what, error, retry }: { what: string; error: ApiError; retry?: () => void }) {
  return (
    <div className="state failure" role="alert" data-testid="error">
      <p>
        <strong>{what}</strong> {sentence(error.message)}
      </p>
      {error.mend && <p className="mend">{sentence(error.mend)}</p>}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          Retry
        </button>
      )}
    </div>
  );
}

/** Says that something is loading after 300 ms and offers to stop it after 3 s. */
export function Waiting({ what, cancel }: { what: string; cancel?: () => void }) {
  const [age, setAge] = useState(0);
  useEffect(() => {
    const first = setTimeout(() => setAge(1), 300);
    const second = setTimeout(() => setAge(2), 3000);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, []);
  if (age === 0) return null;
  return (
    <p className="waiting" role="status" data-testid="loading">
      {what}
      {age === 2 && cancel && (
        <button type="button" className="linkish" onClick={cancel}>
          cancel
        </button>
      )}
    </p>
  );
}

/** Shows a resource's data, its error in place, or a line while it loads. */
export function Loaded<T>({
  of,
  what,
  children,
}: {
  of: Resource<T>;
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (of.error) return <Failure what={`${what} did not load.`} error={of.error} retry={of.error.status === 404 ? undefined : of.reload} />;
  if (of.data === null) return of.loading ? <Waiting what={`Loading ${what.toLowerCase()}`} cancel={of.cancel} /> : null;
  return (
    <>
      {of.stale && <Waiting what="Updating" cancel={of.cancel} />}
      <div className={of.stale ? "dim on" : "dim"} aria-busy={of.stale}>
        {children(of.data)}
      </div>
    </>
  );
}

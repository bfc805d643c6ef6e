/** The 10 px sign of a status; it always stands beside its word, so it is hidden from screen readers. */
export function StatusGlyph({ status }: { status: string }) {
  return (
    <svg className="mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <Sign status={status} />
    </svg>
  );
}

function Sign({ status }: { status: string }) {
  const ring = <circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" strokeWidth="1.2" />;
  switch (status) {
    case "new":
      return <circle cx="5" cy="5" r="3.6" fill="currentColor" />;
    case "verifying":
      return <circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />;
    case "verified":
      return (
        <>
          {ring}
          <path d="M5 1a4 4 0 0 0 0 8Z" fill="currentColor" />
        </>
      );
    case "not_verified":
      return (
        <>
          {ring}
          <path d="M2.2 7.8 7.8 2.2" stroke="currentColor" strokeWidth="1.2" />
        </>
      );
    case "assessed":
    case "monitoring":
      return (
        <>
          {ring}
          <circle cx="5" cy="5" r="1.6" fill="currentColor" />
        </>
      );
    case "notified":
    case "alert_issued":
      return <path d="M5 9.4V1.6M1.8 4.8 5 1.4l3.2 3.4" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case "closed":
      return <path d="M1 5.4 3.8 8.4 9 1.8" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    default:
      return <path d="M1.4 3h7.2M1.4 7h7.2" stroke="currentColor" strokeWidth="1.2" strokeDasharray="1.6 1.4" />;
  }
}

import { useEffect } from "react";
import type { Toast } from "./context";

const SHOWN_MS = 10_000;

/** One line at the bottom left: what was saved and how to undo it. Errors stay until dismissed. */
export function ToastLine({ toast, clear }: { toast: Toast | null; clear: () => void }) {
  useEffect(() => {
    if (!toast || toast.kind === "error") return;
    const timer = setTimeout(clear, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, clear]);
  return (
    <div className="toast-place" aria-live="polite" data-testid="toast">
      {toast && (
        <p className={`toast ${toast.kind}`}>
          {toast.text}
          {toast.undo && (
            <button
              type="button"
              className="linkish"
              onClick={() => {
                toast.undo?.();
                clear();
              }}
            >
              Undo <kbd>Z</kbd>
            </button>
          )}
          <button type="button" className="linkish" onClick={clear}>
            dismiss
          </button>
        </p>
      )}
    </div>
  );
}

/** Loading with manners: the last answer stays while the next is fetched, and a wait can be stopped. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "./api";

export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  /** The data shown belong to an earlier request. */
  stale: boolean;
  reload: () => void;
  cancel: () => void;
  set: (data: T) => void;
}

interface State<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  of: string | null;
}

const asApiError = (cause: unknown): ApiError =>
  cause instanceof ApiError ? cause : new ApiError(0, String(cause), "Reload the page.");

/** Fetches when `id` changes; null fetches nothing. */
export function useResource<T>(id: string | null, fetcher: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<State<T>>({ data: null, error: null, loading: id !== null, of: null });
  const [turn, setTurn] = useState(0);
  const latest = useRef(fetcher);
  const controller = useRef<AbortController | null>(null);
  latest.current = fetcher;

  useEffect(() => {
    if (id === null) {
      setState({ data: null, error: null, loading: false, of: null });
      return;
    }
    const abort = new AbortController();
    controller.current = abort;
    setState((before) => ({ ...before, error: null, loading: true }));
    latest.current(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: null, loading: false, of: id });
      },
      (cause: unknown) => {
        if (abort.signal.aborted) return;
        setState((before) => ({
          data: before.of === id ? before.data : null,
          error: asApiError(cause),
          loading: false,
          of: id,
        }));
      },
    );
    return () => abort.abort();
  }, [id, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const cancel = useCallback(() => {
    controller.current?.abort();
    setState((before) => ({
      ...before,
      loading: false,
      error: before.data ? null : new ApiError(0, "Loading was stopped.", "Retry when ready."),
    }));
  }, []);
  const set = useCallback((data: T) => setState((before) => ({ ...before, data })), []);
  return { ...state, stale: state.loading && state.data !== null && state.of !== id, reload, cancel, set };
}

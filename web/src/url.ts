/** The address bar is the state: path and query are read here and written here, nowhere else. */
import { useMemo, useSyncExternalStore } from "react";

const changed = "papaver:navigated";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(changed, listener);
  };
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === window.location.pathname + window.location.search) return;
  if (options.replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  window.dispatchEvent(new Event(changed));
}

export interface Place {
  path: string;
  search: string;
  params: URLSearchParams;
}

export function usePlace(): Place {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname);
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return useMemo(() => ({ path, search, params: new URLSearchParams(search) }), [path, search]);
}

type Changes = Record<string, string | null>;

/** The present address with some query values set, and those given as null removed. */
export function withParams(changes: Changes, path: string = window.location.pathname): string {
  const params = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return path + (text ? `?${text}` : "");
}

export const setParams = (changes: Changes, options?: { replace?: boolean }): void =>
  navigate(withParams(changes), options);

/** A path that keeps only the date of knowledge, which belongs to every page. */
export function pageHref(path: string, extra: Changes = {}): string {
  const params = new URLSearchParams();
  const known = new URLSearchParams(window.location.search).get("known_on");
  if (known) params.set("known_on", known);
  for (const [name, value] of Object.entries(extra)) if (value) params.set(name, value);
  const text = params.toString();
  return path + (text ? `?${text}` : "");
}

export const findingPath = (key: string): string => `/findings/${encodeURIComponent(key)}`;

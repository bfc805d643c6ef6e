import { createContext, useContext } from "react";
import type { Status } from "../types";

export interface Toast {
  text: string;
  kind: "done" | "error";
  undo?: () => void;
}

export interface Workbench {
  status: Status;
  /** The date of knowledge chosen in the address, or null for the latest. */
  knownOn: string | null;
  /** The date that years are read against. */
  asOf: string | null;
  reloadStatus: () => void;
  say: (toast: Toast) => void;
}

const WorkbenchContext = createContext<Workbench | null>(null);

export const WorkbenchProvider = WorkbenchContext.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (!workbench) throw new Error("useWorkbench is called outside the workbench");
  return workbench;
}

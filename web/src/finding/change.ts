import { useCallback } from "react";
import { ApiError, changeStatus, getFinding } from "../api";
import type { Toast } from "../shell/context";
import type { Item, ItemDetail, StatusChange } from "../types";
import { capital, sentence, statusWord } from "../words";
import type { Stale } from "./Conflict";

interface After {
  saved: () => void;
  stale: (stale: Stale) => void;
  say: (toast: Toast) => void;
}

/** Saves a change of status against the version that was read; a later version is shown beside ours, never overwritten. */
export function useChange(item: ItemDetail, { saved, stale, say }: After) {
  return useCallback(
    async (mine: StatusChange): Promise<void> => {
      const { key } = item.finding;
      try {
        const now = await changeStatus(key, mine);
        const undo = await wayBack(item, now, () => saved(), say);
        say({ kind: "done", text: `${capital(statusWord(now.status, now.status_label))}. Saved.`, undo });
        saved();
      } catch (cause) {
        if (cause instanceof ApiError && cause.status === 409 && cause.item) {
          stale({ mine, theirs: cause.item });
          return;
        }
        const { message, mend } = cause instanceof ApiError ? cause : { message: String(cause), mend: "" };
        say({ kind: "error", text: ["The status was not saved.", sentence(message), sentence(mend)].join(" ").trim() });
      }
    },
    [item, saved, stale, say],
  );
}

/** Undo is offered only where the desk allows the step back; history keeps both steps. */
async function wayBack(before: Item, now: Item, done: () => void, say: (toast: Toast) => void): Promise<(() => void) | undefined> {
  const { key } = now.finding;
  const { allowed } = await getFinding(key, null);
  const relabelled = before.status === "verifying" && now.status === "verifying";
  if (!allowed.includes(before.status) && !relabelled) return undefined;
  return () => {
    const back: StatusChange = { status: before.status, version: now.version };
    if (before.status_label) back.label = before.status_label;
    changeStatus(key, back).then(done, (cause: unknown) =>
      say({ kind: "error", text: `Not undone. ${cause instanceof Error ? cause.message : String(cause)}` }),
    );
  };
}

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { StatusGlyph } from "../marks/StatusGlyph";
import type { ItemDetail, StatusChange } from "../types";
import { AWAITING, statusWord } from "../words";
import { ClosingForm } from "./ClosingForm";

interface Props {
  item: ItemDetail;
  pick: number | undefined;
  close: () => void;
  change: (change: StatusChange) => Promise<void>;
}

interface Choice {
  status: string;
  label?: string;
}

/** The next statuses the desk allows; verifying can also wait for a laboratory. */
export function choicesOf(item: Pick<ItemDetail, "allowed" | "status" | "status_label">): Choice[] {
  if (item.status === "verifying") {
    const other: Choice = item.status_label ? { status: "verifying" } : { status: "verifying", label: AWAITING };
    return [...item.allowed.filter((status) => status !== "verifying").map((status) => ({ status })), other];
  }
  return item.allowed.flatMap((status): Choice[] =>
    status === "verifying" ? [{ status }, { status, label: AWAITING }] : [{ status }],
  );
}

/** The menu of next statuses: arrow keys or J and K move, a digit or Enter chooses, closing asks why. */
export function StatusMenu({ item, pick, close, change }: Props) {
  const choices = choicesOf(item);
  const [at, setAt] = useState(Math.min(pick ?? 0, Math.max(0, choices.length - 1)));
  const [closing, setClosing] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!closing) ref.current?.querySelectorAll<HTMLElement>("[role=menuitem]")[at]?.focus();
  }, [at, closing]);
  useEffect(() => {
    const outside = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target && !target.closest(".status-control, .row-status")) close();
    };
    document.addEventListener("mousedown", outside);
    return () => document.removeEventListener("mousedown", outside);
  }, [close]);

  function choose(choice: Choice | undefined) {
    if (!choice) return;
    if (choice.status === "closed") setClosing(true);
    else void change({ ...choice, version: item.version });
  }
  function key(event: KeyboardEvent) {
    const down = event.key === "ArrowDown" || event.key === "j";
    const up = event.key === "ArrowUp" || event.key === "k";
    if (down) setAt((at + 1) % choices.length);
    else if (up) setAt((at - 1 + choices.length) % choices.length);
    else if (/^[1-9]$/.test(event.key)) choose(choices[Number(event.key) - 1]);
    else if (event.key === "Tab" || event.key === "a") close();
    else if (event.key !== "Escape") return;
    if (event.key === "Escape") close();
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  if (closing)
    return (
      <div className="menu closing" data-testid="closing">
        <ClosingForm
          cancel={close}
          submit={(closing_code, reason) => change({ status: "closed", closing_code, reason, version: item.version })}
        />
      </div>
    );
  if (choices.length === 0)
    return (
      <div className="menu" role="status">
        <p className="meta">No further status is allowed from {statusWord(item.status, item.status_label)}.</p>
      </div>
    );
  return (
    <div className="menu" role="menu" aria-label="Next status" ref={ref} onKeyDown={key} data-testid="status-menu">
      {choices.map((choice, i) => (
        <button
          key={choice.status + (choice.label ?? "")}
          type="button"
          role="menuitem"
          tabIndex={i === at ? 0 : -1}
          data-status={choice.status}
          onClick={() => choose(choice)}
          onMouseEnter={() => setAt(i)}
        >
          <StatusGlyph status={choice.status} />
          <span>
            {statusWord(choice.status, choice.label)}
            {choice.status === "closed" && " …"}
          </span>
          {i < 9 && <kbd>{i + 1}</kbd>}
        </button>
      ))}
    </div>
  );
}

import { useEffect, useRef } from "react";

const KEYS: readonly (readonly [string[], string])[] = [
  [["J", "K"], "next and previous finding"],
  [["Enter"], "read the finding; on a phone, open it"],
  [["O"], "open the finding as a page"],
  [["A"], "assess: choose the next status"],
  [["1", "to", "6"], "choose in the status menu"],
  [["Z"], "undo the last change of status"],
  [["F"], "filter the list"],
  [["[", "]"], "previous and next delivery"],
  [["Esc"], "close what is open"],
  [["?"], "these keys"],
];

/** The keys of the workbench, over the corner of the page; the page behind stays in use. */
export function KeysHelp({ close }: { close: () => void }) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <section
      className="keys-help"
      ref={ref}
      tabIndex={-1}
      role="dialog"
      aria-label="Keys"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      }}
    >
      <div className="caption">
        <h2>Keys</h2>
        <button type="button" className="linkish" onClick={close}>
          close
        </button>
      </div>
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>{keys.map((key) => (key === "to" ? <span key={key}> to </span> : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

import { useState } from "react";
import type { Again } from "../types";

/** The same thing shown as a command and as Python, ready to be copied. */
export function AgainBlock({ again, title = "The same again" }: { again: Again; title?: string }) {
  return (
    <section className="again" data-testid="again">
      <h2>{title}</h2>
      <Code words="As a command" text={again.command} />
      <Code words="In Python" text={again.python} />
    </section>
  );
}

function Code({ words, text }: { words: string; text: string }) {
  const [copied, setCopied] = useState<"" | "copied" | "select and copy by hand">("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied("copied"),
      () => setCopied("select and copy by hand"),
    );
  return (
    <figure>
      <figcaption className="meta">
        {words}
        <button type="button" className="linkish" onClick={copy} aria-label={`Copy: ${words.toLowerCase()}`}>
          copy
        </button>
        <span aria-live="polite">{copied}</span>
      </figcaption>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );
}

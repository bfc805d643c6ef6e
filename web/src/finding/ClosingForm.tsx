import { type FormEvent, useEffect, useRef, useState } from "react";
import { CLOSING_CODES } from "../words";

interface Props {
  cancel: () => void;
  submit: (code: string, reason: string) => Promise<void>;
}

/** Closing takes one code and one sentence; both are kept in the history. */
export function ClosingForm({ cancel, submit }: Props) {
  const [code, setCode] = useState("");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState<"code" | "reason" | null>(null);
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);

  async function save(event: FormEvent) {
    event.preventDefault();
    const lacks = !code ? "code" : !reason.trim() ? "reason" : null;
    setMissing(lacks);
    if (lacks) {
      form.current?.querySelector<HTMLElement>(lacks === "code" ? "input" : "textarea")?.focus();
      return;
    }
    setSaving(true);
    await submit(code, reason.trim());
    setSaving(false);
  }
  return (
    <form
      ref={form}
      onSubmit={save}
      noValidate
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
        event.stopPropagation();
      }}
    >
      <fieldset aria-describedby={missing === "code" ? "closing-code-error" : undefined}>
        <legend>What it was</legend>
        {CLOSING_CODES.map(([name, word]) => (
          <label key={name}>
            <input type="radio" name="closing_code" value={name} checked={code === name} onChange={() => setCode(name)} />
            {word}
          </label>
        ))}
      </fieldset>
      {missing === "code" && (
        <p className="field-error" id="closing-code-error" role="alert">
          Choose what it was; the rule's record is counted from these.
        </p>
      )}
      <label className="stacked-label">
        One sentence
        <textarea
          className="field"
          name="reason"
          rows={2}
          value={reason}
          aria-invalid={missing === "reason"}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {missing === "reason" && (
        <p className="field-error" role="alert">
          Say in a sentence how it is known.
        </p>
      )}
      <div className="form-end">
        <button type="button" className="button" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={saving}>
          {saving ? "Saving" : "Close finding"}
        </button>
      </div>
    </form>
  );
}

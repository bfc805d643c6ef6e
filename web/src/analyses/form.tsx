import type { FormEvent } from "react";
import type { Cell } from "../types";
import { type Field, boundsInWords, textOf } from "./schema";

interface Props {
  fields: readonly Field[];
  texts: Record<string, string>;
  errors: Record<string, string>;
  running: boolean;
  change: (name: string, text: string) => void;
  reset: () => void;
  submit: () => void;
}

/** The parameters of an analysis as a form: help under the name, an error beside the field it belongs to. */
export function ParamsForm({ fields, texts, errors, running, change, reset, submit }: Props) {
  const changed = fields.filter((field) => (texts[field.name] ?? "") !== textOf(field.fallback)).length;
  function send(event: FormEvent) {
    event.preventDefault();
    submit();
  }
  return (
    <form className="params" onSubmit={send} noValidate data-testid="params" aria-label="Parameters">
      <div className="params-fields">
        {fields.map((field) => (
          <ParamField
            key={field.name}
            field={field}
            text={texts[field.name] ?? textOf(field.fallback)}
            error={errors[field.name]}
            change={(text) => change(field.name, text)}
          />
        ))}
        {errors[""] && (
          <p className="field-error" role="alert">
            {errors[""]}
          </p>
        )}
      </div>
      <div className="params-end">
        <button type="button" className="button" onClick={reset} disabled={changed === 0}>
          Defaults
        </button>
        <span className="meta">{changed === 0 ? "all at their defaults" : `${changed} changed`}</span>
        <button type="submit" className="button primary" disabled={running}>
          {running ? "Running" : "Run"}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  field: Field;
  text: string;
  error: string | undefined;
  change: (text: string) => void;
}

export function ParamField({ field, text, error, change }: FieldProps) {
  const id = `param-${field.name}`;
  const described = [field.help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const changed = text !== textOf(field.fallback);
  const bounds = boundsInWords(field);
  const help = [field.help.replace(/\.$/, ""), field.nullable && !/\bnone\b/.test(field.help) ? "empty for none" : ""]
    .filter(Boolean)
    .join("; ");
  return (
    <div className={changed ? "param changed" : "param"}>
      <label htmlFor={id}>
        {field.title} {bounds && <span className="quiet">{bounds}</span>}
      </label>
      <Control field={field} id={id} text={text} invalid={error !== undefined} described={described} change={change} />
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {help && (
        <p className="param-help" id={`${id}-help`}>
          {help}.
        </p>
      )}
    </div>
  );
}

const choiceWord = (option: Cell): string => (option === true ? "yes" : option === false ? "no" : String(option));

interface ControlProps {
  field: Field;
  id: string;
  text: string;
  invalid: boolean;
  described: string | undefined;
  change: (text: string) => void;
}

function Control({ field, id, text, invalid, described, change }: ControlProps) {
  const common = { id, name: field.name, className: "field", "aria-invalid": invalid, "aria-describedby": described };
  if (field.kind === "choice" || field.kind === "boolean") {
    const options: [string, string][] =
      field.kind === "boolean"
        ? [
            ["true", "yes"],
            ["false", "no"],
          ]
        : field.options.map((option) => [String(option), choiceWord(option)]);
    return (
      <select {...common} value={text} onChange={(event) => change(event.target.value)}>
        {field.nullable && <option value="">none</option>}
        {options.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...common}
      type="text"
      inputMode={field.kind === "number" && field.words.length === 0 ? "decimal" : undefined}
      autoComplete="off"
      spellCheck={false}
      value={text}
      placeholder={field.nullable ? "none" : undefined}
      onChange={(event) => change(event.target.value)}
    />
  );
}

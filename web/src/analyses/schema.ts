/** Fields of a form from the JSON Schema of an analysis's parameters. */
import type { Cell, Schema } from "../types";
import { capital, spaced } from "../words";

export type FieldKind = "choice" | "boolean" | "number" | "list" | "text";

export interface Field {
  name: string;
  title: string;
  help: string;
  kind: FieldKind;
  nullable: boolean;
  integer: boolean;
  /** The values of a choice as they are, so that a number stays a number. */
  options: Cell[];
  /** Text that stands for itself in a field that otherwise takes numbers, such as “auto”. */
  words: string[];
  items: "number" | "text";
  length: { min: number | null; max: number | null };
  bounds: { min: number | null; max: number | null; above: number | null; below: number | null };
  fallback: Cell;
}

/** Follows references and flattens unions, so that a parameter is a list of plain alternatives. */
function alternatives(schema: Schema, defs: Record<string, Schema>): Schema[] {
  if (schema.$ref) {
    const target = defs[schema.$ref.split("/").at(-1) ?? ""];
    return target ? alternatives(target, defs) : [];
  }
  if (schema.anyOf) return schema.anyOf.flatMap((one) => alternatives(one, defs));
  if (schema.allOf?.length === 1 && schema.allOf[0]) return alternatives(schema.allOf[0], defs);
  return [schema];
}

const isNumber = (schema: Schema): boolean => schema.type === "number" || schema.type === "integer";

const given = (value: number | undefined): number | null => value ?? null;

function itemKind(list: Schema | undefined, defs: Record<string, Schema>): "number" | "text" {
  const item = list?.prefixItems?.[0] ?? (typeof list?.items === "object" ? list.items : undefined);
  return item && alternatives(item, defs).some(isNumber) ? "number" : "text";
}

function kindOf(plain: Schema[], options: Cell[]): FieldKind {
  if (plain.some((one) => one.type === "array")) return "list";
  if (plain.some(isNumber)) return "number";
  if (options.length > 0 && plain.every((one) => one.enum !== undefined || one.const !== undefined)) return "choice";
  if (!plain.some((one) => one.type === "boolean")) return "text";
  return options.length > 0 ? "choice" : "boolean";
}

function fieldOf(name: string, schema: Schema, defs: Record<string, Schema>): Field {
  const all = alternatives(schema, defs);
  const plain = all.filter((one) => one.type !== "null");
  const options = plain.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]));
  const kind = kindOf(plain, options);
  const number = plain.find(isNumber);
  const list = plain.find((one) => one.type === "array");
  return {
    name,
    // The field writes its one-letter parameters small: b, w.
    title: name.length > 2 ? capital(spaced(name)) : name,
    help: schema.description ?? plain.find((one) => one.description)?.description ?? "",
    kind,
    nullable: plain.length < all.length,
    integer: number?.type === "integer",
    options: kind === "choice" ? [...(plain.some((one) => one.type === "boolean") ? [true, false] : []), ...options] : [],
    words: kind === "number" ? options.map(String) : [],
    items: itemKind(list, defs),
    length: { min: list?.minItems ?? null, max: list?.maxItems ?? null },
    bounds: {
      min: given(number?.minimum),
      max: given(number?.maximum),
      above: given(number?.exclusiveMinimum),
      below: given(number?.exclusiveMaximum),
    },
    fallback: schema.default ?? null,
  };
}

export function fieldsOf(schema: Schema, defaults: Record<string, Cell> = {}): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const field = fieldOf(name, property, schema.$defs ?? {});
    return name in defaults ? { ...field, fallback: defaults[name] ?? null } : field;
  });
}

/** A value as the form writes it: nothing for none, commas between parts. */
export function textOf(value: Cell): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The bounds of a number in words, or nothing. */
export function boundsInWords({ bounds, length, kind, integer, items }: Field): string {
  if (kind === "list") {
    const n = length.min !== null && length.min === length.max ? `${length.min} ` : "";
    return `${n}${items === "number" ? "numbers" : "values"}, commas between`;
  }
  if (kind !== "number") return "";
  const low = bounds.min !== null ? `from ${bounds.min}` : bounds.above !== null ? `above ${bounds.above}` : "";
  const high = bounds.max !== null ? `to ${bounds.max}` : bounds.below !== null ? `below ${bounds.below}` : "";
  const range = [low, high].filter(Boolean).join(low.startsWith("above") && high ? ", " : " ");
  return [integer ? "whole number" : "", range].filter(Boolean).join(" ");
}

export type Parsed = { ok: true; value: Cell } | { ok: false; message: string };

const bad = (message: string): Parsed => ({ ok: false, message });

function parseNumber(text: string, field: Field): Parsed {
  if (field.words.includes(text)) return { ok: true, value: text };
  const value = Number(text.replace(",", "."));
  const { bounds } = field;
  const also = field.words.length ? ` or ${field.words.join(", ")}` : "";
  if (Number.isNaN(value)) return bad(`“${text}” is not a number${also}.`);
  if (field.integer && !Number.isInteger(value)) return bad(`${text} is not a whole number.`);
  const outside =
    (bounds.min !== null && value < bounds.min) ||
    (bounds.max !== null && value > bounds.max) ||
    (bounds.above !== null && value <= bounds.above) ||
    (bounds.below !== null && value >= bounds.below);
  return outside ? bad(`${text} is outside: ${boundsInWords(field)}.`) : { ok: true, value };
}

function parseList(text: string, field: Field): Parsed {
  const parts = text.split(",").map((part) => part.trim());
  const { min, max } = field.length;
  if ((min !== null && parts.length < min) || (max !== null && parts.length > max))
    return bad(`${parts.length} given; it takes ${boundsInWords(field)}.`);
  if (field.items === "text") return { ok: true, value: parts };
  const values = parts.map(Number);
  const wrong = values.findIndex(Number.isNaN);
  return wrong < 0 ? { ok: true, value: values } : bad(`“${parts[wrong] ?? ""}” is not a number.`);
}

/** The value a field's text stands for, or what is wrong with it. */
export function parse(text: string, field: Field): Parsed {
  const trimmed = text.trim();
  if (trimmed === "") {
    if (field.nullable) return { ok: true, value: null };
    if (field.kind === "text") return { ok: true, value: "" };
    if (field.kind === "list" && !field.length.min) return { ok: true, value: [] };
    return bad(`Empty. The default is ${textOf(field.fallback)}.`);
  }
  if (field.kind === "choice") {
    const option = field.options.find((one) => String(one) === trimmed);
    return option === undefined ? bad(`“${trimmed}” is none of ${field.options.map(String).join(", ")}.`) : { ok: true, value: option };
  }
  if (field.kind === "boolean") return { ok: true, value: trimmed === "true" };
  if (field.kind === "number") return parseNumber(trimmed, field);
  if (field.kind === "list") return parseList(trimmed, field);
  return { ok: true, value: trimmed };
}

export interface Read {
  values: Record<string, Cell>;
  errors: Record<string, string>;
}

export function readForm(fields: readonly Field[], texts: Record<string, string>): Read {
  const values: Record<string, Cell> = {};
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const parsed = parse(texts[field.name] ?? textOf(field.fallback), field);
    if (parsed.ok) values[field.name] = parsed.value;
    else errors[field.name] = parsed.message;
  }
  return { values, errors };
}

/** Only what differs from the defaults: what a command has to say. */
export function changedOnly(fields: readonly Field[], values: Record<string, Cell>): Record<string, Cell> {
  return Object.fromEntries(
    fields
      .filter(({ name, fallback }) => name in values && textOf(values[name] ?? null) !== textOf(fallback))
      .map(({ name }) => [name, values[name] ?? null]),
  );
}

import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { ParamsForm } from "../src/analyses/form";
import { type Field, changedOnly, fieldsOf, parse, readForm, textOf } from "../src/analyses/schema";
import type { Schema } from "../src/types";

afterEach(cleanup);

const schema: Schema = {
  type: "object",
  $defs: { Method: { type: "string", enum: ["farrington-flexible", "ears-c1"] } },
  properties: {
    method: { $ref: "#/$defs/Method", default: "farrington-flexible", description: "How the expected count is found." },
    b: { type: "integer", minimum: 1, maximum: 20, default: 5, description: "Years back." },
    reweight: { type: "boolean", default: true },
    alpha: { anyOf: [{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: "null" }], default: null },
    limit54: { type: "array", prefixItems: [{ type: "integer" }, { type: "integer" }], minItems: 2, maxItems: 2, default: [5, 4] },
    streams: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }], default: null },
    trend: { anyOf: [{ type: "boolean" }, { const: "auto", type: "string" }], default: "auto" },
  },
};
const fields = fieldsOf(schema);
const field = (name: string): Field => fields.find((one) => one.name === name) as Field;

describe("schema", () => {
  it("reads each kind of parameter back to the value that was written", () => {
    for (const one of fields) expect(parse(textOf(one.fallback), one)).toEqual({ ok: true, value: one.fallback });
    expect(parse("3, 2", field("limit54"))).toEqual({ ok: true, value: [3, 2] });
    expect(parse("", field("alpha"))).toEqual({ ok: true, value: null });
    expect(parse("0.005", field("alpha"))).toEqual({ ok: true, value: 0.005 });
    expect(parse("post_mortem, seizure_lab", field("streams"))).toEqual({ ok: true, value: ["post_mortem", "seizure_lab"] });
    expect(parse("true", field("trend"))).toEqual({ ok: true, value: true });
    expect(parse("false", field("reweight"))).toEqual({ ok: true, value: false });
  });

  it("names what is wrong with a value", () => {
    const message = (name: string, text: string) => {
      const parsed = parse(text, field(name));
      return parsed.ok ? null : parsed.message;
    };
    expect(message("b", "21")).toContain("from 1 to 20");
    expect(message("b", "2.5")).toContain("not a whole number");
    expect(message("b", "five")).toContain("“five” is not a number");
    expect(message("alpha", "1")).toContain("below 1");
    expect(message("limit54", "5")).toContain("2 numbers");
    expect(message("b", "")).toContain("default is 5");
  });

  it("says only what differs from the defaults", () => {
    const { values } = readForm(fields, { b: "7", alpha: "", limit54: "5,4" });
    expect(changedOnly(fields, values)).toEqual({ b: 7 });
  });
});

function Bench({ errors = {}, sent }: { errors?: Record<string, string>; sent: (texts: Record<string, string>) => void }) {
  const start = Object.fromEntries(fields.map((one) => [one.name, textOf(one.fallback)]));
  const [texts, setTexts] = useState(start);
  return (
    <ParamsForm
      fields={fields}
      texts={texts}
      errors={errors}
      running={false}
      change={(name, text) => setTexts({ ...texts, [name]: text })}
      reset={() => setTexts(start)}
      submit={() => sent(texts)}
    />
  );
}

describe("form", () => {
  it("is filled in by label from the keyboard, counts what changed and goes back to the defaults", async () => {
    const user = userEvent.setup();
    let sent: Record<string, string> = {};
    render(<Bench sent={(texts) => (sent = texts)} />);
    await user.selectOptions(screen.getByLabelText(/Method/), "ears-c1");
    await user.clear(screen.getByLabelText(/^b/));
    await user.type(screen.getByLabelText(/^b/), "3{Enter}");
    expect(sent).toMatchObject({ method: "ears-c1", b: "3", reweight: "true" });
    expect(screen.getByText("2 changed")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Defaults" }));
    expect(screen.getByText("all at their defaults")).toBeTruthy();
  });

  it("puts help and error at the field they belong to", () => {
    render(<Bench errors={{ b: "13 years are not in these data." }} sent={() => undefined} />);
    const input = screen.getByLabelText(/^b/);
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(described.join(" ")).toContain("Years back");
    expect(described.join(" ")).toContain("13 years are not in these data.");
    expect(screen.getByLabelText(/Reweight/).getAttribute("aria-invalid")).toBe("false");
  });
});

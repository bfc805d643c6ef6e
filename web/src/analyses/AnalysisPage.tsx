import { useEffect, useMemo, useState } from "react";
import { ApiError, getAgain, getAnalysis, runAnalysis } from "../api";
import { AgainBlock } from "../finding/Again";
import { Link } from "../Link";
import { Failure, Loaded, Waiting } from "../marks/States";
import { type Resource, useResource } from "../resource";
import { useWorkbench } from "../shell/context";
import type { AnalysisPage, Cell, RunResult } from "../types";
import { navigate, pageHref, usePlace, withParams } from "../url";
import { spaced } from "../words";
import { ParamsForm } from "./form";
import { RunView } from "./RunView";
import { type Field, changedOnly, fieldsOf, readForm, textOf } from "./schema";

/** The page of one analysis: its parameters at the left, what a run gives at the right. */
export function AnalysisPageView({ name }: { name: string }) {
  const page = useResource(`analysis ${name}`, (signal) => getAnalysis(name, signal));
  if (page.error)
    return (
      <main className="pane page-pad" id="main">
        <h1 className="title">{page.error.status >= 500 || page.error.status === 0 ? name : "No such analysis"}</h1>
        <Failure what="The analysis did not load." error={page.error} retry={page.error.status === 404 ? undefined : page.reload} />
        <p>
          <Link href={pageHref("/analyses")}>Analyses that are</Link>
        </p>
      </main>
    );
  return (
    <Loaded of={page} what="The analysis">
      {(data) => <Bench page={data} />}
    </Loaded>
  );
}

const pathOf = (name: string): string => `/analyses/${encodeURIComponent(name)}`;

const textsFrom = (fields: readonly Field[], params: URLSearchParams): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field.name, params.get(field.name) ?? textOf(field.fallback)]));

/** The value after it has been still for a moment: typing does not ask the server at every letter. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

function errorsBeside(error: ApiError | null, fields: readonly Field[]): Record<string, string> {
  const found: Record<string, string> = {};
  // A refusal that only names the parameter in its words, "b=0: ...", still belongs beside it.
  const named = /^(\w+)=[^:]*: (.+)/.exec(error?.status === 422 ? error.message : "");
  const said = named?.[1] && named[2] ? [{ field: named[1], message: named[2] }] : [];
  for (const { field, message } of error?.errors.length ? error.errors : said) {
    const name = field.split(".")[0] ?? "";
    found[fields.some((one) => one.name === name) ? name : ""] = message;
  }
  return found;
}

function Bench({ page }: { page: AnalysisPage }) {
  const { knownOn } = useWorkbench();
  const { params, search } = usePlace();
  const fields = useMemo(() => fieldsOf(page.params_schema, page.defaults), [page]);
  const [texts, setTexts] = useState(() => textsFrom(fields, params));
  const [tried, setTried] = useState(false);
  useEffect(() => setTexts(textsFrom(fields, new URLSearchParams(search))), [search, fields]);

  const typed = useMemo(() => readForm(fields, texts), [fields, texts]);
  const asked = useMemo(() => readForm(fields, textsFrom(fields, params)), [fields, params]);
  const wanted = params.get("run") !== null && Object.keys(asked.errors).length === 0;
  const askedParams = changedOnly(fields, asked.values);
  const result = useResource(wanted ? `${page.name} ${JSON.stringify(askedParams)} ${knownOn ?? ""}` : null, (signal) =>
    runAnalysis(page.name, askedParams, knownOn, signal),
  );
  const beside = errorsBeside(result.error, fields);
  const errors = { ...beside, ...(tried || params.get("run") !== null ? typed.errors : {}) };
  const tab = params.get("tab") ?? (params.get("run") === null ? "method" : "result");

  function run() {
    setTried(true);
    if (Object.keys(typed.errors).length > 0) {
      document.getElementById(`param-${Object.keys(typed.errors)[0]}`)?.focus();
      return;
    }
    const next = Object.fromEntries(Object.entries(changedOnly(fields, typed.values)).map(([name, value]) => [name, textOf(value)]));
    // An empty text is a value here (none), so the query is written by hand and not by withParams.
    const query = new URLSearchParams(knownOn ? { known_on: knownOn } : {});
    for (const [name, text] of Object.entries(next)) query.set(name, text);
    query.set("run", "1");
    const to = `${pathOf(page.name)}?${query.toString()}`;
    if (to === window.location.pathname + window.location.search) result.reload();
    else navigate(to);
  }
  return (
    <main className={params.get("run") === null ? "analysis" : "analysis ran"} id="main">
      <div className="list-pane params-pane">
        <h2 className="group">
          Parameters <span>{fields.length}</span>
        </h2>
        <ParamsForm
          fields={fields}
          texts={texts}
          errors={errors}
          running={result.loading}
          change={(name, text) => setTexts((before) => ({ ...before, [name]: text }))}
          reset={() => setTexts(Object.fromEntries(fields.map((field) => [field.name, textOf(field.fallback)])))}
          submit={run}
        />
      </div>
      <section className="pane" aria-label={page.title}>
        <p className="meta head-meta">
          <Link href={pageHref("/analyses")}>Analyses</Link>
          <span>
            <code>{page.name}</code> {page.version} · reads {page.reads.map(spaced).join(", ")}
          </span>
        </p>
        <h1 className="title">{page.title}</h1>
        <nav className="tabs" aria-label="Parts of the analysis">
          <Link href={withParams({ tab: params.get("run") === null ? "result" : null })} replace aria-current={tab !== "method" ? "page" : undefined}>
            Result
          </Link>
          <Link href={withParams({ tab: params.get("run") === null ? null : "method" })} replace aria-current={tab === "method" ? "page" : undefined}>
            Method
          </Link>
        </nav>
        {tab === "method" ? (
          <div className="readme" data-testid="readme" dangerouslySetInnerHTML={{ __html: page.readme_html }} />
        ) : (
          <ResultPart result={result} beside={params.get("run") === null ? beside : { ...asked.errors, ...beside }} run={run} />
        )}
        <SameAgain name={page.name} values={changedOnly(fields, typed.values)} valid={Object.keys(typed.errors).length === 0} knownOn={knownOn} />
      </section>
    </main>
  );
}

function ResultPart({ result, beside, run }: { result: Resource<RunResult>; beside: Record<string, string>; run: () => void }) {
  if (result.data === null && Object.keys(beside).length > 0)
    return (
      <p className="state failure" role="alert">
        Not run: {Object.keys(beside).length === 1 ? "one parameter is" : "some parameters are"} outside what the analysis takes. The form says
        which.
      </p>
    );
  if (result.error) return <Failure what="The analysis did not run." error={result.error} retry={result.reload} />;
  if (result.data === null)
    return result.loading ? (
      <Waiting what="Running" cancel={result.cancel} />
    ) : (
      <p className="state">
        Not run yet with these parameters.{" "}
        <button type="button" className="linkish" onClick={run}>
          Run it
        </button>
      </p>
    );
  return (
    <>
      {result.loading && <Waiting what="Running again" cancel={result.cancel} />}
      <div className={result.loading ? "dim on" : "dim"} aria-busy={result.loading}>
        <RunView result={result.data} />
      </div>
    </>
  );
}

function SameAgain({ name, values, valid, knownOn }: { name: string; values: Record<string, Cell>; valid: boolean; knownOn: string | null }) {
  const settled = useSettled(valid ? JSON.stringify(values) : null, 250);
  const again = useResource(settled === null ? null : `${name} ${settled} ${knownOn ?? ""}`, (signal) =>
    getAgain(name, JSON.parse(settled ?? "{}") as Record<string, Cell>, knownOn, signal),
  );
  return again.data ? <AgainBlock again={again.data} title="This form as a command and in Python" /> : null;
}

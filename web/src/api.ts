/** The workbench's only way to the server: typed calls under /api/v1, errors with their mend. */
import type {
  Again,
  AnalysisEntry,
  AnalysisPage,
  Cell,
  EvidencePage,
  Inbox,
  Item,
  ItemDetail,
  RecordVersions,
  RunResult,
  Status,
  StatusChange,
} from "./types";

export interface FieldError {
  field: string;
  message: string;
}

/** What happened and what to do about it, as the server said it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly mend: string,
    readonly errors: FieldError[] = [],
    readonly item: Item | null = null,
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | null | undefined>;

export function query(params: Query): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") out.set(name, String(value));
  }
  const text = out.toString();
  return text ? `?${text}` : "";
}

interface ErrorBody {
  error?: string;
  mend?: string;
  errors?: FieldError[];
  item?: Item;
  /** What the web framework itself says of an address or a body it refuses. */
  detail?: string | { loc: (string | number)[]; msg: string }[];
}

function told(body: ErrorBody): { message: string | undefined; errors: FieldError[] } {
  const { detail } = body;
  if (typeof detail === "string") return { message: body.error ?? detail, errors: body.errors ?? [] };
  const refused = (detail ?? []).map(({ loc, msg }) => ({ field: String(loc.at(-1) ?? ""), message: msg }));
  const message = refused.map(({ field, message: what }) => `${field}: ${what}`).join("; ");
  return { message: body.error ?? (message || undefined), errors: body.errors ?? refused };
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await answer(path, init)).json()) as T;
}

async function answer(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "The Papaver server did not answer.", "Start it again with papaver serve, then retry.");
  }
  if (response.ok) return response;
  let body: ErrorBody = {};
  try {
    body = (await response.json()) as ErrorBody;
  } catch {
    // An answer without JSON comes from something between us and the server; the status still says what happened.
  }
  const { message, errors } = told(body);
  throw new ApiError(
    response.status,
    message ?? `The server answered ${response.status} ${response.statusText}.`,
    body.mend ?? "The log of papaver serve says more.",
    errors,
    body.item ?? null,
  );
}

const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

const part = encodeURIComponent;

export const getStatus = (signal?: AbortSignal) => call<Status>("/status", { signal });

export const getInbox = (status: string, knownOn: string | null, signal?: AbortSignal) =>
  call<Inbox>(`/findings${query({ status, known_on: knownOn })}`, { signal });

export const getFinding = (key: string, knownOn: string | null, signal?: AbortSignal) =>
  call<ItemDetail>(`/findings/${part(key)}${query({ known_on: knownOn })}`, { signal });

export const changeStatus = (key: string, change: StatusChange) =>
  call<Item>(`/findings/${part(key)}/status`, post(change));

export interface EvidenceOf {
  recordType: string;
  finding?: string;
  ids?: string[];
}

export const getEvidence = (of: EvidenceOf, knownOn: string | null, offset: number, limit: number, signal?: AbortSignal) =>
  call<EvidencePage>(
    `/evidence/${part(of.recordType)}${query({
      finding: of.finding,
      ids: of.finding ? undefined : of.ids?.join(","),
      known_on: knownOn,
      offset,
      limit,
    })}`,
    { signal },
  );

export const getRecord = (recordType: string, id: string, signal?: AbortSignal) =>
  call<RecordVersions>(`/records/${part(recordType)}/${part(id)}`, { signal });

export const getAnalyses = (signal?: AbortSignal) => call<AnalysisEntry[]>("/analyses", { signal });

export const getAnalysis = (name: string, signal?: AbortSignal) => call<AnalysisPage>(`/analyses/${part(name)}`, { signal });

export async function runAnalysis(
  name: string,
  params: Record<string, Cell>,
  knownOn: string | null,
  signal?: AbortSignal,
): Promise<RunResult> {
  const response = await answer(`/analyses/${part(name)}/run`, { ...post({ params, known_on: knownOn, for_screen: true }), signal });
  const simulated = response.headers.get("X-Papaver-Simulated")?.split(",").filter(Boolean);
  const rows = JSON.parse(response.headers.get("X-Papaver-Rows") ?? "{}") as Record<string, number>;
  return { ...((await response.json()) as RunResult), simulated, rows };
}

export const getAgain = (name: string, params: Record<string, Cell>, knownOn: string | null, signal?: AbortSignal) =>
  call<Again>(`/analyses/${part(name)}/again${query({ params: JSON.stringify(params), known_on: knownOn })}`, { signal });

/** Answers /api/v1 with SIMULATED fixtures while the workbench is developed; never part of the build. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import * as fixture from "./fixture.ts";

type Reply = { status?: number; body: unknown };

function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => resolve(text ? (JSON.parse(text) as Record<string, unknown>) : {}));
  });
}

const missing = (what: string): Reply => ({
  status: 404,
  body: { error: `${what} is not in this workspace.`, mend: "The inbox lists what is." },
});

async function answer(request: IncomingMessage, url: URL): Promise<Reply> {
  const [, , , kind, first, second] = url.pathname.split("/").map(decodeURIComponent);
  const q = url.searchParams;
  if (kind === "status") return { body: fixture.status() };
  if (kind === "findings" && first && second === "status") return fixture.change(first, await body(request));
  if (kind === "findings" && first) return fixture.finding(first) ?? missing(first);
  if (kind === "findings") return { body: fixture.inbox(q.get("status") ?? "open", q.get("known_on")) };
  if (kind === "evidence") return { body: fixture.evidence(Number(q.get("offset") ?? 0), Number(q.get("limit") ?? 200), q.get("finding")) };
  if (kind === "records" && second) return { body: fixture.record(second) };
  if (kind === "analyses" && !first) return { body: fixture.analyses() };
  if (kind === "analyses" && first && first !== "detect" && first !== "emerge") return missing(first);
  if (kind === "analyses" && first && second === "run") return fixture.run(first, await body(request));
  if (kind === "analyses" && first && second === "again") return { body: fixture.again(first, q.get("params") ?? "{}") };
  if (kind === "analyses" && first) return { body: fixture.analysis(first) };
  return missing(url.pathname);
}

export function mockApi(): Plugin {
  return {
    name: "papaver-mock-api",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        const url = new URL(request.url ?? "/", "http://localhost");
        if (!url.pathname.startsWith("/api/v1/")) return next();
        void answer(request, url).then((reply) => {
          response.statusCode = reply.status ?? 200;
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(reply.body));
        });
      });
    },
  };
}

// A typed client of Replygate's HTTP API. The types are generated from its OpenAPI document, see `schema.ts`.

import createClient, { type Client, type Middleware } from "openapi-fetch";

import { withRetries, type RetryOptions } from "./retries.js";
import type { components, paths } from "./schema.js";

export { answer, ProblemError, type FieldProblem, type Problem } from "./problems.js";
export { type RetryOptions } from "./retries.js";
export type { components, operations, paths } from "./schema.js";

export type Schemas = components["schemas"];

export interface Options extends RetryOptions {
  /** Address of the server, such as https://replies.example. */
  url: string;
  /** A key of the site (rgk_...) or of a person (rgp_...). Keep it on a server, never in a page. */
  key?: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** Reading that everyone may do, and that caches may answer: the key is not sent. */
const PUBLIC = new Set<string>([
  "/v1/sites/{site}/comments",
  "/v1/sites/{site}/comments.html",
  "/v1/sites/{site}/counts",
  "/v1/sites/{site}/feed.atom",
  "/v1/sites/{site}/form",
] satisfies (keyof paths)[]);
/** Requests that must not be done twice. */
const ONCE = new Set<string>(["/v1/sites/{site}/comments", "/v1/sites/{site}/checks"] satisfies (keyof paths)[]);

/** Open a client. Requests are sent again after faults; submissions and checks have an Idempotency-Key, so they are stored once. */
export function replygate({ url, key, fetch = globalThis.fetch, ...retries }: Options): Client<paths> {
  const client = createClient<paths>({ baseUrl: url.replace(/\/+$/, ""), fetch: withRetries(fetch, retries) });
  const prepare: Middleware = {
    onRequest({ request, schemaPath }) {
      if (key && !(request.method === "GET" && PUBLIC.has(schemaPath))) {
        request.headers.set("Authorization", `Bearer ${key}`);
      }
      if (request.method === "POST" && ONCE.has(schemaPath) && !request.headers.has("Idempotency-Key")) {
        request.headers.set("Idempotency-Key", crypto.randomUUID());
      }
      request.headers.set("Accept", "application/json");
      return request;
    },
  };
  client.use(prepare);
  return client;
}

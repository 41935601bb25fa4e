// Errors of the server as exceptions, with every problem.

import type { components } from "./schema.js";

export type Problem = components["schemas"]["ProblemDetails"];
export type FieldProblem = components["schemas"]["FieldProblem"];

/** An answer of the server that reports a problem (RFC 9457). `problems` has each wrong field. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    const fields = (problem.problems ?? []).map(({ field, message }) => `${field}: ${message}`);
    super([problem.title ?? `HTTP status ${status}`, problem.detail, fields.join("; ")].filter(Boolean).join(": "));
  }

  /** The part after `urn:replygate:`, such as `invalid` or `stale-version`. */
  get type(): string {
    return (this.problem.type ?? "").replace(/^urn:replygate:/, "");
  }

  get problems(): FieldProblem[] {
    return this.problem.problems ?? [];
  }
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return the answer of a call, or throw a ProblemError: `await answer(client.GET(...))`. */
export async function answer<T>(call: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (error === undefined && response.ok) return data as T;
  const problem = typeof error === "object" && error !== null ? error : {};
  throw new ProblemError(response.status, problem);
}

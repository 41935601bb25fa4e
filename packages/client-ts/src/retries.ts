// Send a request again after 429 and 503, and after a lost answer if a repeat has no further effect.

export interface RetryOptions {
  /** Attempts for one call. */
  attempts?: number;
  /** Milliseconds before the second attempt; the pause doubles with each attempt. */
  firstWait?: number;
  /** Milliseconds of the longest pause. A longer `Retry-After` ends the attempts. */
  longestWait?: number;
  /** Milliseconds for one attempt, with the time for which the server may wait. */
  timeout?: number;
}

type Fetch = (request: Request) => Promise<Response>;

const NOTHING_DONE = new Set([429, 503]);
const ANSWER_LOST = new Set([502, 504]);

/** Return true if the server does the same once, however often it gets the request. */
export function isRepeatable(request: Request): boolean {
  return ["GET", "HEAD", "PUT", "DELETE"].includes(request.method) || request.headers.has("Idempotency-Key");
}

export function withRetries(fetch: Fetch, options: RetryOptions = {}): Fetch {
  const { attempts = 6, firstWait = 250, longestWait = 20_000, timeout = 20_000 } = options;
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const backoff = Math.min(longestWait, firstWait * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      const isLast = attempt >= attempts;
      let pause = backoff;
      try {
        const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]);
        const response = await fetch(new Request(request.clone(), { signal }));
        pause = Math.max(backoff, secondsToWait(response.headers.get("Retry-After")) * 1000);
        const again =
          NOTHING_DONE.has(response.status) || (isRepeatable(request) && ANSWER_LOST.has(response.status));
        if (!again || isLast || pause > longestWait) return response;
        await response.body?.cancel();
      } catch (error) {
        if (isLast || request.signal.aborted || !isRepeatable(request)) throw error;
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  };
}

/** Read `Retry-After`: seconds, or a time. */
function secondsToWait(header: string | null): number {
  if (!header) return 0;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, (at - Date.now()) / 1000);
}

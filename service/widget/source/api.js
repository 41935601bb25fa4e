/* Calls the comment API. No request sends cookies. */

import { API } from "./page.js";

const TIMEOUT_MILLISECONDS = 15000;

/* Send a request. Returns the status, the JSON body and the seconds of Retry-After; throws if there is no response. */
async function request(path, options = {}) {
  // "no-cache" asks the server each time. A stored response may be stale, and an update must not be.
  const response = await fetch(API + path, {
    credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS), ...options,
  });
  const body = await response.json();
  return { status: response.status, body, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
}

/* Return the body of a successful request; throw an error with the status for any other. */
export async function get(path, options) {
  const { status, body } = await request(path, options);
  if (status !== 200) throw Object.assign(new Error(body.title || "request failed"), { status });
  return body;
}

export function query(values) {
  return "?" + new URLSearchParams(values);
}

export function postJson(path, values, headers) {
  return request(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(values) });
}

/* Requests of authors about their own comments. The receipt proves that they wrote it. */

const commentPath = (id) => `/comments/${encodeURIComponent(id)}`;

/* Return the receipt for the one-time code of a plain form, or "" if it was used or has expired. */
export async function exchangeCode(comment, code) {
  try { return (await postJson("/receipts", { comment, code })).body.receipt || ""; }
  catch { return ""; }
}

/* Return the author's view of a comment. Its status is "missing" if it is gone, "unknown" if the server cannot be reached. */
export async function getOwnComment({ id, receipt }) {
  try { return await get(commentPath(id), { headers: { "Replygate-Receipt": receipt } }); }
  catch (error) { return { status: error.status === 404 ? "missing" : "unknown" }; }
}

export function editOwnComment({ id, receipt }, content) {
  const headers = { "Replygate-Receipt": receipt, "Content-Type": "application/json" };
  return request(commentPath(id), { method: "PATCH", headers, body: JSON.stringify({ content }) });
}

export function withdrawOwnComment({ id, receipt }) {
  return request(commentPath(id), { method: "DELETE", headers: { "Replygate-Receipt": receipt } });
}

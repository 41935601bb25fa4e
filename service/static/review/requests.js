// Requests to the review API.

import { csrfOf } from "./row.js";

export const path = (row) =>
  `/v1/sites/${encodeURIComponent(row.dataset.site)}/review/comments/${row.dataset.id}`;
export const bulkPath = (site, rest = "") => `/v1/sites/${encodeURIComponent(site)}/review/bulk${rest}`;

export async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return { ...(await answer.json()), status: answer.status };
}

export const post = (address, row, body) => send("POST", address, row, body);

export async function send(method, address, row, body) {
  const answer = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrfOf(row) },
    body: JSON.stringify(body),
  });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return { ...(await answer.json()), status: answer.status };
}

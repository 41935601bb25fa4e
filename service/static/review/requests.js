// Requests to the review API.

import { csrfOf, tell } from "./row.js";

// The path below which the service is public; usually empty.
export const { root } = document.documentElement.dataset;
export const siteApi = (site) => `${root}/v1/sites/${encodeURIComponent(site)}`;
export const path = (row) => `${siteApi(row.dataset.site)}/review/comments/${row.dataset.id}`;
export const bulkPath = (site, rest = "") => `${siteApi(site)}/review/bulk${rest}`;

export async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return { ...(await answer.json()), status: answer.status };
}

// For an unexpected answer, such as the end of a session: the server's own pages explain it, and keep what was entered.
export function submitAsForm(form, fields = {}) {
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  form.submit();
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

// Sends the state that a button asks for. Returns true once it is stored; otherwise the row says why not.
export async function sendState(row, button, address, state) {
  let answer;
  try {
    answer = await send("PUT", address, row, state);
  } catch {
    tell(row, "Not saved: the server did not respond. Try again", "bad");
    return false;
  }
  if (answer.status === 401) submitAsForm(button.form, { [button.name]: button.value });
  else if (answer.status !== 200) tell(row, answer.problems?.[0]?.message ?? answer.title, "bad");
  return answer.status === 200;
}

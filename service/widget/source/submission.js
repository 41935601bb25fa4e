/* Sends a comment to the server. */

import { postJson } from "./api.js";
import { API } from "./page.js";
import { loadPart } from "./part_loader.js";

const AUTHOR = `replygate ${API} author`;

/* The secret by which the site recognizes this browser's author. It says nothing about a name or an address. */
function authorSecret() {
  try { return localStorage.getItem(AUTHOR) || ""; } catch { return ""; }
}

function keepAuthorSecret(secret) {
  try { localStorage.setItem(AUTHOR, secret); } catch { /* the next comment is by a new author */ }
}

/* Post the values of a form. The server waits up to three seconds for the decision, so most answers are final. */
export async function postComment(form, values) {
  const { trap, token, proof_bits: bits } = form.settings;
  const body = { thread: form.thread, ...values };
  for (const name of ["parent", "notify"]) if (!body[name]) delete body[name];
  const honeypot = trap && form.input(trap);
  if (honeypot && honeypot.value) body[trap] = honeypot.value;
  if (token) body.form_token = token;
  // Without the proof the comment is held for review, so it is sent in any case.
  const solver = token && bits && await loadPart("proof_of_work").catch(() => null);
  if (solver) body.form_proof = String(await solver.proofOfWork(token, values.content, bits));
  const headers = { "Idempotency-Key": form.storage.idempotencyKey(values), Prefer: "wait=3" };
  const secret = authorSecret();
  if (secret) headers["Replygate-Author"] = secret;
  const answer = await postJson("/comments", body, headers);
  if (answer.body.author_secret) keepAuthorSecret(answer.body.author_secret);
  return answer;
}

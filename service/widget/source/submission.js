/* Sends a comment to the server. */

import { postJson } from "./api.js";
import { proofOfWork } from "./proof_of_work.js";

/* Post the values of a form. The server waits up to three seconds for the decision, so most answers are final. */
export async function postComment(form, values) {
  const { trap, token, proof_bits: bits } = form.settings;
  const body = { thread: form.thread, ...values };
  for (const name of ["parent", "notify"]) if (!body[name]) delete body[name];
  const honeypot = trap && form.input(trap);
  if (honeypot && honeypot.value) body[trap] = honeypot.value;
  if (token) body.form_token = token;
  if (token && bits) body.form_proof = String(await proofOfWork(token, values.content, bits));
  return postJson("/comments", body, { "Idempotency-Key": form.storage.idempotencyKey(values), Prefer: "wait=3" });
}

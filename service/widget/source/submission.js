/* Sends a comment to the server. */

import { loadPart } from "./part_loader.js";
import { keepAuthorSecret, readAuthorSecret } from "./thread_storage.js";

/* Post the values of a form. The server waits up to three seconds for the decision, so most answers are final. */
export async function postComment(form, values) {
  const { trap, token, proof_bits: bits } = form.settings, { root, userHeaders } = form.api;
  const body = { thread: form.thread, ...form.details(), ...values };
  for (const name of ["thread_title", "thread_url", "parent", "notify"]) if (!body[name]) delete body[name];
  if (body.notify) body.lang = form.localize.language;
  const honeypot = trap && form.input(trap);
  if (honeypot && honeypot.value) body[trap] = honeypot.value;
  if (token) body.form_token = token;
  // Without the proof the comment is held for review, so it is sent in any case.
  const solver = token && bits && await loadPart("proof_of_work").catch(() => null);
  if (solver) body.form_proof = String(await solver.proofOfWork(token, values.content, bits));
  const headers = { "Idempotency-Key": form.storage.idempotencyKey(values), Prefer: "wait=3", ...userHeaders };
  const secret = readAuthorSecret(root);
  if (secret) headers["Replygate-Author"] = secret;
  const answer = await form.api.postJson("/comments", body, headers);
  if (answer.body.author_secret) keepAuthorSecret(root, answer.body.author_secret);
  return answer;
}

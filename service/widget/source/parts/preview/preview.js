/* Shows a comment as readers will see it. The server renders it. */

import { commentBody } from "../../comment_html.js";
import { element } from "../../dom.js";

/* Replace the text of a form by its preview. */
export async function showPreview(form) {
  const content = form.input("content").value;
  form.showProblems([], "");
  const answer = content.trim()
    ? await form.api.postJson("/preview", { content }).catch(() => null) : { status: 200, body: {} };
  if (!answer || answer.status !== 200) {
    if (answer && answer.status === 422) form.showProblems(answer.body.problems, "");
    else form.showProblems([], form.localize("previewFailed"));
    return;
  }
  const shown = content.trim() ? commentBody(answer.body.html, content) : form.localize("previewEmpty");
  const values = { className: "preview content", dir: "auto", role: "region", "aria-label": form.localize("preview") };
  switchTo(form, element("div", values, shown));
}

/* Show the text again. */
export function showText(form) {
  switchTo(form, null);
  form.input("content").focus();
}

function switchTo(form, preview) {
  const input = form.input("content");
  const before = input.parentNode.querySelector(".preview");
  if (before) before.remove();
  input.hidden = Boolean(preview);
  if (preview) input.after(preview);
  form.writeButton.ariaPressed = String(!preview);
  form.previewButton.ariaPressed = String(Boolean(preview));
}

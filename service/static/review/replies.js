// Replies of the team, sent without loading the page again. The row keeps its place.

import { finishReply } from "./decisions.js";
import { get, path, post } from "./requests.js";
import { tell, update, versionOf } from "./row.js";

export async function sendReply(row, field) {
  let answer;
  let now;
  try {
    answer = await post(`${path(row)}/replies`, row, { content: field.value, version: versionOf(row) });
    now = await get(path(row));
  } catch {
    return tell(row, "The reply was not saved: the server did not respond. Try again", "bad");
  }
  if (answer.status === 401 || now.status !== 200) return field.form.submit();
  if (answer.status === 409) {
    update(row, now.comment);
    return tell(row, "The comment has changed. Your reply was not sent", "warn");
  }
  if (answer.status !== 201) return tell(row, answer.problems?.[0]?.message ?? answer.title, "bad");
  field.value = "";
  field.closest("details").open = false;
  finishReply(row, now.comment);
}

// Canned replies: a choice from the menu goes into the text. Without a script it is a link to the comment's page.

document.addEventListener("click", (event) => {
  const link = event.target.closest(".canned a");
  if (!link) return;
  event.preventDefault();
  const field = link.closest("form").elements.content;
  field.value += `${field.value && !field.value.endsWith("\n") ? "\n" : ""}${link.dataset.text}`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  link.closest("details").open = false;
  field.focus();
});

// Notes for colleagues, added without loading the page again.

import { goTo } from "./list.js";
import { path, post } from "./requests.js";
import { tell } from "./row.js";

export async function addNote(row, field) {
  try {
    const added = await post(`${path(row)}/notes`, row, { text: field.value });
    if (added.status !== 201) return field.form.submit();
    const note = document.createElement("li");
    note.className = "note";
    note.textContent = `${added.by} just now: ${added.text}`;
    row.querySelector(".before").append(note);
    field.value = "";
    field.closest("details").open = false;
    goTo(row);
  } catch {
    tell(row, "The note was not saved: the server did not respond. Try again", "bad");
  }
}

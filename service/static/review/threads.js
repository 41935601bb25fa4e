// Closes and opens the thread of a comment in place. All rows of the thread follow.

import { path, sendState } from "./requests.js";
import { rows, tell } from "./row.js";

export async function setClosed(row, button) {
  const closed = button.value === "yes";
  if (!await sendState(row, button, `${path(row)}/thread`, { closed })) return;
  for (const each of rows()) {
    const own = each.dataset.site === row.dataset.site && each.dataset.thread === row.dataset.thread;
    const found = own && each.querySelector(".thread-state button");
    if (!found) continue;
    found.value = closed ? "no" : "yes";
    found.textContent = closed ? "Open the thread" : "Close the thread";
    each.querySelector(".thread-closed").hidden = !closed;
  }
  tell(row, closed ? "Thread closed" : "Thread open", closed ? "warn" : "good");
  undoButton(row, button);
}

// The button in the panel may be out of sight, so the message has one too.
function undoButton(row, button) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = button.value === "no" ? "Open again" : "Close again";
  made.addEventListener("click", () => setClosed(row, button));
  row.querySelector(".outcome").append(" ", made);
}

// The queue without page loads, by keyboard, buttons or touch. Everything also works with plain forms.

import { decideAll, onChange, submit } from "./decisions.js";
import { listen } from "./keyboard.js";
import { choose } from "./list.js";
import { addNote } from "./notes.js";
import { setPinned } from "./pins.js";
import { sendReply } from "./replies.js";
import { list, rows } from "./row.js";
import { selection } from "./selection.js";
import { swipes } from "./swipe.js";
import "./text.js";
import { refreshFiltersSoon } from "./view.js";
import { setClosed } from "./threads.js";
import { ask, undo } from "./waves.js";

document.documentElement.classList.add("keyed");

list.addEventListener("submit", (event) => {
  const row = event.target.closest(".card");
  if (!row) return;
  if (row.matches(".wave")) {
    event.preventDefault();
    choose(row);
    return event.submitter.value === "undo" ? undo(row) : ask(row, event.submitter.value);
  }
  if (event.target.matches(".leave-note")) {
    event.preventDefault();
    return addNote(row, event.target.elements.text);
  }
  if (event.target.matches(".pin-state")) {
    event.preventDefault();
    return setPinned(row, event.submitter);
  }
  if (event.target.matches(".staff-reply")) {
    event.preventDefault();
    return sendReply(row, event.target.elements.content);
  }
  if (!event.submitter || event.target.matches(".source-rules form")) return;
  if (event.target.matches(".thread-state")) {
    event.preventDefault();
    return setClosed(row, event.submitter);
  }
  event.preventDefault();
  submit(row, event.submitter);
});

// The second click of a double click would hit the button that took the place of the first one, such as Undo.
list.addEventListener("click", (event) => {
  const isRepeated = event.detail > 1 && event.pointerType !== "touch";
  if (isRepeated && event.target.closest("form.actions button, .with-reason button")) event.preventDefault();
});

onChange(refreshFiltersSoon);
swipes((row, action) => {
  choose(row);
  decideAll([row], action);
});
listen(selection(decideAll));
if (rows().length) choose(rows()[0]);

// Keys of the list. They act on the current row, or on the selected ones.

import { decideAll, undoLast } from "./decisions.js";
import { TYPING, arriving, currentRow, goTo, step } from "./list.js";
import { isOpen } from "./row.js";
import { actions, shortcuts } from "./table.js";
import { toggleText } from "./text.js";
import { answer, ask, isAsking } from "./waves.js";

const ACTION_KEYS = Object.fromEntries(Object.entries(actions).map(([name, { key }]) => [key, name]));

const help = document.getElementById("help");
const single = document.getElementById("single-keys");

single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

function removeBecause(number, take) {
  const button = currentRow().querySelectorAll(".with-reason button")[number - 1];
  if (button) act(button.form.elements.action.value, take, button.value);
}

let turn = null; // promise of the last key that waits for rows

const decide = (row, action, reason) => (row.matches(".wave") ? ask(row, action) : decideAll([row], action, reason));

// A key that is faster than the next page waits for its rows, and keys that follow wait for it.
function act(action, take, reason) {
  const some = take();
  const before = turn ?? (!isOpen(currentRow()) && arriving());
  if (some.length) return decideAll(some, action, reason);
  if (!before) return decide(currentRow(), action, reason);
  const own = before.then(() => {
    decide(currentRow(), action, reason);
    return new Promise((done) => setTimeout(done)); // the row is decided, and the next one is current
  });
  turn = own;
  own.then(() => {
    if (turn === own) turn = null;
  });
}

export function open(row, field) {
  const found = row.querySelector(`${field} textarea`);
  if (!found) return;
  for (let at = found.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  found.focus();
}

// `selected` is the selection: `toggle` a row, or `take` the selected ones.
export function listen(selected) {
  const withoutRow = {
    [shortcuts.next]: () => step(1),
    [shortcuts.previous]: () => step(-1),
    [shortcuts.search]: () => document.getElementById("q")?.focus(),
    [actions.undo.key]: undoLast,
  };
  const withRow = {
    [shortcuts.select]: (row) => selected.toggle(row),
    [shortcuts.note]: (row) => open(row, ".leave-note"),
    [shortcuts.reply]: (row) => open(row, ".staff-reply"),
    [shortcuts.accept]: (row) => row.querySelector(".actions .accept")?.click() ?? false,
    [shortcuts.open]: (row) => row.querySelector(".place a").click(),
    [shortcuts.expand]: toggleText,
  };

  function press(key, row) {
    if (key in withoutRow) return withoutRow[key]();
    if (!row) return false;
    if (key in withRow) return withRow[key](row);
    if (key in ACTION_KEYS) return act(ACTION_KEYS[key], selected.take);
    if (/^[1-9]$/.test(key)) return removeBecause(Number(key), selected.take);
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("#q, .card textarea")) {
      event.target.blur();
      if (currentRow()) goTo(currentRow());
      return;
    }
    if (isAsking(currentRow()) && (event.key === "Escape" || (event.key === "Enter" && event.target === currentRow()))) {
      event.preventDefault();
      return answer(currentRow(), event.key === "Enter");
    }
    if (event.key === "Enter" && event.target.matches(".card.wave")) return event.target.querySelector(".place a").click();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
    if (event.key === shortcuts.help) return help.showModal();
    if (!single.checked || event.repeat) return;
    // A key must not be typed into the field that it opens.
    if (press(event.key, currentRow()) !== false) event.preventDefault();
  });

  const keys = document.getElementById("keys");
  keys.hidden = false;
  keys.addEventListener("click", () => help.showModal());
}

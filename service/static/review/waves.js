// Rows that stand for many near-copies: one question, then one bulk action for all of them, with undo in place.

import { forget, inTurn, remember, reportChange } from "./decisions.js";
import { goTo, goToNext, reopen } from "./list.js";
import { bulkPath, get, post, siteApi, submitAsForm } from "./requests.js";
import { announce, drawButtons, form, move, showResult, tell } from "./row.js";
import { actions } from "./table.js";

const PER_REQUEST = 100; // comments of one request
const bulks = new Map(); // row -> ids of its bulk actions, the first one first

const question = (row) => row.querySelector(".question");
export const isAsking = (row) => Boolean(row && question(row));

function button(text, key, name, run) {
  const made = document.createElement("button");
  const hint = document.createElement("kbd");
  Object.assign(made, { type: "button", className: name });
  hint.textContent = key;
  hint.setAttribute("aria-hidden", "true");
  made.append(`${text} `, hint);
  made.addEventListener("click", run);
  return made;
}

// Asks in the row before the action, because it is about many comments.
export function ask(row, action) {
  if (row.matches(".decided")) return;
  if (action === "undo" || !actions[action]) return;
  question(row)?.remove();
  const made = document.createElement("p");
  const n = Number(row.dataset.copies);
  made.className = "question";
  made.dataset.action = action;
  const text = document.createElement("span");
  text.textContent = `${actions[action].ask.replace("{}", `${n} comments`)}?`;
  made.append(
    text,
    button("Yes", "Enter", `${actions[action].tone} primary`, () => answer(row, true)),
    button("Cancel", "Esc", "", () => answer(row, false)),
  );
  row.append(made);
  row.focus({ preventScroll: true });
  made.scrollIntoView({ block: "nearest" });
  announce(`${text.textContent} Enter for yes, Escape to cancel`);
}

// The answer to the question: by a button, Enter or Escape. The next key already acts on the next row.
export function answer(row, isYes) {
  const { action } = question(row).dataset;
  question(row).remove();
  row.focus({ preventScroll: true });
  if (!isYes) return;
  assume(row, action);
  remember(row, () => undo(row));
  inTurn([row], () => decide(row, action));
  goToNext(row);
}

function assume(row, action) {
  move(row, actions[action].result);
  drawUndo(row, true);
  showResult(row, actions[action].result);
}

function drawUndo(row, isShown) {
  form(row).querySelector('[value="undo"]')?.remove();
  const all = document.getElementById("buttons").content.cloneNode(true);
  if (isShown) form(row).append(all.querySelector('[value="undo"]'));
}

function restore(row, text, tone) {
  move(row, "held");
  drawUndo(row, false);
  forget(row);
  reopen();
  tell(row, text, tone);
}

// The near-copies with their versions, page by page.
async function copies(row) {
  const fields = new URLSearchParams(new FormData(form(row)));
  const found = [];
  fields.set("limit", PER_REQUEST);
  do {
    const page = await get(`${siteApi(row.dataset.site)}/review/comments?${fields}`);
    if (page.status !== 200) return null;
    found.push(...page.comments.map(({ id, version }) => ({ id, version })));
    fields.set("cursor", page.next);
  } while (fields.get("cursor"));
  return found;
}

async function decide(row, action) {
  const ids = [];
  bulks.set(row, ids);
  let done = 0;
  try {
    const all = await copies(row);
    if (!all) return submitAsForm(form(row), { action });
    for (let at = 0; at < all.length; at += PER_REQUEST) {
      const answer = await post(bulkPath(row.dataset.site), row, { action, comments: all.slice(at, at + PER_REQUEST) });
      if (answer.status !== 200) return submitAsForm(form(row), { action });
      ids.push(answer.id);
      done += answer.done;
    }
    row.querySelector(".outcome").prepend(`${done} comments: `);
  } catch {
    if (!ids.length) return restore(row, "Not saved: the server did not respond. Try again", "bad");
    tell(row, `${done} comments saved; then the server did not respond. Undo, or load the page again`, "bad");
  }
  reportChange();
}

// Undoes the action on a row, after it has ended.
export function undo(row) {
  forget(row);
  inTurn([row], async () => {
    const left = bulks.get(row) ?? [];
    try {
      while (left.length) {
        const answer = await post(bulkPath(row.dataset.site, `/${left.at(-1)}/undo`), row, {});
        if (answer.status !== 200) throw new Error(String(answer.status));
        left.pop();
      }
    } catch {
      remember(row, () => undo(row));
      return tell(row, "Not saved: the server did not respond. Try again", "bad");
    }
    if (row.matches(".decided")) restore(row, actions.undo.past, actions.undo.tone);
    reportChange();
    goTo(row);
  });
}

// Decisions about rows and their undo: shown at once, then confirmed or corrected by the server.

import { choose, currentRow, goTo, goToNext, reopen } from "./list.js";
import { bulkPath, path, post, submitAsForm } from "./requests.js";
import { actionsOf, announce, drawButtons, form, move, showResult, tell, update, versionOf } from "./row.js";
import { actions, statuses } from "./table.js";

const history = []; // actions for undo, in order: the rows that were decided together, and their bulk action by site
const underway = new Map(); // row -> promise of its last request, so that undo waits for it
let changed = () => {};

// Calls `task` after each confirmed decision.
export function onChange(task) {
  changed = task;
}

export const reportChange = () => changed();

function request(row, action, reason) {
  const version = versionOf(row);
  if (action === "undo") return post(`${path(row)}/undo`, row, { version });
  return post(`${path(row)}/decisions`, row, { version, action, ...(reason ? { reason } : {}) });
}

// Shows the expected result at once; returns what is needed to restore the row.
function assume(row, action) {
  const before = { status: row.dataset.status, actions: actionsOf(row) };
  if (action === "undo") {
    tell(row, actions.undo.past, actions.undo.tone);
  } else {
    move(row, actions[action].result);
    drawButtons(row, ["undo"]);
    showResult(row, actions[action].result);
  }
  return before;
}

function failed(row, before, action) {
  if (action === "undo") {
    history.push({ rows: [row], bulks: {} });
  } else {
    move(row, before.status);
    drawButtons(row, before.actions);
    forget(row);
    reopen();
  }
  tell(row, "Not saved: the server did not respond. Try again", "bad");
}

function finish(row, action, reason, answer) {
  if (answer.status === 200) confirmed(row, action, answer.comment);
  else if (answer.status === 409) overtaken(row, answer.comment);
  else submitAsForm(form(row), { action, reason: reason ?? "" });
  return answer.status === 200;
}

async function decide(row, action, reason) {
  const before = assume(row, action);
  if (action !== "undo" && row === currentRow()) goToNext(row);
  let answer;
  try {
    answer = await request(row, action, reason);
  } catch {
    return failed(row, before, action);
  }
  finish(row, action, reason, answer);
}

// One bulk action for each site of the rows. `send` starts it, or undoes an earlier one.
async function decideTogether(some, action, reason, send) {
  const before = new Map(some.map((row) => [row, assume(row, action)]));
  if (action !== "undo" && some.includes(currentRow())) goToNext(currentRow());
  let n = 0;
  for (const site of new Set(some.map((row) => row.dataset.site))) {
    const own = some.filter((row) => row.dataset.site === site);
    try {
      const answer = await send(site, own);
      const results = new Map((answer.results ?? []).map((result) => [result.id, result]));
      for (const row of own) {
        const result = results.get(row.dataset.id) ?? (answer.results ? undefined : answer);
        if (result && finish(row, action, reason, result)) n += 1;
      }
    } catch {
      for (const row of own) failed(row, before.get(row), action);
    }
  }
  if (n > 1) announce(actions[action].bulk.replace("{}", `${n} comments`));
}

function start(group, action, reason) {
  return decideTogether(group.rows, action, reason, async (site, own) => {
    const comments = own.map((row) => ({ id: row.dataset.id, version: versionOf(row) }));
    const answer = await post(bulkPath(site), own[0], { action, comments, ...(reason ? { reason } : {}) });
    if (answer.id) group.bulks[site] = answer.id;
    return answer;
  });
}

function undoTogether(some, bulks) {
  return decideTogether(some, "undo", "", (site, own) => post(bulkPath(site, `/${bulks[site]}/undo`), own[0], {}));
}

function confirmed(row, action, comment) {
  update(row, comment);
  changed();
  if (action !== "undo") return;
  if (row.classList.contains("decided")) tell(row, statuses[comment.status].text, actions.undo.tone);
  reopen();
  goTo(row);
}

function overtaken(row, comment) {
  update(row, comment);
  row.classList.remove("decided");
  drawButtons(row, [...comment.actions, ...(comment.undoable ? ["undo"] : [])]);
  forget(row);
  reopen();
  const by = comment.decisions.at(-1)?.by;
  const now = statuses[comment.status].text.toLowerCase();
  tell(row, `Someone else was faster: ${now}${by ? ` by ${by}` : ""}. Your action was not applied`, "warn");
}

// After a reply, which approves a comment that needed review.
export function finishReply(row, comment) {
  const isApproved = row.dataset.status !== comment.status;
  update(row, comment);
  if (isApproved) history.push({ rows: [row], bulks: {} });
  tell(row, `${isApproved ? "Approved, and replied" : "Replied"} to ${row.querySelector("h2").textContent}`, "good");
  if (isApproved) changed();
  goTo(row);
}

export function forget(row) {
  for (const { rows: some } of history) {
    const at = some.indexOf(row);
    if (at >= 0) some.splice(at, 1);
  }
}

// Adds an action that `undo` undoes, and which `forget(row)` drops.
export function remember(row, undo) {
  history.push({ rows: [row], bulks: {}, undo });
}

// One request of a row at a time, in the order of the clicks.
export function inTurn(some, task) {
  const turn = Promise.all(some.map((row) => underway.get(row))).then(task);
  for (const row of some) underway.set(row, turn);
}

// The same action on one row or more; one undo undoes it for all of them.
export function decideAll(some, action, reason) {
  const able = some.filter((row) => actionsOf(row).includes(action));
  if (!able.length) return;
  const group = { rows: [...able], bulks: {} };
  if (action !== "undo") history.push(group);
  if (able.length > 1 && action !== "undo") inTurn(able, () => start(group, action, reason));
  else for (const row of able) inTurn([row], () => decide(row, action, reason));
}

export function undoLast() {
  const group = history.findLast(({ rows: some }) => some.length);
  if (!group) return document.querySelector(".undo-last button")?.click();
  if (group.undo) return group.undo();
  const some = group.rows.splice(0);
  inTurn(some, async () => {
    const together = some.filter((row) => row.dataset.site in group.bulks);
    if (together.length) await undoTogether(together, group.bulks);
    for (const row of some) if (!together.includes(row)) await decide(row, "undo");
  });
}

// A button of a row: the action of its form, or one with a reason.
export function submit(row, button) {
  if (button.value === "undo") forget(row);
  choose(row);
  if (button.name === "reason") decideAll([row], button.form.elements.action.value, button.value);
  else decideAll([row], button.value);
}

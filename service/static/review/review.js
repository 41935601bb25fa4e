// The queue with a keyboard: settles replies without leaving the page. Everything here also works as plain forms.

import { choosing } from "./choosing.js";
import { actions, shortcuts, statuses } from "./table.js";

const TYPING = "input:not([type=checkbox]), textarea, select, dialog";
const ACTION_KEYS = Object.fromEntries(Object.entries(actions).map(([name, { key }]) => [key, name]));

const list = document.getElementById("cards");
const done = document.getElementById("done");
const help = document.getElementById("help");
const spoken = document.getElementById("spoken");
const cards = [...list.querySelectorAll(".card")];
const settled = []; // what was settled, in order, for undo: each a list of cards that were settled together
const underway = new Map(); // card -> the promise of its last request, so that undo waits for what it undoes

document.documentElement.classList.add("keyed");

// Which card the keys speak of.

let current = cards[0];
current?.classList.add("current");

function choose(card) {
  current?.classList.remove("current");
  current = card;
  card.classList.add("current");
}

function goTo(card) {
  choose(card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const next = cards[cards.indexOf(current) + by];
  if (next) goTo(next);
}

function goOn(from) {
  const open = (card) => !card.matches(".settled, .gone");
  const at = cards.indexOf(from);
  const next = cards.slice(at).find(open) ?? cards.slice(0, at).findLast(open);
  done.hidden = Boolean(next);
  if (next) goTo(next);
  else done.focus();
}

list.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card) choose(card);
});

// What a card shows.

const form = (card) => card.querySelector("form.actions");

function tell(card, text, colour) {
  const outcome = card.querySelector(".outcome");
  outcome.textContent = text;
  outcome.className = `outcome ${colour}`;
  outcome.hidden = !text;
  spoken.textContent = text ? `${text}: ${card.querySelector("h2").textContent}` : "";
}

const buttons = (card) => [...form(card).querySelectorAll("button")];
const drawn = (card) => buttons(card).map((button) => button.value);

function draw(card, actions) {
  buttons(card).forEach((button) => button.remove());
  const all = document.getElementById("buttons").content.cloneNode(true);
  form(card).append(...[...all.children].filter((button) => actions.includes(button.value)));
}

function count(from, to) {
  for (const [status, change] of [[from, -1], [to, 1]]) {
    const shown = document.querySelector(`[data-count="${status}"]`);
    if (shown) shown.textContent = Number(shown.textContent) + change;
  }
}

function move(card, status) {
  count(card.dataset.status, status);
  card.dataset.status = status;
  card.classList.toggle("settled", status !== list.dataset.status);
}

// `comment` is the server's word: it replaces whatever the page assumed.
function update(card, comment) {
  for (const field of card.querySelectorAll("input[name=version]")) field.value = comment.version;
  const box = card.querySelector(".choose input");
  if (box) box.value = box.value.replace(/\d+$/, comment.version);
  if (card.dataset.status !== comment.status) move(card, comment.status);
  const away = card.classList.contains("settled");
  draw(card, [...(away ? [] : comment.actions), ...(comment.undoable ? ["undo"] : [])]);
}

// Asking the server.

const path = (card) =>
  `/v1/sites/${encodeURIComponent(card.dataset.site)}/review/comments/${card.dataset.id}`;

async function post(card, where, body) {
  const csrf = form(card).elements.csrf.value;
  const answer = await fetch(path(card) + where, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
  return { ...(await answer.json()), status: answer.status };
}

async function ask(card, action, reason) {
  const version = Number(form(card).elements.version.value);
  if (action === "undo") return post(card, "/undo", { version });
  return post(card, "/decisions", { version, action, ...(reason ? { reason } : {}) });
}

// For answers nobody expects here, such as an ended session: let the server's own pages say what is wrong.
function submitPlainly(card, action, reason) {
  for (const [name, value] of Object.entries({ action, reason })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form(card).append(field);
  }
  form(card).submit();
}

async function settle(card, action, reason) {
  const before = { status: card.dataset.status, actions: drawn(card) };
  const { past, result, tone } = actions[action];
  tell(card, past, tone);
  if (action !== "undo") {
    move(card, result);
    draw(card, ["undo"]);
    if (card === current) goOn(card);
  }
  let answer;
  try {
    answer = await ask(card, action, reason);
    if (answer.status >= 500) throw new Error(answer.title);
  } catch {
    restore(card, before, action);
    tell(card, "Not saved: the server did not answer. Nothing is lost; try again", "bad");
    return;
  }
  if (answer.status === 200) agreed(card, action, answer.comment);
  else if (answer.status === 409) overtaken(card, answer.comment);
  else submitPlainly(card, action, reason ?? "");
}

function agreed(card, action, comment) {
  update(card, comment);
  if (action !== "undo") return;
  const away = card.classList.contains("settled");
  tell(card, away ? statuses[comment.status].text : actions.undo.past, actions.undo.tone);
  done.hidden = true;
  if (!document.activeElement?.closest(TYPING)) goTo(card); // an answer must not take the field from under one's fingers
}

function overtaken(card, comment) {
  update(card, comment);
  card.classList.remove("settled");
  draw(card, [...comment.actions, ...(comment.undoable ? ["undo"] : [])]);
  forget(card);
  done.hidden = true;
  const by = comment.decisions.at(-1)?.by;
  const now = statuses[comment.status].text.toLowerCase();
  tell(card, `Somebody was faster: ${now}${by ? ` by ${by}` : ""}. Nothing of yours was done`, "warn");
}

function restore(card, before, action) {
  if (action === "undo") return settled.push([card]);
  move(card, before.status);
  draw(card, before.actions);
  forget(card);
  done.hidden = true;
}

function forget(card) {
  for (const together of settled) {
    const at = together.indexOf(card);
    if (at >= 0) together.splice(at, 1);
  }
}

// One request of a card at a time, in the order of the clicks.
function settleInTurn(card, action, reason) {
  const turn = (underway.get(card) ?? Promise.resolve()).then(() => settle(card, action, reason));
  underway.set(card, turn);
}

// The same step for some cards, which one undo takes back together.
function settleAll(some, action, reason) {
  const able = some.filter((card) => drawn(card).includes(action));
  if (action !== "undo" && able.length) settled.push([...able]);
  for (const card of able) settleInTurn(card, action, reason);
}

async function leaveNote(card, field) {
  try {
    const left = await post(card, "/notes", { text: field.value });
    if (left.status !== 201) return field.form.submit();
    const note = document.createElement("li");
    note.className = "note";
    note.textContent = `${left.by} just now: ${left.text}`;
    card.querySelector(".before").append(note);
    field.value = "";
    field.closest("details").open = false;
    goTo(card);
  } catch {
    tell(card, "The note was not kept: the server did not answer. Try again", "bad");
  }
}

list.addEventListener("submit", (event) => {
  const card = event.target.closest(".card");
  if (!card) return;
  if (event.target.matches(".leave-note")) {
    event.preventDefault();
    return leaveNote(card, event.target.elements.text);
  }
  if (!event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  if (value === "undo") forget(card);
  choose(card);
  if (name === "reason") settleAll([card], event.target.elements.action.value, value);
  else settleAll([card], value);
});

// Keys.

const single = document.getElementById("single-keys");
single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

const chosen = choosing(cards, (some, action) => settleAll(some, action));

function undoLast() {
  const together = settled.findLast((some) => some.length);
  if (!together) return document.querySelector(".undo-last button")?.click();
  const some = together.splice(0);
  for (const card of some) settleInTurn(card, "undo");
}

function act(action, reason) {
  const some = chosen.take();
  settleAll(some.length ? some : [current], action, reason);
}

function removeBecause(number) {
  const button = current.querySelectorAll(".with-reason button")[number - 1];
  if (button) act(button.form.elements.action.value, button.value);
}

function openNote() {
  const field = current.querySelector(".leave-note textarea");
  if (!field) return;
  field.closest("details").open = true;
  field.focus();
}

const WITHOUT_CARD = {
  [shortcuts.next]: () => step(1),
  [shortcuts.previous]: () => step(-1),
  [shortcuts.search]: () => document.getElementById("q")?.focus(),
  [actions.undo.key]: undoLast,
};
const WITH_CARD = {
  [shortcuts.select]: () => chosen.toggle(current),
  [shortcuts.note]: openNote,
  [shortcuts.open]: () => current.querySelector(".place a").click(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest(TYPING);
  if (event.key === "Escape" && event.target.closest("#q, .leave-note textarea")) {
    event.target.blur();
    if (current) goTo(current);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key === shortcuts.help) return help.showModal();
  if (!single.checked || event.repeat) return;
  const does = WITHOUT_CARD[event.key] ?? (current && WITH_CARD[event.key]);
  if (does) {
    event.preventDefault(); // the key itself must not be typed into what it opens
    does();
  } else if (current && ACTION_KEYS[event.key]) act(ACTION_KEYS[event.key]);
  else if (current && /^[1-9]$/.test(event.key)) removeBecause(Number(event.key));
});

const keys = document.getElementById("keys");
keys.hidden = false;
keys.addEventListener("click", () => help.showModal());

// The queue without page loads, by keyboard or buttons. Everything also works with plain forms.

import { selection } from "./selection.js";
import { actions, shortcuts, statuses } from "./table.js";

const TYPING = "input:not([type=checkbox]), textarea, select, dialog";
const ACTION_KEYS = Object.fromEntries(Object.entries(actions).map(([name, { key }]) => [key, name]));

const list = document.getElementById("cards");
const done = document.getElementById("done");
const help = document.getElementById("help");
const spoken = document.getElementById("spoken");
const cards = [...list.querySelectorAll(".card")];
const history = []; // actions for undo, in order: the cards that were decided together, and their bulk action by site
const underway = new Map(); // card -> promise of its last request, so that undo waits for it

document.documentElement.classList.add("keyed");

// The card that the keys act on.

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

function goToNext(from) {
  const open = (card) => !card.matches(".decided, .gone");
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

// A card's contents.

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
    for (const shown of document.querySelectorAll(`[data-count="${status}"]`)) shown.textContent = Number(shown.textContent) + change;
    if (status !== list.dataset.status) continue;
    for (const total of document.querySelectorAll("[data-total]")) total.textContent = Number(total.textContent) + change;
  }
}

// The side filters and their numbers, fetched again some moments after a change.
let refreshTimer;

function refreshFiltersSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refreshFilters, 1000);
}

async function refreshFilters() {
  const shown = document.querySelector(".facets");
  if (!shown || shown.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".facets");
    if (fresh) shown.replaceWith(fresh);
  } catch {
    // The old numbers stay until the next change.
  }
}

function move(card, status) {
  count(card.dataset.status, status);
  card.dataset.status = status;
  card.classList.toggle("decided", status !== list.dataset.status);
}

// Replaces the assumed result with the server's.
function update(card, comment) {
  for (const field of card.querySelectorAll("input[name=version]")) field.value = comment.version;
  const box = card.querySelector(".choose input");
  if (box) box.value = box.value.replace(/\d+$/, comment.version);
  if (card.dataset.status !== comment.status) move(card, comment.status);
  const away = card.classList.contains("decided");
  draw(card, [...(away ? [] : comment.actions), ...(comment.undoable ? ["undo"] : [])]);
}

// Requests.

const path = (card) =>
  `/v1/sites/${encodeURIComponent(card.dataset.site)}/review/comments/${card.dataset.id}`;
const bulkPath = (site, rest = "") => `/v1/sites/${encodeURIComponent(site)}/review/bulk${rest}`;

async function post(address, csrf, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return { ...(await answer.json()), status: answer.status };
}

const csrfOf = (card) => form(card).elements.csrf.value;
const versionOf = (card) => Number(form(card).elements.version.value);

function request(card, action, reason) {
  const version = versionOf(card);
  if (action === "undo") return post(`${path(card)}/undo`, csrfOf(card), { version });
  return post(`${path(card)}/decisions`, csrfOf(card), { version, action, ...(reason ? { reason } : {}) });
}

// For an unexpected answer, such as the end of a session: let the server's own pages explain it.
function submitForm(card, action, reason) {
  for (const [name, value] of Object.entries({ action, reason })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form(card).append(field);
  }
  form(card).submit();
}

// Shows the expected result at once; returns what is needed to restore the card.
function assume(card, action) {
  const before = { status: card.dataset.status, actions: drawn(card) };
  const { past, result, tone } = actions[action];
  tell(card, past, tone);
  if (action !== "undo") {
    move(card, result);
    draw(card, ["undo"]);
  }
  return before;
}

function failed(card, before, action) {
  restore(card, before, action);
  tell(card, "Not saved: the server did not respond. Try again", "bad");
}

function finish(card, action, reason, answer) {
  if (answer.status === 200) confirmed(card, action, answer.comment);
  else if (answer.status === 409) overtaken(card, answer.comment);
  else submitForm(card, action, reason ?? "");
}

async function decide(card, action, reason) {
  const before = assume(card, action);
  if (action !== "undo" && card === current) goToNext(card);
  let answer;
  try {
    answer = await request(card, action, reason);
  } catch {
    return failed(card, before, action);
  }
  finish(card, action, reason, answer);
}

// One bulk action for each site of the cards. `send` starts it, or undoes an earlier one.
async function decideTogether(some, action, reason, send) {
  const before = new Map(some.map((card) => [card, assume(card, action)]));
  if (action !== "undo" && some.includes(current)) goToNext(current);
  for (const site of new Set(some.map((card) => card.dataset.site))) {
    const own = some.filter((card) => card.dataset.site === site);
    try {
      const answer = await send(site, own);
      const results = new Map((answer.results ?? []).map((result) => [result.id, result]));
      for (const card of own) {
        const result = results.get(card.dataset.id) ?? (answer.results ? undefined : answer);
        if (result) finish(card, action, reason, result);
      }
    } catch {
      for (const card of own) failed(card, before.get(card), action);
    }
  }
  const n = some.filter((card) => card.querySelector(".outcome").textContent === actions[action].past).length;
  if (n > 1) spoken.textContent = actions[action].bulk.replace("{}", `${n} comments`);
}

function start(group, action, reason) {
  return decideTogether(group.cards, action, reason, async (site, own) => {
    const comments = own.map((card) => ({ id: card.dataset.id, version: versionOf(card) }));
    const answer = await post(bulkPath(site), csrfOf(own[0]), { action, comments, ...(reason ? { reason } : {}) });
    if (answer.id) group.bulks[site] = answer.id;
    return answer;
  });
}

function undoTogether(some, bulks) {
  return decideTogether(some, "undo", "", (site, own) => post(bulkPath(site, `/${bulks[site]}/undo`), csrfOf(own[0]), {}));
}

function confirmed(card, action, comment) {
  update(card, comment);
  refreshFiltersSoon();
  if (action !== "undo") return;
  const away = card.classList.contains("decided");
  tell(card, away ? statuses[comment.status].text : actions.undo.past, actions.undo.tone);
  done.hidden = true;
  if (!document.activeElement?.closest(TYPING)) goTo(card); // keep the focus in a field while the moderator types
}

function overtaken(card, comment) {
  update(card, comment);
  card.classList.remove("decided");
  draw(card, [...comment.actions, ...(comment.undoable ? ["undo"] : [])]);
  forget(card);
  done.hidden = true;
  const by = comment.decisions.at(-1)?.by;
  const now = statuses[comment.status].text.toLowerCase();
  tell(card, `Someone else was faster: ${now}${by ? ` by ${by}` : ""}. Your action was not applied`, "warn");
}

function restore(card, before, action) {
  if (action === "undo") return history.push({ cards: [card], bulks: {} });
  move(card, before.status);
  draw(card, before.actions);
  forget(card);
  done.hidden = true;
}

function forget(card) {
  for (const { cards: some } of history) {
    const at = some.indexOf(card);
    if (at >= 0) some.splice(at, 1);
  }
}

// One request of a card at a time, in the order of the clicks.
function inTurn(some, task) {
  const turn = Promise.all(some.map((card) => underway.get(card))).then(task);
  for (const card of some) underway.set(card, turn);
}

// The same action on one card or more; one undo undoes it for all of them.
function decideAll(some, action, reason) {
  const able = some.filter((card) => drawn(card).includes(action));
  if (!able.length) return;
  const group = { cards: [...able], bulks: {} };
  if (action !== "undo") history.push(group);
  if (able.length > 1 && action !== "undo") inTurn(able, () => start(group, action, reason));
  else for (const card of able) inTurn([card], () => decide(card, action, reason));
}

async function addNote(card, field) {
  try {
    const added = await post(`${path(card)}/notes`, csrfOf(card), { text: field.value });
    if (added.status !== 201) return field.form.submit();
    const note = document.createElement("li");
    note.className = "note";
    note.textContent = `${added.by} just now: ${added.text}`;
    card.querySelector(".before").append(note);
    field.value = "";
    field.closest("details").open = false;
    goTo(card);
  } catch {
    tell(card, "The note was not saved: the server did not respond. Try again", "bad");
  }
}

list.addEventListener("submit", (event) => {
  const card = event.target.closest(".card");
  if (!card) return;
  if (event.target.matches(".leave-note")) {
    event.preventDefault();
    return addNote(card, event.target.elements.text);
  }
  if (!event.submitter || event.target.matches(".staff-reply")) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  if (value === "undo") forget(card);
  choose(card);
  if (name === "reason") decideAll([card], event.target.elements.action.value, value);
  else decideAll([card], value);
});

// Keys.

const single = document.getElementById("single-keys");
single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

const selected = selection(cards, (some, action) => decideAll(some, action));

function undoLast() {
  const group = history.findLast(({ cards: some }) => some.length);
  if (!group) return document.querySelector(".undo-last button")?.click();
  const some = group.cards.splice(0);
  inTurn(some, async () => {
    const together = some.filter((card) => card.dataset.site in group.bulks);
    if (together.length) await undoTogether(together, group.bulks);
    for (const card of some) if (!together.includes(card)) await decide(card, "undo");
  });
}

function act(action, reason) {
  const some = selected.take();
  decideAll(some.length ? some : [current], action, reason);
}

function removeBecause(number) {
  const button = current.querySelectorAll(".with-reason button")[number - 1];
  if (button) act(button.form.elements.action.value, button.value);
}

function open(form) {
  const field = current.querySelector(`${form} textarea`);
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
  [shortcuts.select]: () => selected.toggle(current),
  [shortcuts.note]: () => open(".leave-note"),
  [shortcuts.reply]: () => open(".staff-reply"),
  [shortcuts.open]: () => current.querySelector(".place a").click(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest(TYPING);
  if (event.key === "Escape" && event.target.closest("#q, .card textarea")) {
    event.target.blur();
    if (current) goTo(current);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key === shortcuts.help) return help.showModal();
  if (!single.checked || event.repeat) return;
  const does = WITHOUT_CARD[event.key] ?? (current && WITH_CARD[event.key]);
  if (does) {
    event.preventDefault(); // the key must not be typed into the field that it opens
    does();
  } else if (current && ACTION_KEYS[event.key]) act(ACTION_KEYS[event.key]);
  else if (current && /^[1-9]$/.test(event.key)) removeBecause(Number(event.key));
});

const keys = document.getElementById("keys");
keys.hidden = false;
keys.addEventListener("click", () => help.showModal());

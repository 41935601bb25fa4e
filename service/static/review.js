// The queue with a keyboard: settles replies without leaving the page. Everything here also works as plain forms.

const SAID = {
  approved: ["Approved", "good"],
  spam: ["Marked as spam", "bad"],
  removed: ["Removed", "warn"],
  held: ["Held again", "warn"],
};
const WILL_BE = { approve: "approved", spam: "spam", remove: "removed" };
const KEYS = { a: "approve", s: "spam", r: "remove" };

const list = document.getElementById("cards");
const done = document.getElementById("done");
const help = document.getElementById("help");
const spoken = document.getElementById("spoken");
const cards = [...list.querySelectorAll(".card")];
const settled = []; // cards in the order in which they were settled, for undo
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
  const open = (card) => !card.classList.contains("settled");
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
  form(card).elements.version.value = comment.version;
  if (card.dataset.status !== comment.status) move(card, comment.status);
  const away = card.classList.contains("settled");
  draw(card, [...(away ? [] : comment.actions), ...(comment.undoable ? ["undo"] : [])]);
}

// Asking the server.

async function ask(card, action) {
  const fields = form(card).elements;
  const path = `/v1/sites/${encodeURIComponent(list.dataset.site)}/review/comments/${card.dataset.id}`;
  const body = { version: Number(fields.version.value), ...(action === "undo" ? {} : { action }) };
  const answer = await fetch(path + (action === "undo" ? "/undo" : "/decisions"), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": fields.csrf.value },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...(await answer.json()) };
}

// For answers nobody expects here, such as an ended session: let the server's own pages say what is wrong.
function submitPlainly(card, action) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "action", value: action });
  form(card).append(field);
  form(card).submit();
}

async function settle(card, action) {
  const before = { status: card.dataset.status, actions: drawn(card) };
  tell(card, ...SAID[WILL_BE[action] ?? "held"]);
  if (action !== "undo") {
    move(card, WILL_BE[action]);
    draw(card, ["undo"]);
    settled.push(card);
    goOn(card);
  }
  let answer;
  try {
    answer = await ask(card, action);
  } catch {
    restore(card, before, action);
    tell(card, "Not saved: the server did not answer. Nothing is lost; try again", "bad");
    return;
  }
  if (answer.status === 200) agreed(card, action, answer.comment);
  else if (answer.status === 409) overtaken(card, answer.comment);
  else submitPlainly(card, action);
}

function agreed(card, action, comment) {
  update(card, comment);
  if (action !== "undo") return;
  const away = card.classList.contains("settled");
  tell(card, away ? SAID[comment.status][0] : "Taken back", "warn");
  done.hidden = true;
  goTo(card);
}

function overtaken(card, comment) {
  update(card, comment);
  card.classList.remove("settled");
  draw(card, [...comment.actions, ...(comment.undoable ? ["undo"] : [])]);
  forget(card);
  done.hidden = true;
  const by = comment.decisions.at(-1)?.by;
  const now = SAID[comment.status][0].toLowerCase();
  tell(card, `Somebody was faster: ${now}${by ? ` by ${by}` : ""}. Nothing of yours was done`, "warn");
}

function restore(card, before, action) {
  if (action === "undo") return settled.push(card);
  move(card, before.status);
  draw(card, before.actions);
  forget(card);
  done.hidden = true;
}

function forget(card) {
  const at = settled.lastIndexOf(card);
  if (at >= 0) settled.splice(at, 1);
}

// One request of a card at a time, in the order of the clicks.
function settleInTurn(card, action) {
  const turn = (underway.get(card) ?? Promise.resolve()).then(() => settle(card, action));
  underway.set(card, turn);
}

list.addEventListener("submit", (event) => {
  const card = event.target.closest(".card");
  if (!card || !event.submitter) return;
  event.preventDefault();
  if (event.submitter.value === "undo") forget(card);
  settleInTurn(card, event.submitter.value);
});

// Keys.

const single = document.getElementById("single-keys");
single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

function undoLast() {
  const card = settled.pop();
  if (card) settleInTurn(card, "undo");
  else document.querySelector(".undo-last button")?.click();
}

function act(action) {
  if (drawn(current).includes(action)) settleInTurn(current, action);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key === "?") return help.showModal();
  if (!single.checked || event.repeat) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "u") undoLast();
  else if (current && KEYS[event.key]) act(KEYS[event.key]);
});

const keys = document.getElementById("keys");
keys.hidden = false;
keys.addEventListener("click", () => help.showModal());

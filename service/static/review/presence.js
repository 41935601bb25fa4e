// Presence: live updates about comments that others have open, their decisions and new arrivals. The page works without
// it. No card moves: badges overlap the edge.

import { root, siteApi } from "./requests.js";
import { add } from "./row.js";
import { statuses } from "./table.js";

const RENEW_INTERVAL = 60_000; // milliseconds; presence lasts two minutes
const OPEN_DELAY = 400; // milliseconds on a card before it counts as open: keys may pass over many
const IDLE_LIMIT = 25 * 60_000; // milliseconds without input; then presence ends, and the session may end too
const MAX_STREAMS = 3; // streams of one page; browsers allow six connections
const MAX_FOLLOWED = 100; // cards of one stream: the last ones of a long list

const list = document.getElementById("cards");
const cards = new Map([...document.querySelectorAll(".card[data-id]")].map((card) => [card.dataset.id, card]));
const before = new Map([...cards].map(([id, card]) => [id, card.dataset.status]));
const csrf = document.querySelector('input[name="csrf"]').value;
const named = location.pathname.slice(root.length).match(/^\/review\/([a-z0-9-]{1,40})(?:\/|$)/)?.[1];
// Sites with a card come first: they matter most if there are too many to follow.
const all = [...[...cards.values()].map((card) => card.dataset.site), ...(list?.dataset.sites ?? "").split(" ")];
const sites = named && named !== "all" ? [named] : [...new Set(all.filter(Boolean))];

const path = (site, rest) => `${siteApi(site)}/review/${rest}`;
const siteOf = (card) => card.dataset.site ?? named;

async function post(site, rest, options = {}) {
  try {
    await fetch(path(site, rest), { method: "POST", headers: { "X-CSRF-Token": csrf }, ...options });
  } catch {
    // Others do not see the presence for a while; no data is lost.
  }
}

// The comment that is open.

let opened;
let timer;
let lastInput = performance.now();

function sendPresence() {
  if (document.hidden || performance.now() - lastInput > IDLE_LIMIT) return;
  if (!opened) return void sites.slice(0, MAX_STREAMS).forEach((site) => post(site, "leave"));
  post(siteOf(opened), `comments/${opened.dataset.id}/look`);
  timer = setTimeout(sendPresence, RENEW_INTERVAL);
}

function updateOpened() {
  const card = list ? list.querySelector(".card.current:not(.decided)") : [...cards.values()][0];
  if (card === opened) return;
  opened = card?.dataset.id && card.querySelector("form.actions button") ? card : undefined; // viewers cannot decide
  clearTimeout(timer);
  timer = setTimeout(sendPresence, OPEN_DELAY);
}

// The other moderators.

function badge(card) {
  const shown = card.querySelector(".company");
  if (shown) return shown;
  const made = document.createElement("p");
  made.className = "company";
  made.hidden = true;
  card.append(made);
  return made;
}

function write(card, text) {
  const shown = badge(card);
  if (shown.textContent !== text) shown.textContent = text;
  shown.hidden = !text;
}

function looking(names) {
  if (names.length < 2) return names.length ? `${names[0]} is looking at this` : "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are looking at this`;
}

function decidedBy(card, now) {
  const known = Number(card.querySelector("form.actions")?.elements.version.value ?? 0);
  if (now.mine || now.version <= known) return "";
  card.classList.toggle("gone", now.status !== before.get(now.id));
  setStatus(card, now.status);
  return `${statuses[now.status]?.text ?? "Changed"}${now.by ? ` by ${now.by}` : ""}`;
}

// The new status. The number of pending comments comes with every event.
function setStatus(card, status) {
  for (const [of, change] of [[card.dataset.status, -1], [status, 1]]) {
    if (of !== "held" && card.dataset.status !== status) {
      for (const count of document.querySelectorAll(`[data-count="${of}"]`)) add(count, change);
    }
    if (of !== list?.dataset.status || card.dataset.status === status) continue;
    for (const all of document.querySelectorAll("[data-total]")) add(all, change);
  }
  card.dataset.status = status;
}

function showUpdate(site, update) {
  const states = new Map(update.cards.map((now) => [now.id, now]));
  for (const [id, card] of cards) {
    if (siteOf(card) !== site) continue;
    const now = states.get(id);
    const names = update.looks.filter((look) => look.comment === id).map((look) => look.by);
    write(card, (now && decidedBy(card, now)) || looking(names));
  }
  announce(site, update);
}

// New arrivals.

const updates = new Map(); // site -> its last update
const news = document.createElement("p");
news.className = "arrived";
news.setAttribute("role", "status");
document.getElementById("main").append(news);

// The server's number, corrected by the cards on this page: actions that were just taken count as done, even if the
// update was made before them.
function held(update) {
  const reported = update.cards.filter((now) => now.status === "held");
  const onPage = update.cards.filter((now) => cards.get(now.id)?.dataset.status === "held");
  return update.held - reported.length + onPage.length;
}

function announce(site, update) {
  updates.set(site, update);
  const total = (of) => [...updates.values()].reduce((sum, each) => sum + of(each), 0);
  if (sites.length <= MAX_STREAMS) {
    for (const count of document.querySelectorAll('[data-count="held"]')) count.textContent = total(held);
  }
  if (list?.dataset.status !== "held" || !total((each) => each.arrived)) return void news.replaceChildren();
  const link = document.createElement("a");
  link.href = list.dataset.first;
  link.className = "button primary";
  link.textContent = `${total((each) => each.arrived)} new${"filtered" in list.dataset ? " in all" : ""}`;
  if (news.textContent !== link.textContent) news.replaceChildren(link);
}

// Streams, while the page is visible.

const FIRST_EVENT_LIMIT = 8_000; // milliseconds; a stream sends its state at once, so a silent one is blocked on its way
const POLL_INTERVAL = 15_000; // milliseconds between two requests if streams fail

let streams = [];

function follow(site) {
  const followed = [...cards.values()].filter((card) => siteOf(card) === site).slice(-MAX_FOLLOWED);
  const ids = followed.map((card) => card.dataset.id);
  const age = Math.min(Math.round(performance.now()), 24 * 3_600_000);
  const address = path(site, `events?${new URLSearchParams({ cards: ids.join(","), age })}`);
  const stream = new EventSource(address);
  let timer = setTimeout(poll, FIRST_EVENT_LIMIT);

  async function ask() {
    try {
      const answer = await fetch(`${address}&once=true`);
      if (answer.ok) showUpdate(site, JSON.parse((await answer.text()).match(/^data: (.*)$/m)[1]));
      else if (answer.status < 500) close(); // signed out, or the role on this site was removed
    } catch {
      // The next request may succeed.
    }
  }

  function poll() {
    close();
    timer = setInterval(ask, POLL_INTERVAL);
    ask();
  }

  function close() {
    stream.close();
    clearInterval(timer); // ends a timeout too
  }

  stream.addEventListener("room", (event) => {
    clearTimeout(timer);
    showUpdate(site, JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) poll();
  });
  return { close };
}

function openStreams() {
  closeStreams();
  if (document.hidden) return;
  streams = sites.slice(0, MAX_STREAMS).map(follow);
}

function closeStreams() {
  streams.forEach((stream) => stream.close());
  streams = [];
}

for (const kind of ["keydown", "pointerdown", "wheel", "touchmove"]) {
  document.addEventListener(kind, () => {
    const away = performance.now() - lastInput > IDLE_LIMIT;
    lastInput = performance.now();
    if (away) resume();
  }, { passive: true });
}

function resume() {
  openStreams();
  clearTimeout(timer);
  sendPresence();
}

setInterval(() => {
  if (performance.now() - lastInput > IDLE_LIMIT) closeStreams();
}, RENEW_INTERVAL);
document.addEventListener("visibilitychange", () => (document.hidden ? closeStreams() : resume()));
addEventListener("pageshow", (event) => event.persisted && resume());
addEventListener("pagehide", () => {
  closeStreams();
  if (opened) post(siteOf(opened), "leave", { keepalive: true });
});

list?.addEventListener("rows", (event) => {
  for (const card of event.detail) {
    cards.set(card.dataset.id, card);
    before.set(card.dataset.id, card.dataset.status);
  }
  if (streams.length) openStreams();
});
if (list) new MutationObserver(updateOpened).observe(list, { subtree: true, attributes: true, attributeFilter: ["class"] });
updateOpened();
openStreams();

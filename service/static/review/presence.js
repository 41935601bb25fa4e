// The room: who looks at what, what colleagues settled and what arrived, while one works. Nothing here is needed to
// work, and nothing here moves a card: what is said lies over its edge.

const RENEW = 60_000; // milliseconds; a look lasts two minutes
const GLANCE = 400; // milliseconds on a card before it counts as looked at: keys may pass over many
const PATIENCE = 25 * 60_000; // milliseconds without a key or a touch; then nobody looks, and the session may end
const MOST_SITES = 3; // streams of one page; browsers allow six connections

import { statuses } from "./table.js";

const list = document.getElementById("cards");
const cards = new Map([...document.querySelectorAll(".card[data-id]")].map((card) => [card.dataset.id, card]));
const before = new Map([...cards].map(([id, card]) => [id, card.dataset.status]));
const csrf = document.querySelector('input[name="csrf"]').value;
const named = location.pathname.match(/^\/review\/([a-z0-9-]{1,40})(?:\/|$)/)?.[1];
// Those with a card first: of more sites than may be followed they matter most.
const all = [...[...cards.values()].map((card) => card.dataset.site), ...(list?.dataset.sites ?? "").split(" ")];
const sites = named && named !== "all" ? [named] : [...new Set(all.filter(Boolean))];

const path = (site, rest) => `/v1/sites/${encodeURIComponent(site)}/review/${rest}`;
const siteOf = (card) => card.dataset.site ?? named;

async function post(site, rest, options = {}) {
  try {
    await fetch(path(site, rest), { method: "POST", headers: { "X-CSRF-Token": csrf }, ...options });
  } catch {
    // Others do not see what one looks at for a while; nothing else is lost.
  }
}

// What one looks at.

let looked;
let timer;
let touched = performance.now();

function say() {
  if (document.hidden || performance.now() - touched > PATIENCE) return;
  if (!looked) return void sites.slice(0, MOST_SITES).forEach((site) => post(site, "leave"));
  post(siteOf(looked), `comments/${looked.dataset.id}/look`);
  timer = setTimeout(say, RENEW);
}

function turn() {
  const card = list ? list.querySelector(".card.current:not(.settled)") : [...cards.values()][0];
  if (card === looked) return;
  looked = card?.querySelector("form.actions button") ? card : undefined; // viewers settle nothing
  clearTimeout(timer);
  timer = setTimeout(say, GLANCE);
}

// What the others do.

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

function settledBy(card, now) {
  const known = Number(card.querySelector("form.actions")?.elements.version.value ?? 0);
  if (now.mine || now.version <= known) return "";
  card.classList.toggle("gone", now.status !== before.get(now.id));
  stand(card, now.status);
  return `${statuses[now.status]?.text ?? "Changed"}${now.by ? ` by ${now.by}` : ""}`;
}

// Where it stands from now on; how many are held is told with every event.
function stand(card, status) {
  for (const [of, change] of [[card.dataset.status, -1], [status, 1]]) {
    const count = document.querySelector(`[data-count="${of}"]`);
    if (count && of !== "held" && card.dataset.status !== status) count.textContent = Number(count.textContent) + change;
  }
  card.dataset.status = status;
}

function show(site, room) {
  const settled = new Map(room.cards.map((now) => [now.id, now]));
  for (const [id, card] of cards) {
    if (siteOf(card) !== site) continue;
    const now = settled.get(id);
    const names = room.looks.filter((look) => look.comment === id).map((look) => look.by);
    write(card, (now && settledBy(card, now)) || looking(names));
  }
  announce(site, room);
}

// What arrived.

const rooms = new Map(); // site -> what was told last
const news = document.createElement("p");
news.className = "arrived";
news.setAttribute("role", "status");
document.getElementById("main").append(news);

// As many as the server says, but of the cards on this page as they stand here: what was asked for counts as done,
// whether or not the server knew of it when it spoke.
function held(room) {
  const told = room.cards.filter((now) => now.status === "held");
  const here = room.cards.filter((now) => cards.get(now.id)?.dataset.status === "held");
  return room.held - told.length + here.length;
}

function announce(site, room) {
  rooms.set(site, room);
  const total = (of) => [...rooms.values()].reduce((sum, each) => sum + of(each), 0);
  const count = document.querySelector('[data-count="held"]');
  if (count && sites.length <= MOST_SITES) count.textContent = total(held);
  if (list?.dataset.status !== "held" || !total((each) => each.arrived)) return void news.replaceChildren();
  const link = document.createElement("a");
  link.href = list.dataset.first;
  link.className = "button primary";
  link.textContent = `${total((each) => each.arrived)} new${"narrowed" in list.dataset ? " in all" : ""}`;
  if (news.textContent !== link.textContent) news.replaceChildren(link);
}

// The streams, as long as somebody looks.

const SILENCE = 8_000; // milliseconds; a stream says at once how it stands, so one that is silent does not get through
const POLL = 15_000; // milliseconds between two questions where streams fail

let streams = [];

function follow(site) {
  const ids = [...cards.values()].filter((card) => siteOf(card) === site).map((card) => card.dataset.id);
  const age = Math.min(Math.round(performance.now()), 24 * 3_600_000);
  const address = path(site, `events?${new URLSearchParams({ cards: ids.join(","), age })}`);
  const stream = new EventSource(address);
  let timer = setTimeout(poll, SILENCE);

  async function ask() {
    try {
      const answer = await fetch(`${address}&once=true`);
      if (answer.ok) show(site, JSON.parse((await answer.text()).match(/^data: (.*)$/m)[1]));
      else if (answer.status < 500) close(); // signed out, or no longer of this site
    } catch {
      // The next question may be answered.
    }
  }

  function poll() {
    close();
    timer = setInterval(ask, POLL);
    ask();
  }

  function close() {
    stream.close();
    clearInterval(timer); // ends a timeout too
  }

  stream.addEventListener("room", (event) => {
    clearTimeout(timer);
    show(site, JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) poll();
  });
  return { close };
}

function listen() {
  hush();
  if (document.hidden) return;
  streams = sites.slice(0, MOST_SITES).map(follow);
}

function hush() {
  streams.forEach((stream) => stream.close());
  streams = [];
}

for (const kind of ["keydown", "pointerdown", "wheel", "touchmove"]) {
  document.addEventListener(kind, () => {
    const away = performance.now() - touched > PATIENCE;
    touched = performance.now();
    if (away) wake();
  }, { passive: true });
}

function wake() {
  listen();
  clearTimeout(timer);
  say();
}

setInterval(() => {
  if (performance.now() - touched > PATIENCE) hush();
}, RENEW);
document.addEventListener("visibilitychange", () => (document.hidden ? hush() : wake()));
addEventListener("pageshow", (event) => event.persisted && wake());
addEventListener("pagehide", () => {
  hush();
  if (looked) post(siteOf(looked), "leave", { keepalive: true });
});

if (list) new MutationObserver(turn).observe(list, { subtree: true, attributes: true, attributeFilter: ["class"] });
turn();
listen();

// The list of rows: the current one, which the keys act on, and the pages that follow by themselves.

import { isOpen, list, rows } from "./row.js";

const AHEAD = 8; // rows after the current one that are always loaded: keys are faster than the network
const WIDE = matchMedia("(min-width: 72rem)"); // the evidence of the current row is a side panel; see queue.css
export const TYPING = "input:not([type=checkbox]), textarea, select, dialog";

const done = document.getElementById("done");
let current = null;
let failed = false; // the next page did not arrive; its link works as a link
let underway = null; // promise of the page that is being loaded

export const currentRow = () => current;
export const arriving = () => underway;

function showEvidence(row, shown) {
  const evidence = row.querySelector(".evidence");
  if (evidence && WIDE.matches) evidence.open = shown;
}

export function choose(row) {
  if (row === current) return;
  if (current) {
    current.classList.remove("current");
    current.querySelector(".question")?.remove();
    showEvidence(current, false);
  }
  current = row;
  row.classList.add("current");
  showEvidence(row, true);
  if (rows().indexOf(row) >= rows().length - AHEAD) loadMore();
}

WIDE.addEventListener("change", () => current?.querySelector(".evidence")?.toggleAttribute("open", WIDE.matches));

const isTyping = () => Boolean(document.activeElement?.closest(TYPING));

// An answer of the server may arrive while the moderator types in a field. The field keeps the focus: in the list, the
// next letters would be shortcuts.
export function goTo(row) {
  if (isTyping()) return;
  choose(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const next = rows()[rows().indexOf(current) + by];
  if (next) goTo(next);
  else if (by > 0 && underway) underway.then(() => rows()[rows().indexOf(current) + by] && step(by));
}

// Goes to the next open row. The first row of the next page counts, even if it has not arrived yet.
export function goToNext(from) {
  const all = rows();
  const at = all.indexOf(from);
  const next = all.slice(at).find(isOpen);
  if (next) return goTo(next);
  const arrival = loadMore();
  if (arrival) return arrival.then((n) => (n ? goToNext(from) : finishAt(at)));
  finishAt(at);
}

function finishAt(at) {
  const earlier = rows().slice(0, at).findLast(isOpen);
  done.hidden = Boolean(earlier) || Boolean(nextLink());
  if (earlier) goTo(earlier);
  else if (!done.hidden && !isTyping()) done.focus();
}

export function reopen() {
  done.hidden = true;
}

// The next page.

const nextLink = () => document.querySelector(".pages a[rel=next]");

export function loadMore() {
  const link = nextLink();
  if (underway || !link) return underway;
  underway = append(link).finally(() => {
    underway = null;
    watch();
  });
  return underway;
}

// Returns the number of rows added. On a failure the link stays, and works as a link.
async function append(link) {
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("#cards > .card")].filter((row) => !document.getElementById(row.id));
    if (!answer.ok || !page.getElementById("cards")) throw new Error(String(answer.status));
    list.append(...fresh.map((row) => document.adoptNode(row)));
    const following = page.querySelector(".pages a[rel=next]");
    if (following) link.href = following.href;
    else link.remove();
    list.dispatchEvent(new CustomEvent("rows", { detail: fresh }));
    return fresh.length;
  } catch {
    failed = true;
    return 0;
  }
}

// Loads the next page when the end of the list comes near. Observed anew after each page: the end may still be near.
const observer = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && loadMore(), {
  rootMargin: "600px",
});

function watch() {
  observer.disconnect();
  if (nextLink() && !failed) observer.observe(nextLink());
}

watch();

list.addEventListener("focusin", (event) => {
  const row = event.target.closest(".card");
  if (row) choose(row);
});

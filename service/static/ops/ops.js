// Refreshes the operations page every two seconds while it is visible, and adds rates.
//
// The server renders every figure. The script fetches the page again and replaces the elements marked data-live. The
// charts come with the whole page once a minute, which is as often as the server records a sample.

import { showCharts } from "../web/charts.js";

const INTERVAL = 2000; // milliseconds
const CHART_INTERVAL = 60_000; // milliseconds
const RATE_SPAN = 60_000; // milliseconds over which a rate is measured

const state = document.querySelector(".state");
const headline = document.getElementById("headline");
const samples = [];
let chartsAt = performance.now();

// Unchanged elements stay, so that screen readers do not announce them again.
function replaceLive(next) {
  for (const element of document.querySelectorAll("[data-live]")) {
    const fresh = next.getElementById(element.id);
    if (element.outerHTML !== fresh.outerHTML) {
      element.hidden = fresh.hidden;
      if (fresh.dataset.total) element.dataset.total = fresh.dataset.total;
      element.replaceChildren(...fresh.childNodes);
    }
  }
  state.className = next.querySelector(".state").className;
  document.title = next.title;
}

function perTime(gained, seconds) {
  const rate = gained / seconds;
  return rate >= 1 || rate === 0
    ? `${Math.round(rate).toLocaleString("en-GB")} per second`
    : `${(rate * 60).toFixed(1)} per minute`;
}

function showRates() {
  const cells = [...document.querySelectorAll("[data-rate]")];
  const totals = cells.map((cell) => Number(document.getElementById(cell.dataset.rate).dataset.total));
  const now = performance.now();
  samples.push({ at: now, totals });
  while (now - samples[0].at > RATE_SPAN) samples.shift();
  const [first] = samples;
  if (now - first.at < INTERVAL / 2) return;
  cells.forEach((cell, i) => {
    cell.hidden = false;
    cell.textContent = perTime(totals[i] - first.totals[i], (now - first.at) / 1000);
  });
}

function showLost(sentence) {
  state.className = "state lost";
  if (headline.textContent !== sentence) headline.textContent = sentence;
  samples.length = 0; // a rate across the gap would be wrong
}

// Charts that are being read stay as they are.
function replaceCharts(next) {
  const history = document.getElementById("history");
  if (history.contains(document.activeElement)) return;
  const open = [...history.querySelectorAll("details[open] table")].map((table) => table.dataset.chart);
  history.replaceChildren(...next.getElementById("history").childNodes);
  showCharts();
  for (const name of open) history.querySelector(`table[data-chart="${name}"]`)?.closest("details").setAttribute("open", "");
}

// Resolves to false if the session has ended.
async function refresh() {
  const withCharts = performance.now() - chartsAt > CHART_INTERVAL;
  const address = withCharts ? location.href : `${location.pathname}?charts=no`;
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    showLost("Your session has ended. Reload the page to sign in.");
    return false;
  }
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  replaceLive(next);
  if (withCharts) {
    chartsAt = performance.now();
    replaceCharts(next);
  }
  showRates();
  return true;
}

async function keepRefreshing() {
  let goOn = true;
  if (!document.hidden) {
    try {
      goOn = await refresh();
    } catch {
      showLost("No answer from the server. Retrying; these figures are old.");
    }
  }
  if (goOn) setTimeout(keepRefreshing, INTERVAL);
}

keepRefreshing();

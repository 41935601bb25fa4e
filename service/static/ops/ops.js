// Keeps the ops page fresh: asks for the figures every two seconds while somebody looks, and adds rates.

const EVERY = 2000; // milliseconds
const SPAN = 60_000; // milliseconds over which a rate is taken

const page = document.getElementById("ops");
const state = page.querySelector(".state");
const samples = [];

const number = new Intl.NumberFormat("en-GB");

const formats = {
  text: (value) => String(value),
  number: (value) => number.format(value),
  duration(seconds) {
    if (seconds === null) return "–";
    if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
    return `${Math.round(seconds / 3600)} h`;
  },
  memory: (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`),
};

function write(element, text) {
  if (element.textContent !== text) element.textContent = text; // unchanged text is not announced again
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showSentences(list, sentences) {
  list.hidden = sentences.length === 0;
  const shown = [...list.children].map((item) => item.textContent).join("\n");
  if (shown !== sentences.join("\n")) {
    list.replaceChildren(...sentences.map((sentence) => element("li", sentence)));
  }
}

function showState(figures) {
  state.className = `state ${figures.well ? "good" : "bad"}`;
  write(document.getElementById("headline"), figures.headline);
  document.title = `${figures.headline} · Ops · Replygate`;
  showSentences(document.getElementById("problems"), figures.problems);
  showSentences(document.getElementById("warnings"), figures.warnings);
  const time = document.querySelector("#at time");
  time.dateTime = figures.at;
  write(time, `${figures.at.slice(11, 19)} UTC`);
}

function showFigures(figures) {
  for (const cell of page.querySelectorAll("[data-figure]")) {
    write(cell, formats[cell.dataset.as](figures[cell.dataset.figure]));
  }
}

function showRates(figures) {
  const now = performance.now();
  samples.push({ at: now, figures });
  while (now - samples[0].at > SPAN) samples.shift();
  const first = samples[0];
  if (now - first.at < EVERY / 2) return;
  for (const cell of page.querySelectorAll("[data-rate]")) {
    const gained = figures[cell.dataset.rate] - first.figures[cell.dataset.rate];
    const rate = gained / ((now - first.at) / 1000);
    cell.hidden = false;
    write(cell, rate >= 1 || rate === 0 ? `${number.format(Math.round(rate))} a second` : `${(rate * 60).toFixed(1)} a minute`);
  }
}

function showRows(figures) {
  for (const body of page.querySelectorAll("[data-rows]")) {
    const columns = [...body.closest("table").querySelectorAll("[data-column]")];
    const rows = figures[body.dataset.rows].map((row) => {
      const line = document.createElement("tr");
      for (const column of columns) {
        const cell = element("td", formats[column.dataset.as](row[column.dataset.column]));
        cell.className = column.className;
        line.append(cell);
      }
      return line;
    });
    body.replaceChildren(...rows);
  }
}

function showLost(sentence) {
  state.className = "state lost";
  write(document.getElementById("headline"), sentence);
  samples.length = 0; // a rate over the gap would be wrong
}

async function look() {
  const answer = await fetch(page.dataset.source, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.status === 401) {
    showLost("Your session has ended: load the page again to sign in");
    return false;
  }
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const figures = await answer.json();
  showState(figures);
  showFigures(figures);
  showRates(figures);
  showRows(figures);
  return true;
}

async function keepLooking() {
  let again = true;
  if (!document.hidden) {
    try {
      again = await look();
    } catch {
      showLost("No answer: these figures are old, and asking goes on");
    }
  }
  if (again) setTimeout(keepLooking, EVERY);
}

keepLooking();

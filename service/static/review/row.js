// One row of the list: its state, texts and buttons.

import { statuses } from "./table.js";

export const list = document.getElementById("cards");
const spoken = document.getElementById("spoken");

export const rows = () => [...list.querySelectorAll(":scope > .card")];
export const form = (row) => row.querySelector("form.actions");
export const versionOf = (row) => Number(form(row).elements.version.value);
export const csrfOf = (row) => (form(row).elements.csrf ?? document.querySelector('input[name="csrf"]')).value;
const sizeOf = (row) => Number(row.dataset.copies ?? 1); // comments of the row
export const isOpen = (row) => !row.matches(".decided, .gone");

const buttons = (row) => [...form(row).querySelectorAll("button")];
export const actionsOf = (row) => buttons(row).map((button) => button.value);

export function announce(text) {
  spoken.textContent = text;
}

export function tell(row, text, tone) {
  const outcome = row.querySelector(".outcome");
  outcome.textContent = text;
  outcome.className = `outcome ${tone}`;
  outcome.hidden = !text;
  announce(text ? `${text}: ${row.querySelector("h2").textContent}` : "");
}

export function drawButtons(row, actions) {
  buttons(row).forEach((button) => button.remove());
  const all = document.getElementById("buttons").content.cloneNode(true);
  form(row).append(...[...all.children].filter((button) => actions.includes(button.value)));
}

// The result of one's own decision, such as "Spam · you, just now". The time follows.
export function showResult(row, status) {
  const { label, text, tone } = statuses[status];
  tell(row, text, tone);
  const outcome = row.querySelector(".outcome");
  outcome.replaceChildren(`${label} · you, `, age(Date.now()));
}

function age(at) {
  const made = document.createElement("time");
  made.dateTime = new Date(at).toISOString();
  made.textContent = "just now";
  return made;
}

setInterval(() => {
  for (const time of list?.querySelectorAll(".outcome time") ?? []) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
    if (minutes) time.textContent = `${minutes} min ago`;
  }
}, 20_000);

function count(from, to, n) {
  for (const [status, change] of [[from, -n], [to, n]]) {
    for (const shown of document.querySelectorAll(`[data-count="${status}"]`)) add(shown, change);
    if (status !== list.dataset.status) continue;
    for (const total of document.querySelectorAll("[data-total]")) add(total, change);
  }
}

export function add(shown, change) {
  const n = Number(shown.textContent.replaceAll(",", "")) + change;
  shown.textContent = shown.textContent.includes(",") ? n.toLocaleString("en") : n;
}

// Changes the status of a row, and the counts of both statuses.
export function move(row, status) {
  count(row.dataset.status, status, sizeOf(row));
  row.dataset.status = status;
  row.classList.toggle("decided", status !== list.dataset.status);
}

// Replaces the assumed result with the server's.
export function update(row, comment) {
  for (const field of row.querySelectorAll("input[name=version]")) field.value = comment.version;
  const box = row.querySelector(".choose input");
  if (box) box.value = box.value.replace(/\d+$/, comment.version);
  if (row.dataset.status !== comment.status) move(row, comment.status);
  const isDecided = row.classList.contains("decided");
  drawButtons(row, [...(isDecided ? [] : comment.actions), ...(comment.undoable ? ["undo"] : [])]);
}

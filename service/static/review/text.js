// Long texts of rows: a click or a key shows the whole text, and a button says that there is more.

import { list, rows } from "./row.js";

export function toggleText(row) {
  const isLong = row.classList.toggle("whole");
  row.querySelector(".whole-text")?.setAttribute("aria-expanded", isLong);
}

function offer(row) {
  const content = row.querySelector(".content");
  if (row.querySelector(".whole-text") || content.scrollHeight <= content.clientHeight + 2) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "whole-text quiet";
  button.setAttribute("aria-expanded", "false");
  button.textContent = "Whole text";
  row.querySelector(".foot").append(button);
}

list.addEventListener("click", (event) => {
  const row = event.target.closest(".card");
  const isText = event.target.closest(".content") && !event.target.closest("a") && getSelection().isCollapsed;
  if (row && (event.target.closest(".whole-text") || (isText && row.querySelector(".whole-text")))) toggleText(row);
});
list.addEventListener("rows", (event) => event.detail.forEach(offer));
rows().forEach(offer);

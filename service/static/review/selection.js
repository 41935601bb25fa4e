// Selection of rows by their checkboxes: one by one, or with Shift every row from the last selected one.

import { list, rows } from "./row.js";

const box = (row) => row.querySelector(".choose input");
const open = (row) => box(row) && !row.classList.contains("decided");

// `act(rows, action)` is called for a button of the bulk form.
export function selection(act) {
  const form = document.getElementById("bulk");
  let last = null;

  const selected = () => rows().filter((row) => open(row) && box(row).checked);

  function show() {
    if (!form) return;
    const n = selected().length;
    const some = form.querySelector(".some-selected");
    some.hidden = !n;
    some.textContent = `${n} selected`;
    form.querySelector(".none-selected").hidden = Boolean(n);
    form.querySelector("[type=reset]").hidden = !n;
    document.documentElement.classList.toggle("selecting", n > 0);
  }

  function clear() {
    for (const row of rows()) if (box(row)) box(row).checked = false;
    last = null;
    show();
  }

  function set(row, checked, range) {
    const all = rows();
    const from = all.indexOf(range && last ? last : row);
    const [a, b] = [from, all.indexOf(row)].sort((x, y) => x - y);
    for (const each of all.slice(a, b + 1)) if (open(each)) box(each).checked = checked;
    last = row;
    show();
  }

  list.addEventListener("click", (event) => {
    const row = event.target.matches(".choose input") && event.target.closest(".card");
    if (row) set(row, event.target.checked, event.shiftKey);
  });

  form?.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
  });
  form?.addEventListener("submit", (event) => {
    const some = selected();
    if (!event.submitter || !some.length) return; // the next page says that nothing was selected
    event.preventDefault();
    clear();
    act(some, event.submitter.value);
  });

  // With a script the buttons act at once, and there is undo; without one they lead to a preview.
  for (const button of form?.querySelectorAll("button[name=action]") ?? []) {
    button.textContent = button.textContent.replace("…", "");
  }
  show();
  return {
    toggle: (row) => open(row) && set(row, !box(row).checked, false),
    take() {
      const some = selected();
      clear();
      return some;
    },
  };
}

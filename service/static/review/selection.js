// Selection of cards by their checkboxes: one by one, or with Shift every card from the last selected one.

const box = (card) => card.querySelector(".choose input");
const open = (card) => box(card) && !card.classList.contains("decided");

// `act(cards, action)` is called for a button of the bulk form.
export function selection(cards, act) {
  const form = document.getElementById("bulk");
  let last = null;

  const selected = () => cards.filter((card) => open(card) && box(card).checked);

  function show() {
    if (!form) return;
    const n = selected().length;
    const some = form.querySelector(".some-selected");
    some.hidden = !n;
    some.textContent = `${n} selected:`;
    form.querySelector(".none-selected").hidden = Boolean(n);
    form.querySelector("[type=reset]").hidden = !n;
  }

  function clear() {
    for (const card of cards) if (box(card)) box(card).checked = false;
    last = null;
    show();
  }

  function set(card, checked, range) {
    const from = range && last ? cards.indexOf(last) : cards.indexOf(card);
    const [a, b] = [from, cards.indexOf(card)].sort((x, y) => x - y);
    for (const each of cards.slice(a, b + 1)) if (open(each)) box(each).checked = checked;
    last = card;
    show();
  }

  for (const card of cards) {
    box(card)?.addEventListener("click", (event) => set(card, event.target.checked, event.shiftKey));
  }

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
    toggle: (card) => open(card) && set(card, !box(card).checked, false),
    take() {
      const some = selected();
      clear();
      return some;
    },
  };
}

// Choosing cards by their boxes: one by one, or with the shift key all from the last one on.

const box = (card) => card.querySelector(".choose input");
const open = (card) => box(card) && !card.classList.contains("settled");

// `settle(cards, action)` is asked when a button of the bulk form is pressed.
export function choosing(cards, settle) {
  const form = document.getElementById("bulk");
  let last = null;

  const chosen = () => cards.filter((card) => open(card) && box(card).checked);

  function show() {
    if (!form) return;
    const n = chosen().length;
    const some = form.querySelector(".some-chosen");
    some.hidden = !n;
    some.textContent = `${n} chosen:`;
    form.querySelector(".none-chosen").hidden = Boolean(n);
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
    const some = chosen();
    if (!event.submitter || !some.length) return; // the page that comes says that nothing was chosen
    event.preventDefault();
    clear();
    settle(some, event.submitter.value);
  });

  // With a script the buttons act at once, and "u" takes back; without one they lead to a page that asks.
  for (const button of form?.querySelectorAll("button[name=action]") ?? []) {
    button.textContent = button.textContent.replace("…", "");
  }
  show();
  return {
    toggle: (card) => open(card) && set(card, !box(card).checked, false),
    take() {
      const some = chosen();
      clear();
      return some;
    },
  };
}

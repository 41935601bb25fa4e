/* Keeps the keyboard focus while the list is drawn again. */

const FOCUSABLE = "a, button";

/* Run `draw`. The focus returns to the same element, or to the one in its place in the same comment. */
export function keepFocus(root, draw) {
  const focused = root.activeElement, article = focused && focused.closest("article");
  const position = article ? [...article.querySelectorAll(FOCUSABLE)].indexOf(focused) : -1;
  draw();
  if (!focused || root.activeElement === focused) return;
  const drawn = focused.isConnected ? focused : article && root.getElementById(article.id);
  const target = drawn && drawn !== focused && position >= 0 ? drawn.querySelectorAll(FOCUSABLE)[position] || drawn : drawn;
  if (target) target.focus({ preventScroll: true });
}

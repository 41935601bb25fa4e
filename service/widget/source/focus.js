/* Keeps the keyboard focus while the list is drawn again, and while a form takes the place of another one. */

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

/* Return true while the visitor types in a field of the shadow root. */
export function isTyping(root) {
  const field = root.activeElement;
  return Boolean(field) && field.matches("textarea, input:not([type=checkbox])");
}

/* Run `draw`, which replaces `form`. If the visitor was typing there, typing continues at the same place of the field that
   `find` returns for a name. */
export function keepTyping(form, draw, find) {
  const field = form && form.getRootNode().activeElement, isOfForm = Boolean(field) && form.contains(field);
  const { name, selectionStart, selectionEnd } = isOfForm ? field : {};
  draw();
  const next = name && find(name);
  if (!next) return;
  next.focus();
  if (Number.isInteger(selectionStart) && Number.isInteger(next.selectionStart)) next.setSelectionRange(selectionStart, selectionEnd);
}

// Swipes on a phone, in addition to the buttons: to the right approves, to the left marks as spam. The row shows what
// will happen before the finger is lifted. Vertical scrolling, zooming and selecting text belong to the browser
// (`touch-action` in queue.css).

import { actionsOf, list } from "./row.js";

const START = 12; // pixels before a movement counts
const NEEDED = 0.3; // of the row's width, for the action
const NOT_HERE = "a, button, input, textarea, select, summary, .evidence";
const EDGE = 24; // pixels at the sides of the screen, where browsers go back and forward
const LEARNED = 3; // swipes after which the hint above the list stays away
const WAYS = { right: { action: "approve", tone: "good" }, left: { action: "spam", tone: "bad" } };

// `act(row, action)` is called for a swipe that went far enough.
export function swipes(act) {
  let touch = null; // the row, the pointer, where it began, and the label under the row
  const learned = () => Number(localStorage.getItem("swipes") ?? 0);
  const advice = document.querySelector(".swipe-hint");
  if (advice && matchMedia("(pointer: coarse)").matches) advice.hidden = learned() >= LEARNED;

  function hint(row) {
    const made = document.createElement("p");
    made.className = "swipe";
    made.setAttribute("aria-hidden", "true");
    row.append(made);
    return made;
  }

  function reset() {
    touch?.row.classList.remove("swiping");
    touch?.row.style.removeProperty("--swipe");
    touch?.shown?.remove();
    touch = null;
  }

  function label(row, action) {
    return row.querySelector(`form.actions button[value="${action}"]`)?.firstChild.textContent.trim();
  }

  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".card");
    reset();
    if (event.pointerType !== "touch" || !event.isPrimary || !row || row.matches(".wave") || event.target.closest(NOT_HERE)) return;
    if (event.clientX < EDGE || event.clientX > innerWidth - EDGE) return;
    if (getSelection().isCollapsed) touch = { row, id: event.pointerId, x: event.clientX, y: event.clientY };
  });

  list.addEventListener("pointermove", (event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const [x, y] = [event.clientX - touch.x, event.clientY - touch.y];
    if (!touch.shown && (Math.abs(x) < START || Math.abs(x) < 2 * Math.abs(y))) return;
    const { action, tone } = WAYS[x > 0 ? "right" : "left"];
    const isPossible = actionsOf(touch.row).includes(action);
    touch.shown ??= hint(touch.row);
    touch.action = isPossible && Math.abs(x) >= NEEDED * touch.row.offsetWidth ? action : "";
    touch.shown.textContent = isPossible ? label(touch.row, action) : "";
    touch.shown.className = `swipe ${tone} ${x > 0 ? "right" : "left"}${touch.action ? " enough" : ""}`;
    touch.row.classList.add("swiping");
    touch.row.style.setProperty("--swipe", `${isPossible ? x : x / 5}px`);
  });

  list.addEventListener("pointerup", (event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const { row, action } = touch;
    reset();
    if (!action) return;
    localStorage.setItem("swipes", learned() + 1);
    act(row, action);
  });
  list.addEventListener("pointercancel", reset);
}

/* A menu of buttons below a button, with the keys of the ARIA menu pattern. */

import { button, element } from "../../dom.js";

/* Open the menu. An item is [label, function]; it closes the menu unless the function returns true. */
export function openMenu(opener, items) {
  const isOpen = opener.ariaExpanded === "true";
  if (isOpen) return;
  const entry = ([label, run]) => button(label, (event) => { if (!run(event.target)) close(); }, { role: "menuitem", tabIndex: -1 });
  const entries = items.map(entry);
  const menu = element("div", { role: "menu", className: "menu", "aria-label": opener.ariaLabel }, ...entries);
  const close = () => {
    opener.ariaExpanded = "false";
    const hadFocus = menu.contains(menu.getRootNode().activeElement);
    menu.remove();
    if (hadFocus) opener.focus();
  };
  menu.onkeydown = (event) => onKey(event, entries, close);
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(); });
  const closeOutside = (event) => {
    if (event.composedPath().includes(menu)) return;
    document.removeEventListener("pointerdown", closeOutside);
    close();
  };
  document.addEventListener("pointerdown", closeOutside);
  opener.ariaExpanded = "true";
  opener.after(menu);
  entries[0].focus();
}

function onKey(event, entries, close) {
  const at = entries.indexOf(event.target), last = entries.length - 1;
  const next = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close();
  if (event.key === "Escape" || next !== undefined) event.preventDefault();
  if (next !== undefined) entries[next].focus();
}

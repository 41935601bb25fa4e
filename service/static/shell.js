// Close menus as people expect, and add the local time to every exact time. Pages work without it.

const menus = () => document.querySelectorAll("details.switcher[open], .bottom details[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Put the reader's local time before the time in UTC in the tooltip. */
function localize(root) {
  for (const time of root.querySelectorAll("time[datetime][title$='UTC']")) {
    if (time.title.includes(" · ")) continue;
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.title = `${local.format(at)} · ${time.title}`;
  }
}

localize(document);
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) if (node instanceof Element) localize(node.parentElement ?? node);
  }
}).observe(document.body, { childList: true, subtree: true });

/* Notices that a single-page app shows another page: a new address, or another canonical link. */

const listeners = new Set();
const watched = ["popstate", "hashchange"];
let head = null;
let historyIsWrapped = false;

const notify = () => { for (const listener of [...listeners]) listener(); };

const observer = new MutationObserver(() => {
  if (head !== document.head) observe(); // some apps replace the whole head
  notify();
});

function observe() {
  head = document.head;
  observer.disconnect();
  observer.observe(document.documentElement, { childList: true });
  observer.observe(head, { childList: true, subtree: true, attributes: true, attributeFilter: ["href", "rel"] });
}

/* Call `listener` after each change until `stopWatching`. It may be called more often than the address changes. */
export function watchNavigation(listener) {
  listeners.add(listener);
  if (listeners.size > 1) return;
  observe();
  for (const name of watched) addEventListener(name, notify);
  if (globalThis.navigation) navigation.addEventListener("currententrychange", notify); else wrapHistory();
}

export function stopWatching(listener) {
  if (!listeners.delete(listener) || listeners.size) return;
  observer.disconnect();
  for (const name of watched) removeEventListener(name, notify);
  if (globalThis.navigation) navigation.removeEventListener("currententrychange", notify);
}

/* Browsers without the Navigation API report no call of `pushState`. */
function wrapHistory() {
  if (historyIsWrapped) return;
  historyIsWrapped = true;
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...values) {
      original.apply(this, values);
      notify();
    };
  }
}

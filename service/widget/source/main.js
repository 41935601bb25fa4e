/* Starts the widget: defines the element, adds one if the page has none, and fills in the counts. */

import { CommentsElement } from "./comments_element.js";
import { element } from "./dom.js";
import { apiRoot, script } from "./page.js";
import { loadPart, shareWithParts } from "./part_loader.js";
import { SHARED } from "./shared.js";

const TAG = "replygate-comments";

/* Start for a script tag. A page may load the script several times, for example in its theme and in a plugin: one for the
   same site adds nothing, one for another site adds an element of its own. */
function start(isFirst) {
  const comments = element(TAG);
  comments.source = script;
  const root = apiRoot(comments);
  if (!root) return;
  const hasLinks = document.querySelector("a[data-replygate-thread]");
  if (hasLinks) loadPart("counts").then((counts) => counts.showCounts(root)).catch(() => {}); // the links keep their text
  observeOptions();
  const found = [...document.querySelectorAll(TAG)];
  const isThere = isFirst ? found.length > 0 : found.some((other) => apiRoot(other) === root);
  if (isThere || "countsOnly" in script.dataset) return;
  if (document.body.contains(script)) script.after(comments); else document.body.append(comments);
}

/* The options of the script count for every element. */
function observeOptions() {
  const update = () => { for (const comments of document.querySelectorAll(TAG)) comments.updateSoon(); };
  new MutationObserver(update).observe(script, { attributes: true });
}

if (script) {
  const isFirst = !customElements.get(TAG), run = () => start(isFirst);
  if (isFirst) {
    shareWithParts(SHARED);
    customElements.define(TAG, CommentsElement);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run); else run();
}

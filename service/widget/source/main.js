/* Starts the widget: defines the element, adds one if the page has none, and fills in the counts. */

import { showCounts } from "./comment_counts.js";
import { CommentsElement } from "./comments_element.js";
import { element } from "./dom.js";
import { API, script } from "./page.js";
import { shareWithParts } from "./part_loader.js";
import { SHARED } from "./shared.js";

const TAG = "replygate-comments";

function start() {
  showCounts().catch(() => {}); // the links keep their text
  if (document.querySelector(TAG) || "countsOnly" in script.dataset) return;
  const comments = element(TAG);
  if (document.body.contains(script)) script.after(comments); else document.body.append(comments);
}

// A page may load the script twice, for example in its theme and in a plugin. The first one counts.
if (API && !customElements.get(TAG)) {
  shareWithParts(SHARED);
  customElements.define(TAG, CommentsElement);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
}

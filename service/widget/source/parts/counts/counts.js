/* Writes the number of comments into the page's links: `<a href="/post/" data-replygate-thread>`. */

import { Api, query } from "../../api.js";
import { loadMessages } from "../../messages.js";

// Limits of one request: threads, and characters of its address.
const MAX_THREADS = 200;
const MAX_CHARACTERS = 6000;

/* Fill in all links. The thread is the attribute's value, otherwise the address of the link. */
export async function showCounts(root) {
  const links = linksByThread();
  for (const threads of batches([...links.keys()].sort())) {
    const { counts } = await new Api(root).get(`/counts${query(threads.map((thread) => ["thread", thread]))}`);
    for (const [thread, n] of Object.entries(counts)) {
      for (const link of links.get(thread) || []) {
        link.textContent = link.dataset.replygateCount === "number" ? n : (await loadMessages(link))("count", { n });
      }
    }
  }
}

function linksByThread() {
  const links = new Map();
  for (const link of document.querySelectorAll("a[data-replygate-thread]")) {
    const thread = link.dataset.replygateThread || link.href.replace(/#.*/, "");
    links.set(thread, [...(links.get(thread) || []), link]);
  }
  return links;
}

/* Divide the threads among as few requests as the limits allow. */
function batches(threads) {
  const found = [];
  let length = 0;
  for (const thread of threads) {
    const added = encodeURIComponent(thread).length + "&thread=".length;
    const last = found[found.length - 1];
    if (!last || length + added > MAX_CHARACTERS || last.length >= MAX_THREADS) {
      found.push([thread]);
      length = added;
    } else {
      last.push(thread);
      length += added;
    }
  }
  return found;
}

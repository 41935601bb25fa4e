/* The published comments of a thread: those the server has, and those on the page.

   New comments of other people wait for a click, so the text under a reader's eyes does not move. */

import { get, query } from "./api.js";

export class ThreadComments {
  constructor(thread) {
    this.thread = thread;
    this.newestFirst = false;
    this.loaded = false; // true after the first successful load
    this.latest = []; // what the server has
    this.shown = []; // what is on the page
    this.pages = 1;
    this.total = 0;
  }

  /* Load the open pages again. Returns false if the server cannot be reached; then nothing changes. */
  async load() {
    const rows = [], order = this.newestFirst ? "newest" : "oldest";
    let page = { next: "" };
    try {
      for (let n = 0; n === 0 || n < this.pages && page.next; n++) {
        page = await get(`/comments${query({ thread: this.thread, order, cursor: page.next })}`);
        rows.push(...page.comments);
      }
    } catch { return false; }
    Object.assign(this, { latest: rows, hasMore: Boolean(page.next), total: page.total, version: page.version, loaded: true });
    return true;
  }

  async loadMore() {
    this.pages++;
    const loaded = await this.load();
    if (!loaded) this.pages--;
    return loaded;
  }

  /* Load again. Removed comments leave the page at once, and the visitor's own appear at once. */
  async refresh(ownIds) {
    if (!(await this.load())) return false;
    const shown = this.shownIds;
    this.shown = this.latest.filter((row) => shown.has(row.id) || ownIds.has(row.id));
    return true;
  }

  showAll() { this.shown = this.latest; }

  get shownIds() { return new Set(this.shown.map((row) => row.id)); }

  /* Loaded comments that wait for a click. */
  get hidden() {
    const shown = this.shownIds;
    return this.latest.filter((row) => !shown.has(row.id));
  }

  get shownTotal() { return this.total - this.hidden.length; }
}

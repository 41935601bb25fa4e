/* The comments of a thread: those the server has, and those on the page.

   New comments of other people wait for a click, so the text under a reader's eyes does not move. */

import { query } from "./api.js";

// A link to a comment on a later page loads this many pages at most.
const MAX_PAGES_TO_FIND = 10;

export class ThreadComments {
  constructor(api, thread, order) {
    Object.assign(this, { api, thread, order });
    this.loaded = false; // true after the first successful load
    this.latest = []; // what the server has
    this.shown = []; // what is on the page
    this.pages = 1;
    this.branches = []; // cursors of branches that the reader continued
    this.total = 0;
  }

  /* Load the open pages and branches again. Returns false if the server cannot be reached; then nothing changes. */
  async load() {
    const rows = [], { order } = this;
    let page = { next: "" };
    try {
      for (let n = 0; n === 0 || n < this.pages && page.next; n++) {
        page = await this.page(page.next);
        rows.push(...page.comments);
      }
    } catch { return false; }
    const { next, total, version } = page;
    for (const cursor of this.branches) {
      const branch = await this.page(cursor).catch(() => ({ comments: [] }));
      addBranch(rows, branch.comments, cursor, branch.next);
    }
    if (order !== this.order) return true; // the reader chose another order, which is being loaded
    Object.assign(this, { latest: rows, next, total, version, loaded: true });
    return true;
  }

  page(cursor) {
    return this.api.get(`/comments${query({ thread: this.thread, order: this.order, cursor })}`);
  }

  /* Load one more page. The version stays, so changes of the pages before it are still noticed. */
  async loadMore() {
    let page;
    try { page = await this.page(this.next); } catch { return false; }
    this.pages++;
    addMissing(this.latest, page.comments);
    this.next = page.next;
    return true;
  }

  get hasMore() { return Boolean(this.next); }

  /* Load the rest of a branch. Returns its comments that are new on the page, or null if they cannot be loaded. */
  async loadBranch(cursor) {
    let branch;
    try { branch = await this.page(cursor); } catch { return null; }
    this.branches.push(cursor);
    const before = new Set(this.latest.map((row) => row.id));
    addBranch(this.latest, branch.comments, cursor, branch.next);
    const added = branch.comments.filter((row) => !before.has(row.id));
    const shown = new Set([...this.shownIds, ...added.map((row) => row.id)]);
    this.shown = this.latest.filter((row) => shown.has(row.id));
    return added;
  }

  /* Load pages until a comment is among them. */
  async find(id) {
    while (!this.latest.some((row) => row.id === id) && this.hasMore && this.pages < MAX_PAGES_TO_FIND) {
      if (!(await this.loadMore())) return;
    }
    this.showAll();
  }

  /* Load again. Removed comments leave the page at once, and the visitor's own appear at once. */
  async refresh(ownIds) {
    if (!(await this.load())) return false;
    const shown = this.shownIds;
    this.shown = this.latest.filter((row) => shown.has(row.id) || ownIds.has(row.id));
    return true;
  }

  showAll() { this.shown = [...this.latest]; }

  get shownIds() { return new Set(this.shown.map((row) => row.id)); }

  /* Loaded comments that wait for a click. */
  get hidden() {
    const shown = this.shownIds;
    return this.latest.filter((row) => !row.removed && !shown.has(row.id));
  }

  get shownTotal() { return this.total - this.hidden.length; }
}

/* Add the rest of a branch. The comment that it continues gets the next cursor. */
function addBranch(rows, comments, cursor, next) {
  const continued = rows.find((row) => row.more === cursor);
  if (continued) continued.more = next || "";
  addMissing(rows, comments);
}

function addMissing(rows, comments) {
  const have = new Set(rows.map((row) => row.id));
  rows.push(...comments.filter((row) => !have.has(row.id)));
}

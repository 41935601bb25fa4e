/* The visitor's own comments in this thread: their receipts, and their status until it is final. */

import { query } from "./api.js";

// Seconds between two status requests: short at first, because most decisions take less than a second.
const STATUS_SECONDS = [2, 4, 8, 15, 30, 60];

const isPending = (own) => own.status !== "published" || own.edit === "pending";

export class OwnComments {
  /* `view` is the conversation. It provides `api`, `announce`, `refresh`, `render` and `isActive`. */
  constructor(storage, view) {
    this.storage = storage;
    this.view = view;
    this.list = storage.ownComments;
    // The ids stay after a comment leaves the list, so that it is shown without a click when it is published later.
    this.ids = new Set(this.list.map((own) => own.id));
  }

  find(id) { return this.list.find((own) => own.id === id); }

  add(own) {
    this.ids.add(own.id);
    this.save([...this.list.filter((other) => other.id !== own.id), own]);
  }

  remove(own) { this.save(this.list.filter((other) => other !== own)); }

  save(list = this.list) {
    this.list = list;
    // Comments without a receipt are the signed-in reader's. They are asked for each time and not kept in the browser.
    this.storage.saveOwnComments(list.filter((own) => own.receipt));
  }

  /* The comments to show as pending: not published, and not on the page already. */
  pendingRows(shownIds) {
    return this.list.filter((own) => own.status !== "published" && !shownIds.has(own.id))
      .map((own) => ({ ...own, pending: true }));
  }

  markPublished(publishedIds) {
    for (const own of this.list) if (publishedIds.has(own.id)) own.status = "published";
    this.save();
  }

  /* Ask for the status of each comment, and again later: less and less often while one is pending, and once more when
     the time to edit ends. */
  async checkStatus(times = 0) {
    this.stop();
    if (!this.list.length || document.hidden) return;
    const before = JSON.stringify(this.list);
    let readersSeeChange = false;
    for (const own of [...this.list]) readersSeeChange = this.update(own, await this.view.api.getOwnComment(own)) || readersSeeChange;
    this.save(this.list.filter((own) => !own.over && (isPending(own) || own.until > Date.now())));
    if (readersSeeChange) await this.view.refresh();
    else if (JSON.stringify(this.list) !== before) this.view.render();
    this.stop();
    if (this.list.length && this.view.isActive) {
      this.timer = setTimeout(() => this.checkStatus(times + 1), this.millisecondsToNextCheck(times));
    }
  }

  millisecondsToNextCheck(times) {
    if (this.list.some(isPending)) return STATUS_SECONDS[Math.min(times, STATUS_SECONDS.length - 1)] * 1000;
    return Math.min(...this.list.map((own) => own.until)) - Date.now() + 500;
  }

  stop() { clearTimeout(this.timer); }

  /* Add the comments that a signed-in reader left on other devices, and forget those of another reader. */
  async loadOfUser(name) {
    const { api, thread } = this.view;
    this.save(this.list.filter((own) => own.receipt));
    const path = `/own-comments${query({ thread })}`;
    const { comments = [] } = name ? await api.get(path, { headers: api.userHeaders }).catch(() => ({})) : {};
    for (const row of comments) {
      if (this.find(row.id) || row.status !== "pending" && !row.seconds_to_edit) continue;
      const own = { id: row.id, receipt: "", author: name, parent: row.parent, at: Date.parse(row.received) };
      this.add(own);
      this.update(own, row);
    }
  }

  /* Take over the server's answer about a comment and announce the decision. Returns true if readers see a change. */
  update(own, answer) {
    if (answer.status === "unknown") return false;
    const before = { ...own };
    Object.assign(own, { status: answer.status, edit: answer.edit, content: answer.content });
    const until = Date.now() + (answer.seconds_to_edit || 0) * 1000;
    // The answer has whole seconds, so the end of editing moves a little each time. Only a real change counts.
    if (!before.until || Math.abs(until - before.until) > 5000) own.until = until;
    own.over = !["pending", "published"].includes(answer.status);
    if (answer.status === "refused") this.view.announce("notPublished", answer.reason);
    if (before.edit === "pending" && answer.edit === "refused") this.view.announce("editNotPublished", answer.edit_reason);
    if (before.edit === "pending" && answer.edit === "published") this.view.announce("published");
    return answer.status === "published" && ["status", "edit", "content"].some((name) => before[name] !== answer[name]);
  }
  /* The plain form redirects to the page with a one-time code in its address. Take it out, exchange it for the receipt,
     and return the status of the comment; null if there is no code, or if it was used or has expired. */
  async claimFromAddress() {
    const { api } = this.view, address = new URL(location.href), { searchParams } = address;
    const id = searchParams.get("comment"), code = searchParams.get("code");
    if (!id || !code) return null;
    for (const name of ["comment", "code"]) searchParams.delete(name);
    history.replaceState(history.state, "", address);
    const exchanged = await api.postJson("/receipts", { comment: id, code }).catch(() => null);
    if (!exchanged || exchanged.status !== 200) return null;
    const { receipt } = exchanged.body, answer = await api.getOwnComment({ id, receipt });
    if (answer.status === "published") this.add({ id, receipt, status: answer.status, at: Date.now() });
    return answer;
  }
}

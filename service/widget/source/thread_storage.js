/* Keeps the draft of a thread and the receipts of the visitor's own comments in localStorage.

   The names of the stored fields must stay: browsers hold drafts and receipts written by earlier versions. */

import { API } from "./page.js";

const RECEIPT_DAYS = 30;

export class ThreadStorage {
  constructor(thread) {
    this.name = `replygate ${API} ${thread}`;
    // Used where storage is forbidden or full: the draft then lasts as long as the page is open.
    this.copy = {};
  }

  read() {
    try { return JSON.parse(localStorage.getItem(this.name)) || this.copy; } catch { return this.copy; }
  }

  write(changes) {
    this.copy = { ...this.read(), ...changes };
    try { localStorage.setItem(this.name, JSON.stringify(this.copy)); } catch { /* the copy stays */ }
  }

  get draft() { return this.read().draft || {}; }

  saveDraft(values) { this.write({ draft: { ...this.draft, ...values } }); }

  deleteDraft() { this.write({ draft: null }); }

  /* Return the Idempotency-Key of a submission. The same values get the same key until they are sent, also after a
     reload, so trying again cannot post a comment twice. */
  idempotencyKey(values) {
    const sent = JSON.stringify(values), draft = this.draft;
    const key = draft.key && draft.sent === sent ? draft.key : randomKey();
    this.write({ draft: { ...values, key, sent } });
    return key;
  }

  get ownComments() {
    const oldest = Date.now() - RECEIPT_DAYS * 24 * 3600 * 1000;
    return (this.read().mine || []).filter((own) => own.at > oldest);
  }

  saveOwnComments(mine) { this.write({ mine }); }
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Keeps drafts, receipts and the reader's choices in localStorage.

   The names of the stored fields must stay: browsers hold drafts and receipts written by earlier versions. */

const RECEIPT_DAYS = 30;

/* One entry in localStorage with a JSON object. */
class StoredValues {
  constructor(name) {
    this.name = name;
    // Used where storage is forbidden or full: the values then last as long as the page is open.
    this.copy = {};
  }

  read() {
    try { return JSON.parse(localStorage.getItem(this.name)) || this.copy; } catch { return this.copy; }
  }

  write(changes) {
    this.copy = { ...this.read(), ...changes };
    try { localStorage.setItem(this.name, JSON.stringify(this.copy)); } catch { /* the copy stays */ }
  }
}

/* The reader's choices on all pages of the website: `author` (only if they asked for it) and `order`. */
export const choices = new StoredValues("replygate choices");

/* The draft of a thread and the receipts of the visitor's own comments. */
export class ThreadStorage extends StoredValues {
  constructor(root, thread) { super(`replygate ${root} ${thread}`); }

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

/* The secret by which the site recognizes this browser's author. It says nothing about a name or an address. */
export function readAuthorSecret(root) {
  try { return localStorage.getItem(`replygate ${root} author`) || ""; } catch { return ""; }
}

export function keepAuthorSecret(root, secret) {
  try { localStorage.setItem(`replygate ${root} author`, secret); } catch { /* the next comment is by a new author */ }
}

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* The form to leave a comment: its texts, its problems, and where it is on the page. */

import { get, query } from "./api.js";
import { button, element, quietButton } from "./dom.js";
import { FIELD_NAMES, formFields, formNote } from "./form_fields.js";
import { showProblems } from "./form_problems.js";
import { postComment } from "./submission.js";

// Used while the server cannot be reached, so that visitors can write and send later.
const OFFLINE_SETTINGS = {
  required: ["author", "email", "content"], lengths: {}, trap: "", closed: false, notify: false, token: "", proof_bits: 0, offline: true,
};
// Form tokens expire. A page that is open for longer than this asks for a new one.
const TOKEN_MILLISECONDS = 3600 * 1000;

export class CommentForm {
  /* `onSent` gets the server's answer and the values sent; `onReplyChange` runs when the form moves. */
  constructor({ thread, storage, localize, onSent, onReplyChange }) {
    Object.assign(this, { thread, storage, localize, onSent, onReplyChange });
    this.parent = ""; // the id of the comment to reply to
    this.section = element("section", { "aria-labelledby": "form-heading" });
  }

  async loadSettings() {
    this.loadedAt = Date.now();
    this.settings = await get(`/form${query({ thread: this.thread })}`).catch(() => this.settings || OFFLINE_SETTINGS);
  }

  renewToken() {
    if (Date.now() - this.loadedAt > TOKEN_MILLISECONDS) this.loadSettings();
  }

  build() {
    const localize = this.localize, { closed } = this.settings;
    this.heading = element("h3", { id: "form-heading" }, localize(closed ? "closed" : "leaveComment"));
    this.section.replaceChildren(this.heading);
    if (closed) return;
    this.cancelButton = quietButton(localize("cancelReply"), () => this.replyTo(""), { hidden: true });
    this.alert = element("div", { role: "alert", className: "problem wide" });
    this.postButton = element("button", { part: "button" }, localize("post"));
    this.form = element("form", { part: "form", acceptCharset: "utf-8" }, this.alert,
      formNote(this.settings, localize), ...formFields(this.settings, localize), this.postButton);
    this.form.onsubmit = (event) => { event.preventDefault(); this.send(); };
    this.form.oninput = () => this.storage.saveDraft(this.values());
    this.section.append(this.cancelButton, this.form);
  }

  fill(values) {
    if (!this.form) return;
    for (const name of FIELD_NAMES) if (values[name]) this.input(name).value = values[name];
    if (values.notify && this.input("notify")) this.input("notify").checked = true;
    if (values.parent) this.parent = values.parent;
  }

  /* Take over what a visitor typed into the page's own form before the widget was ready. */
  fillFrom(plainForm) {
    // WordPress themes name the text "comment".
    const rename = (name) => name === "comment" ? "content" : name;
    this.fill(Object.fromEntries([...new FormData(plainForm)].map(([name, text]) => [rename(name), text])));
  }

  input(name) { return this.form.elements[name]; }

  values() {
    const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, this.input(name).value]));
    const notify = this.input("notify");
    return { ...values, parent: this.parent, notify: notify && notify.checked ? notify.value : "" };
  }

  /* Reply to a comment, or with "" leave a comment of the thread. */
  replyTo(id) {
    const before = this.parent;
    this.parent = id;
    this.storage.saveDraft(this.values());
    this.onReplyChange();
    const article = !id && before && this.section.getRootNode().getElementById(`comment-${before}`);
    (article || this.input("content")).focus();
  }

  /* Put the form below the comment it replies to, otherwise after `end`. */
  place(end, authors) {
    if (!this.form) return;
    const article = this.parent && end.getRootNode().getElementById(`comment-${this.parent}`);
    if (!article) this.parent = "";
    this.heading.textContent = article
      ? this.localize("replyTo", { name: authors.get(this.parent) }) : this.localize("leaveComment");
    this.cancelButton.hidden = !article;
    // Moving an element takes its focus away, so it is moved only if it has to be.
    const before = article || end;
    if (before.nextSibling !== this.section) before.after(this.section);
  }

  async send() {
    if (this.postButton.disabled) return;
    const values = this.values();
    this.showProblems([], "");
    this.postButton.disabled = true;
    this.postButton.textContent = this.localize("posting");
    try {
      if (this.settings.offline) await this.loadSettings();
      this.readAnswer(values, await postComment(this, values));
    } catch {
      this.showProblems([], this.localize("sendFailed"), true);
    }
    this.postButton.disabled = false;
  }

  readAnswer(values, { status, body, retryAfter }) {
    if (status !== 202) {
      const problems = body.problems || [];
      const text = retryAfter ? this.localize("retryAfter", { n: retryAfter })
        : status >= 500 ? this.localize("sendFailed") : problems.length ? "" : body.detail || body.title;
      this.showProblems(problems, text, status === 429 || status >= 500);
      return;
    }
    this.postButton.textContent = this.localize("post");
    this.input("content").value = "";
    this.parent = "";
    this.storage.deleteDraft();
    this.onSent(body, values);
    this.loadSettings(); // the token is used up
  }

  showProblems(problems, text, canRetry = false) {
    showProblems(this, problems, text);
    this.postButton.textContent = this.localize(canRetry ? "tryAgain" : "post");
  }
}

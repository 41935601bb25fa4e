/* The form to leave a comment: its texts, its problems, and where it is on the page. It is one line until it is used. */

import { query } from "./api.js";
import { avatar } from "./avatar.js";
import { element, quietButton } from "./dom.js";
import { keepTyping } from "./focus.js";
import { AUTHOR_NAMES, FIELD_NAMES, authorFields, contentField, formNote, otherFields } from "./form_fields.js";
import { fieldProblems, problemText, showProblems } from "./form_problems.js";
import { loadPart } from "./part_loader.js";
import { signedName } from "./signed_user.js";
import { postComment } from "./submission.js";
import { choices } from "./thread_storage.js";

// Used while the server cannot be reached, so that visitors can write and send later.
const OFFLINE_SETTINGS = {
  required: ["author", "email", "content"], lengths: {}, trap: "", closed: false, notify: false, token: "", proof_bits: 0, offline: true,
};
const PAUSED = { code: "paused", message: "Comments are paused. Please try again later." };
// Form tokens expire. A page that is open for longer than this asks for a new one.
const TOKEN_MILLISECONDS = 3600 * 1000;

/* The name of a field of the page's own form. WordPress themes name the text "comment". */
const nameInWidget = (name) => name === "comment" ? "content" : name;

export class CommentForm {
  /* `onSent` gets the server's answer and the values sent; `onReplyChange` runs when the form moves; `details` returns
     the thread's title and address. */
  constructor({ api, thread, storage, localize, details, onSent, onReplyChange }) {
    Object.assign(this, { api, thread, storage, localize, details, onSent, onReplyChange });
    this.parent = ""; // the id of the comment to reply to
    this.section = element("section", { "aria-labelledby": "form-heading", className: "reply" });
  }

  async loadSettings() {
    this.loadedAt = Date.now();
    // The server refuses a thread with a problem, such as an address that is too long. Then no comment can be sent.
    const onError = ({ status, body }) => status === 422 ? { closed: true, problem: body.problems[0] } : this.settings || OFFLINE_SETTINGS;
    this.settings = await this.api.get(`/form${query({ thread: this.thread })}`).catch(onError);
  }

  renewToken() {
    if (Date.now() - this.loadedAt > TOKEN_MILLISECONDS) this.loadSettings();
  }

  build() {
    const { localize, settings } = this, { closed, paused } = settings;
    const problem = paused ? PAUSED : settings.problem;
    const heading = problem ? problemText(problem, localize) : localize(closed ? "closed" : "leaveComment");
    this.heading = element(problem ? "h2" : "h3", { id: "form-heading" }, heading);
    this.section.classList.toggle("collapsed", !closed);
    this.section.replaceChildren(this.heading);
    if (closed) return;
    this.user = signedName(this.api.userToken);
    this.cancelButton = quietButton(localize("cancelReply"), () => this.replyTo(""), { hidden: true });
    this.alert = element("div", { role: "alert", className: "problem" });
    this.postButton = element("button", { part: "button", className: "extra" }, localize("post"));
    const about = this.user ? [element("p", { className: "note extra" }, localize("signedInAs", { name: this.user }))]
      : [formNote(settings, localize), ...authorFields(settings, localize)];
    const [note, ...fields] = about;
    this.form = element("form", { part: "form", acceptCharset: "utf-8", noValidate: true }, this.alert, note,
      this.toolbar(), contentField(settings, localize), ...fields, ...otherFields(settings, localize), this.postButton);
    this.input("content").placeholder = localize("leaveComment");
    this.listen();
    this.section.append(this.cancelButton, avatar(this.user), this.form);
  }

  listen() {
    this.form.onsubmit = (event) => { event.preventDefault(); this.send(); };
    this.form.oninput = () => this.storage.saveDraft(this.values());
    this.form.addEventListener("focusin", () => this.expand());
    this.form.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit(); };
  }

  /* Buttons to switch between the text and its preview. */
  toolbar() {
    const { localize } = this;
    const part = (run) => () => loadPart("preview").then((preview) => preview[run](this))
      .catch(() => this.showProblems([], localize("partFailed")));
    this.writeButton = quietButton(localize("write"), part("showText"), { "aria-pressed": "true" });
    this.previewButton = quietButton(localize("preview"), part("showPreview"), { "aria-pressed": "false" });
    return element("div", { className: "toolbar extra" }, this.writeButton, this.previewButton,
      element("span", { className: "hint" }, localize("formatting")));
  }

  expand() { this.section.classList.remove("collapsed"); }

  /* Show the fields for another signed-in reader, or for none. */
  setUser() {
    if (!this.form || signedName(this.api.userToken) === this.user) return;
    const values = this.values(), isCollapsed = this.section.classList.contains("collapsed");
    keepTyping(this.form, () => {
      this.build();
      this.fillFromDraft(values);
      this.section.classList.toggle("collapsed", isCollapsed);
      this.onReplyChange();
    }, (name) => this.input(name));
  }

  /* Fill in what the visitor typed before, and the name that the browser remembers. */
  fillFromDraft(draft) {
    this.fill(choices.read().author || {});
    this.fill(draft);
  }

  /* Fill in a draft. `remember` is ticked if the reader ticked it before. */
  fill(values) {
    if (!this.form) return;
    for (const name of FIELD_NAMES) if (values[name] && this.input(name)) this.input(name).value = values[name];
    if (values.notify && this.input("notify")) this.input("notify").checked = true;
    if (this.input("remember") && choices.read().author) this.input("remember").checked = true;
    if (values.parent) this.parent = values.parent;
    if (values.content || values.parent) this.expand();
  }

  /* Take over what a visitor typed into the page's own form before the widget was ready. */
  fillFrom(plainForm) {
    this.fill(Object.fromEntries([...new FormData(plainForm)].map(([name, text]) => [nameInWidget(name), text])));
  }

  /* Return the field that takes the place of one of the page's own form. */
  fieldFor(name) { return this.form && this.input(nameInWidget(name)); }

  input(name) { return this.form.elements[name]; }

  values() {
    const typed = FIELD_NAMES.filter((name) => this.input(name)).map((name) => [name, this.input(name).value]);
    const notify = this.input("notify");
    return { ...Object.fromEntries(typed), parent: this.parent, notify: notify && notify.checked ? notify.value : "" };
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
    if (!this.form) {
      end.after(this.section);
      return;
    }
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
    this.setUser(); // the token may have expired since the form was built
    const values = this.values(), found = fieldProblems(this);
    this.showProblems(found, "");
    if (found.length) return;
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
        : status >= 500 ? this.localize("sendFailed") : problems.length ? "" : this.localize.failure(body);
      this.showProblems(problems, text, status === 429 || status >= 500);
      return;
    }
    this.rememberAuthor(values);
    this.postButton.textContent = this.localize("post");
    this.input("content").value = "";
    if (this.writeButton.ariaPressed === "false") this.writeButton.click();
    this.section.classList.add("collapsed");
    this.parent = "";
    this.storage.deleteDraft();
    this.onSent(body, this.user ? { ...values, author: this.user } : values);
    this.loadSettings(); // the token is used up
  }

  /* Keep name, email and website only for visitors who ask for it. */
  rememberAuthor(values) {
    const remember = this.input("remember");
    if (!remember) return;
    const author = Object.fromEntries(AUTHOR_NAMES.map((name) => [name, values[name]]));
    choices.write({ author: remember.checked ? author : null });
  }

  showProblems(problems, text, canRetry = false) {
    showProblems(this, problems, text);
    this.postButton.textContent = this.localize(canRetry ? "tryAgain" : "post");
  }
}

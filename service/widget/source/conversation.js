/* The comments of one thread and the form, in the shadow root of an element. */

import { Api } from "./api.js";
import { CommentForm } from "./comment_form.js";
import { commentEntries } from "./comment_list.js";
import { button, element } from "./dom.js";
import { isTyping, keepFocus, keepTyping } from "./focus.js";
import { LiveUpdates } from "./live_updates.js";
import { loadMessages } from "./messages.js";
import { OwnComments } from "./own_comments.js";
import { optionOf } from "./page.js";
import { loadPart } from "./part_loader.js";
import { signedName } from "./signed_user.js";
import { sortField } from "./sort_field.js";
import { ThreadComments } from "./thread_comments.js";
import { ThreadStorage, choices } from "./thread_storage.js";

const STATUS_MESSAGES = { pending: "awaitingModeration", published: "published", refused: "notPublished" };
// Relative times are written again this often.
const AGE_MILLISECONDS = 60 * 1000;

export class Conversation {
  /* `host` is the element, `root` the address of the site's API. */
  constructor(host, root, thread) {
    const api = new Api(root), storage = new ThreadStorage(root, thread);
    const order = choices.read().order || optionOf(host, "order");
    Object.assign(this, { host, api, storage, thread, folded: new Set(), editor: null, isStopped: false });
    this.comments = new ThreadComments(api, thread, order === "newest" ? order : "oldest");
    this.ownComments = new OwnComments(storage, this);
    this.updates = new LiveUpdates(api, thread, {
      onChange: () => { this.refresh(); this.ownComments.checkStatus(); },
      onPoll: () => this.refresh().finally(() => this.follow()),
    });
  }

  /* Load and show everything. `plainForm` is the page's own form, whose text is taken over. */
  async start(plainForm) {
    const { api, thread, storage } = this, loaded = this.comments.load();
    this.localize = await loadMessages(this.host);
    this.form = new CommentForm({
      api, thread, storage, localize: this.localize,
      details: () => ({ thread_title: optionOf(this.host, "thread-title"), thread_url: optionOf(this.host, "thread-url") }),
      onSent: (answer, values) => this.addSent(answer, values), onReplyChange: () => this.render(),
    });
    api.userToken = optionOf(this.host, "user-token");
    await Promise.all([this.form.loadSettings(), loaded, this.ownComments.loadOfUser(signedName(api.userToken))]);
    if (this.isStopped) return;
    this.comments.showAll();
    this.build(plainForm);
    await this.claimReceipt();
    this.follow();
    await this.revealTarget();
  }

  build(plainForm) {
    const { localize } = this;
    this.heading = element("h2", { id: "heading", part: "heading" });
    this.sort = sortField(localize, this.comments.order, (order) => this.sortBy(order));
    this.top = element("div", { className: "head" }, this.heading, this.sort);
    this.list = element("ol", { className: "list", part: "list", onclick: (event) => this.revealAgain(event) });
    this.moreButton = button(localize("loadMore"), () => this.loadMore(), { hidden: true });
    this.newButton = button("", () => this.showNew());
    this.newComments = element("div", { className: "new", hidden: true }, this.newButton);
    this.status = element("p", { role: "status", part: "status" });
    this.section = element("section", { "aria-labelledby": "heading", part: "comments", lang: localize.language, dir: localize.direction },
      this.top, this.status, this.list, this.moreButton, this.newComments);
    keepTyping(plainForm, () => {
      this.host.show(this.section);
      this.form.build();
      this.form.fillFromDraft(this.storage.draft);
      if (plainForm) this.form.fillFrom(plainForm);
      this.render();
    }, (name) => this.form.fieldFor(name));
    if (!this.comments.loaded && !this.form.settings.problem) this.announce("loadFailed");
  }

  /* Draw the list again if it has changed. The form and the editor keep their elements, and with them what was typed. */
  render() {
    const { localize, comments, ownComments } = this;
    const pending = ownComments.pendingRows(comments.shownIds);
    const rows = comments.order === "newest" ? [...pending, ...comments.shown] : [...comments.shown, ...pending];
    rows.sort((a, b) => Boolean(b.pinned) - Boolean(a.pinned)); // below their parents, replies keep their order
    const authors = new Map(rows.map((row) => [row.id, row.author || localize("anonymous")]));
    const drawn = JSON.stringify([rows, ownComments.list, [...this.folded], this.editor ? this.editor.id : "", location.href]);
    keepFocus(this.host.shadowRoot, () => {
      if (drawn !== this.drawn) this.list.replaceChildren(...commentEntries(rows, authors, this));
      this.form.place(this.top, authors);
    });
    this.drawn = drawn;
    const total = comments.shownTotal, hidden = comments.hidden.length;
    this.heading.textContent = total > 0 ? localize("count", { n: total }) : localize("noComments");
    this.top.hidden = !comments.loaded;
    this.sort.hidden = total < 2;
    this.moreButton.hidden = !comments.hasMore;
    this.newComments.hidden = !hidden;
    this.newButton.textContent = hidden ? localize("showNew", { n: hidden }) : "";
  }

  async refresh() {
    if (!(await this.comments.refresh(this.ownComments.ids)) || !this.isActive) return;
    this.ownComments.markPublished(new Set(this.comments.latest.map((row) => row.id)));
    this.render();
  }

  showNew() {
    const [first] = this.comments.hidden;
    this.comments.showAll();
    this.render();
    if (first) this.focusComment(first.id);
  }

  /* Focus a comment, unless the visitor types: it may have come late. */
  focusComment(id) {
    const { shadowRoot } = this.host, article = shadowRoot.getElementById(`comment-${id}`);
    if (article && !isTyping(shadowRoot)) article.focus();
  }

  async loadMore() {
    if (await this.comments.loadMore()) this.showNew();
  }

  async sortBy(order) {
    choices.write({ order });
    Object.assign(this.comments, { order, pages: 1, branches: [] });
    if (!(await this.comments.load())) this.announce("loadFailed");
    this.comments.showAll();
    this.render();
  }

  /* Show or hide the replies of a comment. */
  fold(id) {
    if (!this.folded.delete(id)) this.folded.add(id);
    this.render();
  }

  async continueBranch(cursor, pressed) {
    pressed.disabled = true;
    const added = await this.comments.loadBranch(cursor);
    pressed.disabled = false;
    if (!added) this.announce("loadFailed");
    this.render();
    if (added && added.length) this.focusComment(added[0].id);
  }

  /* The menu of an own comment. Its items are loaded when it is opened. */
  ownMenu(own) {
    if (this.editor && this.editor.isEditing(own.id)) return null;
    const options = button("⋯", async () => {
      try {
        const { CommentEditor } = await loadPart("editor");
        this.editor = this.editor || new CommentEditor(this);
        this.editor.openMenu(options, own);
      } catch { this.announce("partFailed"); }
    }, { className: "quiet", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": this.localize("options") });
    return element("span", { className: "menu-place" }, options);
  }

  /* Follow the thread while the page is visible. Runs again each time the page comes back into view. */
  follow() {
    this.pause();
    if (!this.list || document.hidden || !this.isActive || this.form.settings.problem) return;
    this.form.renewToken();
    this.ownComments.checkStatus();
    this.updates.start(this.comments.version);
    this.ages = setInterval(() => this.writeAges(), AGE_MILLISECONDS);
  }

  writeAges() {
    for (const time of this.list.querySelectorAll("time")) time.textContent = this.localize.age(time.dateTime);
  }

  pause() {
    this.updates.stop();
    this.ownComments.stop();
    clearInterval(this.ages);
  }

  /* Stop for good. The draft stays in the browser's storage. */
  stop() {
    this.isStopped = true;
    this.pause();
  }

  get isActive() { return !this.isStopped && this.host.isConnected; }

  setUser(token) {
    const before = signedName(this.api.userToken), name = signedName(token);
    this.api.userToken = token;
    this.form.setUser();
    if (name !== before) this.ownComments.loadOfUser(name).then(() => this.render());
  }

  announce(message, reason) {
    this.status.textContent = [this.localize(message), reason].filter(Boolean).join(" ");
  }

  addSent({ id, receipt, status, reason, received }, { author, content, parent }) {
    this.announce(STATUS_MESSAGES[status], reason);
    this.ownComments.ids.add(id);
    if (status !== "refused") {
      // Pending until the status request below: a published comment is shown with its HTML, which comes with the list.
      this.ownComments.add({ id, receipt, status: "pending", author, content, parent, at: Date.parse(received) });
    }
    this.render();
    this.ownComments.checkStatus();
  }

  async claimReceipt() {
    const claimed = await this.ownComments.claimFromAddress();
    if (claimed && STATUS_MESSAGES[claimed.status]) this.announce(STATUS_MESSAGES[claimed.status], claimed.reason);
  }

  /* Scroll to the comment that the address names. The browser cannot see into the shadow root. */
  async revealTarget() {
    const [, id] = /#comment-([a-z2-7]{26})$/.exec(location.hash) || [];
    if (!this.list || id === this.revealed) return;
    for (const marked of this.list.querySelectorAll(".target")) marked.classList.remove("target");
    this.revealed = id;
    if (!id) return;
    await this.comments.find(id);
    this.render();
    const { shadowRoot } = this.host, target = shadowRoot.getElementById(`comment-${id}`);
    if (!target) return;
    target.classList.add("target");
    if (isTyping(shadowRoot)) return; // a visitor who types already does not lose the field
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  }

  /* A click on a link to a comment that the address names already changes nothing in the browser. */
  revealAgain(event) {
    if (!event.target.closest("a[href*='#comment-']")) return;
    setTimeout(() => { this.revealed = ""; this.revealTarget(); });
  }
}

/* The element <replygate-comments>: the comments of a thread and the form, in a shadow root. */

import { exchangeCode, getOwnComment } from "./api.js";
import { CommentForm } from "./comment_form.js";
import { commentEntries } from "./comment_list.js";
import { button, element } from "./dom.js";
import { LiveUpdates } from "./live_updates.js";
import { loadMessages } from "./messages.js";
import { OwnComments } from "./own_comments.js";
import { pageAddress, script } from "./page.js";
import { loadPart } from "./part_loader.js";
import { STYLES } from "./styles.js";
import { ThreadComments } from "./thread_comments.js";
import { ThreadStorage } from "./thread_storage.js";

const STATUS_MESSAGES = { pending: "awaitingModeration", published: "published", refused: "notPublished" };

/* Used where the page forbids the editor. */
class NoEditor {
  buttons() { return []; }

  isEditing() { return false; }
}

export class CommentsElement extends HTMLElement {
  connectedCallback() {
    if (this.thread) { this.follow(); return; }
    this.thread = this.getAttribute("thread") || pageAddress();
    if (!this.hasAttribute("theme") && script.dataset.theme) this.setAttribute("theme", script.dataset.theme);
    // Built before the reader scrolls to it, so nothing visible moves. A link to a comment needs it at once.
    const startInSight = (entries) => { if (entries.some((entry) => entry.isIntersecting)) this.start(); };
    this.observer = new IntersectionObserver(startInSight, { rootMargin: "800px" });
    if (/^#(comment-|reply-sent)/.test(location.hash)) this.start(); else this.observer.observe(this);
  }

  disconnectedCallback() {
    if (!this.updates) return;
    this.updates.stop();
    this.ownComments.stop();
  }

  async createParts() {
    const { thread } = this, storage = new ThreadStorage(thread);
    this.storage = storage;
    const editor = loadPart("editor").catch(() => ({ CommentEditor: NoEditor }));
    const [localize, { CommentEditor }] = await Promise.all([loadMessages(this), editor]);
    this.localize = localize;
    this.comments = new ThreadComments(thread);
    this.ownComments = new OwnComments(storage, this);
    this.editor = new CommentEditor(this);
    this.form = new CommentForm({
      thread, storage, localize: this.localize,
      onSent: (answer, values) => this.addSent(answer, values), onReplyChange: () => this.render(),
    });
    this.updates = new LiveUpdates(thread, {
      onChange: () => { this.refresh(); this.ownComments.checkStatus(); },
      onPoll: () => this.refresh().finally(() => this.follow()),
    });
  }

  async start() {
    this.observer.disconnect();
    if (this.started) return;
    this.started = true;
    const newestFirst = (this.getAttribute("order") || script.dataset.order) === "newest";
    await this.createParts();
    this.comments.newestFirst = newestFirst;
    await Promise.all([this.form.loadSettings(), this.comments.load()]);
    this.comments.showAll();
    this.build();
    await this.takeReceiptFromAddress();
    this.follow();
    addEventListener("hashchange", () => this.revealTarget());
    document.addEventListener("visibilitychange", () => this.follow());
    this.revealTarget();
  }

  build() {
    const plainForm = this.querySelector("form");
    this.heading = element("h2", { id: "heading", part: "heading" });
    this.list = element("ol", { className: "list", part: "list" });
    this.moreButton = button(this.localize("loadMore"), () => this.loadMore(), { hidden: true });
    this.newButton = button("", () => this.showNew());
    this.newComments = element("div", { className: "new", hidden: true }, this.newButton);
    this.status = element("p", { role: "status", part: "status" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(element("section", { "aria-labelledby": "heading", part: "comments" },
      this.heading, this.list, this.moreButton, this.newComments, this.status, this.form.section));
    this.form.build();
    this.form.fill(this.storage.draft);
    if (plainForm) this.form.fillFrom(plainForm);
    this.render();
    if (!this.comments.loaded) this.status.textContent = this.localize("loadFailed");
  }

  /* Draw the list again. The form and the editor keep their elements, and with them what was typed. */
  render() {
    const { localize, comments } = this, focused = this.shadowRoot.activeElement;
    const pending = this.ownComments.pendingRows(comments.shownIds);
    const rows = comments.newestFirst ? [...pending, ...comments.shown] : [...comments.shown, ...pending];
    const authors = new Map(rows.map((row) => [row.id, row.author || localize("anonymous")]));
    this.list.replaceChildren(...commentEntries(rows, authors, this));
    const total = comments.shownTotal, hidden = comments.hidden.length;
    this.heading.textContent = total > 0 ? localize("count", { n: total }) : localize("noComments");
    this.moreButton.hidden = !comments.hasMore;
    this.newComments.hidden = !hidden;
    this.newButton.textContent = hidden ? localize("showNew", { n: hidden }) : "";
    this.form.place(this.status, authors);
    if (focused && focused.isConnected) focused.focus({ preventScroll: true });
  }

  async refresh() {
    if (!(await this.comments.refresh(this.ownComments.ids))) return;
    this.ownComments.markPublished(new Set(this.comments.latest.map((row) => row.id)));
    this.render();
  }

  showNew() {
    const [first] = this.comments.hidden;
    this.comments.showAll();
    this.render();
    const article = first && this.shadowRoot.getElementById(`comment-${first.id}`);
    if (article) article.focus();
  }

  async loadMore() {
    if (await this.comments.loadMore()) this.showNew();
  }

  /* Follow the thread while the page is visible. Runs again each time the page comes back into view. */
  follow() {
    this.disconnectedCallback();
    if (!this.list || document.hidden || !this.isConnected) return;
    this.form.renewToken();
    this.ownComments.checkStatus();
    this.updates.start(this.comments.version);
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

  /* The plain form redirects to the page with a one-time code in its address. Take it out and exchange it. */
  async takeReceiptFromAddress() {
    const address = new URL(location.href), { searchParams } = address;
    const id = searchParams.get("comment"), code = searchParams.get("code");
    if (!id || !code) return;
    searchParams.delete("comment");
    searchParams.delete("code");
    history.replaceState(history.state, "", address);
    const receipt = await exchangeCode(id, code);
    if (!receipt) return;
    const { status, reason } = await getOwnComment({ id, receipt });
    if (!STATUS_MESSAGES[status]) return;
    this.announce(STATUS_MESSAGES[status], reason);
    if (status === "published") this.ownComments.add({ id, receipt, status, at: Date.now() });
  }

  /* Scroll to the comment that the address names. The browser cannot see into the shadow root. */
  revealTarget() {
    const [, id] = /^#(comment-[a-z2-7]{26})$/.exec(location.hash) || [];
    const target = id && this.shadowRoot.getElementById(id);
    for (const marked of this.shadowRoot.querySelectorAll(".target")) marked.classList.remove("target");
    if (!target) return;
    target.classList.add("target");
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  }
}

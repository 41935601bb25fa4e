/* The element <replygate-comments>: shows the conversation of its thread, and follows the page and its attributes. */

import { Conversation } from "./conversation.js";
import { stopWatching, watchNavigation } from "./navigation.js";
import { OPTIONS, apiRoot, optionOf, pageAddress, script } from "./page.js";
import { STYLES } from "./styles.js";

/* Options that the open conversation reads when it needs them. */
const READ_LATER = new Set(["theme", "user-token", "thread-title", "thread-url"]);

export class CommentsElement extends HTMLElement {
  static get observedAttributes() { return OPTIONS.flatMap((name) => [name, `data-${name}`]); }

  connectedCallback() {
    this.source = this.source || script;
    this.onNavigation = this.onNavigation || (() => this.updateSoon());
    this.onVisibility = this.onVisibility || (() => { if (this.conversation) this.conversation.follow(); });
    watchNavigation(this.onNavigation);
    this.ownerDocument.addEventListener("visibilitychange", this.onVisibility);
    if (this.shadowRoot) this.adoptStyles();
    this.update();
    this.onVisibility();
  }

  /* Nothing of a removed element stays active. It continues when it is inserted again. */
  disconnectedCallback() {
    stopWatching(this.onNavigation);
    this.ownerDocument.removeEventListener("visibilitychange", this.onVisibility);
    if (this.observer) this.observer.disconnect();
    if (this.conversation) this.conversation.pause();
  }

  attributeChangedCallback() { if (this.isConnected) this.updateSoon(); }

  /* Frameworks set attributes, address and canonical link one after the other. */
  updateSoon() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    queueMicrotask(() => {
      this.isWaiting = false;
      if (this.isConnected) this.update();
    });
  }

  /* Show the thread that the attributes and the page name now. */
  update() {
    const root = apiRoot(this), thread = optionOf(this, "thread") || pageAddress();
    const options = OPTIONS.filter((name) => !READ_LATER.has(name)).map((name) => optionOf(this, name));
    const wanted = JSON.stringify([root, thread, ...options]);
    this.chooseTheme();
    if (root && wanted !== this.wanted) {
      if (this.conversation) this.conversation.stop();
      this.conversation = new Conversation(this, root, thread);
      this.wanted = wanted;
      this.isStarted = false;
      if (this.shadowRoot) this.start(); else this.startNearSight();
    } else if (this.conversation && !this.isStarted) {
      this.startNearSight();
    } else if (this.conversation && this.conversation.list) {
      this.conversation.setUser(optionOf(this, "user-token"));
      this.conversation.render();
      this.conversation.revealTarget();
    }
  }

  /* Build before the reader scrolls to it, so nothing visible moves. A link to a comment needs it at once. */
  startNearSight() {
    if (this.observer) this.observer.disconnect();
    const start = (entries) => { if (entries.some((entry) => entry.isIntersecting)) this.start(); };
    this.observer = new IntersectionObserver(start, { rootMargin: "800px" });
    if (/#(comment-|reply-sent)/.test(location.hash)) this.start(); else this.observer.observe(this);
  }

  start() {
    if (this.observer) this.observer.disconnect();
    if (this.isStarted) return;
    this.isStarted = true;
    this.conversation.start(this.shadowRoot ? null : this.querySelector("form"));
  }

  /* Show what a conversation built. */
  show(section) {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    this.adoptStyles();
    this.shadowRoot.replaceChildren(section);
    this.chooseTheme();
  }

  /* An element that moves to another document loses its style sheets. */
  adoptStyles() {
    if (this.shadowRoot.adoptedStyleSheets.length) return;
    const sheet = new this.ownerDocument.defaultView.CSSStyleSheet();
    sheet.replaceSync(STYLES);
    this.shadowRoot.adoptedStyleSheets = [sheet];
  }

  /* Without an option the page's `color-scheme` decides, and light text stands for a dark page. */
  chooseTheme() {
    const section = this.shadowRoot && this.shadowRoot.firstElementChild;
    if (!section) return;
    const { color } = getComputedStyle(this), [red, green, blue] = color.startsWith("rgb") ? color.match(/\d+/g) : [];
    const hasLightText = red * 0.3 + green * 0.59 + blue * 0.11 > 150;
    section.dataset.theme = optionOf(this, "theme") || (hasLightText ? "on-dark" : "");
  }
}

/* Reports changes of a thread while its page is visible: by server-sent events, otherwise by polling. */

import { query } from "./api.js";

const POLL_MILLISECONDS = 60 * 1000;
// Decisions often arrive together. One reload is enough for all of them.
const COLLECT_MILLISECONDS = 200;

export class LiveUpdates {
  /* `onChange` runs after a change in the thread, `onPoll` when it is time to ask again. */
  constructor(api, thread, { onChange, onPoll }) {
    Object.assign(this, { api, thread, onChange, onPoll });
  }

  /* Listen for changes after a version of the thread. Without a version nothing was loaded yet; then only poll. */
  start(version) {
    this.stop();
    if (!globalThis.EventSource || version === undefined) {
      this.pollLater();
      return;
    }
    const events = new EventSource(`${this.api.root}/events${query({ thread: this.thread, after: version })}`);
    const changed = () => {
      clearTimeout(this.changeTimer);
      this.changeTimer = setTimeout(this.onChange, COLLECT_MILLISECONDS);
    };
    for (const name of ["published", "removed", "reset"]) events.addEventListener(name, changed);
    // The browser reconnects by itself, except after a refusal.
    events.onerror = () => { if (this.events === events && events.readyState === EventSource.CLOSED) this.pollLater(); };
    this.events = events;
  }

  pollLater() { this.pollTimer = setTimeout(this.onPoll, POLL_MILLISECONDS); }

  stop() {
    if (this.events) this.events.close();
    this.events = null;
    clearTimeout(this.pollTimer);
    clearTimeout(this.changeTimer);
  }
}

/* Understands the `messages` option of earlier versions. */

/* Keys of the `messages` option up to version 0.1. Pages still use them. Do not use one of these for a new text. */
const OLD_KEYS = {
  none: "noComments", leave: "leaveComment", cancel: "cancelReply", private: "emailNotPublished", stars: "requiredNote",
  notify: "notifyReplies", trap: "honeypot", sending: "posting", again: "tryAgain", waiting: "pending",
  kept: "awaitingModeration", refused: "notPublished", more: "loadMore", news: "showNew", unread: "loadFailed",
  away: "sendFailed", later: "retryAfter", look: "checkFields", badEmail: "invalidEmail", badUrl: "invalidUrl",
  gone: "parentMissing", sure: "confirmWithdraw", back: "cancelEdit", changing: "editPending",
  unchanged: "editNotPublished", changed: "editAwaitingModeration",
};

/* Return texts by their keys of now. */
export function withNewKeys(texts) {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [OLD_KEYS[key] || key, text]));
}

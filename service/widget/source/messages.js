/* Chooses the language and translates the widget's texts.

   The texts are in locales/*.json, one file per language. A page replaces single texts, or adds a language, with the
   `messages` option. */

import { KEYS, LOCALES } from "./locales.js";
import { script } from "./page.js";

/* Keys of the `messages` option up to version 0.1. Pages still use them. Do not use one of these for a new text. */
const OLD_KEYS = {
  none: "noComments", leave: "leaveComment", cancel: "cancelReply", private: "emailNotPublished", stars: "requiredNote",
  notify: "notifyReplies", trap: "honeypot", sending: "posting", again: "tryAgain", waiting: "pending",
  kept: "awaitingModeration", refused: "notPublished", more: "loadMore", news: "showNew", unread: "loadFailed",
  away: "sendFailed", later: "retryAfter", look: "checkFields", badEmail: "invalidEmail", badUrl: "invalidUrl",
  gone: "parentMissing", sure: "confirmWithdraw", back: "cancelEdit", changing: "editPending",
  unchanged: "editNotPublished", changed: "editAwaitingModeration",
};

/* Return the function that gives an element its texts, in the language of the page around it.
   (Elements have a property `translate` already, so the function has another name.) */
export function localizer(element) {
  const language = languageOf(element);
  const own = [script.dataset.messages, element.getAttribute("messages")].map(ownTexts);
  const texts = Object.assign(textsIn("en"), textsIn(language), ...own);
  const tag = supportedTag(language);
  const plural = new Intl.PluralRules(tag);
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" });

  const localize = (key, values = {}) => {
    let text = texts[key] || key;
    if (typeof text === "object") text = text[plural.select(values.n)] || text.other || "";
    return String(text).replace(/\{(n|name)\}/g, (_, name) => values[name]);
  };
  localize.date = (time) => dates.format(new Date(time));
  return localize;
}

function languageOf(element) {
  const marked = element.closest("[lang]");
  return script.dataset.lang || (marked && marked.lang) || navigator.language || "en";
}

/* The texts for exactly this language ("pt-br"), or for its first part ("pt"). */
function textsIn(language) {
  const name = language.toLowerCase();
  const texts = LOCALES[name] || LOCALES[name.split(/[-_]/)[0]] || [];
  return Object.fromEntries(texts.map((text, n) => [KEYS[n], text]));
}

function ownTexts(json) {
  try {
    const texts = JSON.parse(json || "{}");
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [OLD_KEYS[key] || key, text]));
  } catch (error) {
    console.warn("replygate: messages:", error.message);
    return {};
  }
}

/* The language for plurals and dates. A page's `lang` may be no valid tag; English then. */
function supportedTag(language) {
  try { return Intl.DateTimeFormat.supportedLocalesOf(language)[0] || "en"; } catch { return "en"; }
}

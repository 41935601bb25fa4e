/* Creates the values that pages with `require-trusted-types-for 'script'` demand, with the policy `replygate`. */

// Created at the first use and once only: a page's Trusted Types policy may forbid a second one of that name.
let policy;

function replygatePolicy() {
  if (policy === undefined) {
    try { policy = trustedTypes.createPolicy("replygate", { createHTML: String, createScriptURL: String }); } catch { policy = null; }
  }
  return policy;
}

/* Mark HTML that is parsed where nothing runs. Without the policy the page decides about the plain text. */
export function trustedMarkup(html) {
  return globalThis.trustedTypes && replygatePolicy() ? policy.createHTML(html) : html;
}

/* Mark the address of a file of this service. */
export function trustedScriptAddress(address) {
  return globalThis.trustedTypes && replygatePolicy() ? policy.createScriptURL(address) : address;
}

/* Finds the widget's script tag, the API of its site and the address of the page. */

// A script loaded as a module or inserted later may have no `currentScript`.
export const script = document.currentScript || document.querySelector("script[data-site][src*='/widget']");

/* The API of the site. Empty without a site; then main.js starts nothing. */
export const API = script && script.dataset.site
  ? new URL(`v1/sites/${encodeURIComponent(script.dataset.site)}`, script.src).href : "";

/* The page's canonical address without fragment. It is the thread unless the page names another one. */
export function pageAddress() {
  const canonical = document.querySelector("link[rel=canonical]");
  const address = new URL(canonical ? canonical.href : location.href);
  address.hash = "";
  // The plain form's redirect adds these. They are not part of the page's address.
  if (address.searchParams.has("comment")) for (const name of ["comment", "code"]) address.searchParams.delete(name);
  return address.href;
}

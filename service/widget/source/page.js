/* The widget's script tag, the options of an element, and the address of the page. */

// A script loaded as a module or inserted later may have no `currentScript`.
export const script = document.currentScript || document.querySelector("script[data-site][src*='/widget']");

/* Options of an element. Each is also an option of the script, as `data-…`, for all elements that lack it. */
export const OPTIONS = ["site", "thread", "order", "theme", "lang", "messages", "user-token", "thread-title", "thread-url"];

/* The script tag that added the element, or the one that runs. */
export const scriptOf = (element) => element.source || script;

/* Return an option of an element; "" if it is not set. */
export function optionOf(element, name) {
  const data = `data-${name}`;
  return element.getAttribute(name) ?? element.getAttribute(data) ?? scriptOf(element).getAttribute(data) ?? "";
}

/* The address of the API of an element's site, or "" without a site. */
export function apiRoot(element) {
  const site = optionOf(element, "site");
  return site && new URL(`v1/sites/${encodeURIComponent(site)}`, scriptOf(element).src).href;
}

/* The page's canonical address without fragment. It is the thread unless the page names another one. */
export function pageAddress() {
  const canonical = document.querySelector("link[rel=canonical]");
  const address = new URL(canonical ? canonical.href : location.href);
  address.hash = "";
  // The plain form's redirect adds these. They are not part of the page's address.
  if (address.searchParams.has("comment")) for (const name of ["comment", "code"]) address.searchParams.delete(name);
  return address.href;
}

/* The address of a comment on this page. It is complete, because `<base href>` would change the meaning of "#…". */
export const commentLink = (id) => `${location.href.replace(/#.*/s, "")}#comment-${id}`;

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

// The canonical link, its address, and the path of the page that has it.
let canonical = {};

/* The page's canonical address, or its own one. It is the thread unless the page names another one. */
export function pageAddress() {
  const address = new URL(canonicalAddress() || location.href), route = routeOf(location.hash);
  address.hash = routeOf(address.hash) || route;
  // The plain form's redirect adds these. They are not part of the page's address.
  if (address.searchParams.has("comment")) for (const name of ["comment", "code"]) address.searchParams.delete(name);
  return address.href;
}

/* Some single-page apps name their pages by a fragment: "#/about", "#!about". Others name a place on the page. */
const routeOf = (fragment) => (/^#[!/][^#]*/.exec(fragment) || [""])[0];

/* Return the canonical address, or "" if the page has none. Some single-page apps never change the link of the page that
   was loaded first. It does not count on their other pages. */
function canonicalAddress() {
  const link = document.querySelector("link[rel=canonical][href]");
  if (!link) return "";
  const { href } = link, named = new URL(href), route = routeOf(named.hash);
  const page = location.pathname + (route && routeOf(location.hash)), ownPage = named.pathname + route;
  if (link !== canonical.link || href !== canonical.href) {
    const isOfFirstPage = !canonical.link && ownPage === firstPath();
    canonical = { link, href, page: isOfFirstPage ? ownPage : page };
  }
  return page === canonical.page || page === ownPage ? href : "";
}

/* The path of the document as it was loaded. An app may have changed it before this script ran. */
function firstPath() {
  const [loaded] = performance.getEntriesByType("navigation");
  return loaded && new URL(loaded.name).pathname;
}

/* The address of a comment on this page. It is complete, because `<base href>` would change the meaning of "#…". */
export const commentLink = (id) => `${location.href.replace(/#.*/s, "")}${routeOf(location.hash)}#comment-${id}`;

/* Turns a comment's HTML into safe elements, whatever the HTML contains. */

import { element } from "./dom.js";
import { trustedMarkup } from "./trusted_types.js";

export const LINK_REL = "ugc nofollow noopener";

const TAGS = new Set(["p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"]);

/* The server has sanitised the HTML already. The widget still trusts no response: it parses the HTML into a template,
   which runs and loads nothing, and copies only the elements of our Markdown from there. Attributes are not copied,
   except the address of http, https and mailto links and the first number of a list. Where the page's Trusted Types
   policy forbids parsing, the comment is shown as plain text. */
export function commentBody(html, text) {
  const template = element("template");
  try { template.innerHTML = trustedMarkup(html); } catch { return element("p", {}, text); }
  return harmlessCopy(template.content);
}

function harmlessCopy(source) {
  const copy = document.createDocumentFragment();
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) copy.append(node.data);
    if (node.nodeType === Node.ELEMENT_NODE) copy.append(harmlessElement(node));
  }
  return copy;
}

/* The children of an unknown element are kept, the element itself is not. */
function harmlessElement(node) {
  const children = harmlessCopy(node);
  if (!TAGS.has(node.localName)) return children;
  const copy = element(node.localName);
  const href = node.getAttribute("href") || "";
  if (node.localName === "a" && /^(https?:\/\/|mailto:)/i.test(href)) Object.assign(copy, { href, rel: LINK_REL });
  if (node.localName === "ol" && node.start) copy.start = node.start;
  if (node.localName === "pre") copy.tabIndex = 0; // so that long lines scroll by keyboard
  copy.append(children);
  return copy;
}

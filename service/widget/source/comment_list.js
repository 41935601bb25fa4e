/* Builds the list of comments. */

import { LINK_REL, commentBody } from "./comment_html.js";
import { element, quietButton } from "./dom.js";
import { API } from "./page.js";

// Deeper replies are not indented further. They name the comment they reply to.
const MAX_INDENT = 5;

/* Build the entries of the list, replies nested below their comment.

   `rows` are comments in the order they are shown. `view` provides `localize`, `form`, `ownComments` and `editor`. */
export function commentEntries(rows, authors, view) {
  const ids = new Set(rows.filter((row) => !row.pending).map((row) => row.id));
  const replies = new Map();
  for (const row of rows) {
    // A reply to a comment that is not on the page goes to the top level.
    const parent = ids.has(row.parent) ? row.parent : "";
    replies.set(parent, [...(replies.get(parent) || []), row]);
  }
  const entriesBelow = (parent, depth) => (replies.get(parent) || []).flatMap((row) => {
    const entry = element("li", {}, article(row, authors, depth > MAX_INDENT, view));
    const below = entriesBelow(row.id, depth + 1);
    if (depth >= MAX_INDENT) return [entry, ...below];
    if (below.length) entry.append(element("ol", { className: "list" }, ...below));
    return [entry];
  });
  return entriesBelow("", 0);
}

function article(row, authors, namesParent, view) {
  const own = view.ownComments.find(row.id);
  return element("article", { id: `comment-${row.id}`, tabIndex: -1, part: row.pending ? "comment waiting" : "comment" },
    header(row, own, authors, namesParent, view.localize),
    element("div", { className: "content", dir: "auto", part: "content" }, body(row, view.editor)),
    ...actions(row, own, authors.get(row.id), view));
}

function header(row, own, authors, namesParent, localize) {
  const author = authors.get(row.id), at = row.received || new Date(row.at).toISOString();
  const hasWebsite = /^https?:\/\//i.test(row.url || "");
  const badge = row.pending ? "pending" : own && own.edit === "pending" && "editPending";
  return element("header", {},
    element("bdi", { className: "author", part: "author" }, hasWebsite ? element("a", { href: row.url, rel: LINK_REL }, author) : author),
    namesParent && authors.has(row.parent) && element("a", { className: "link", href: `#comment-${row.parent}` },
      element("bdi", {}, `@${authors.get(row.parent)}`)),
    element("a", { className: "time", part: "time", href: `#comment-${row.id}` }, element("time", { dateTime: at }, localize.date(at))),
    badge && element("span", { className: "badge", part: "badge" }, localize(badge)));
}

function body(row, editor) {
  if (editor.isEditing(row.id)) return editor.form;
  // A pending comment has no HTML from the server yet.
  return row.pending ? element("div", { className: "plain" }, row.content) : commentBody(row.html, row.content);
}

function actions(row, own, author, { localize, form, editor }) {
  const published = !row.pending, reportUrl = `${API}/comments/${row.id}/reports`;
  return [
    published && !form.settings.closed
      && quietButton(localize("reply"), () => form.replyTo(row.id), { "aria-label": localize("replyTo", { name: author }) }),
    published && !own && element("a", { className: "link", href: reportUrl, rel: LINK_REL }, localize("report")),
    ...(own && own.until > Date.now() ? editor.buttons(own) : []),
  ];
}

/* Builds the list of comments. */

import { avatar } from "./avatar.js";
import { LINK_REL, commentBody } from "./comment_html.js";
import { element, quietButton } from "./dom.js";
import { commentLink } from "./page.js";

// Deeper replies are not indented further. They name the comment they reply to.
const MAX_INDENT = 5;

/* Build the entries of the list, replies nested below their comment.

   `rows` are comments in the order they are shown. `view` is the conversation. */
export function commentEntries(rows, authors, view) {
  const ids = new Set(rows.filter((row) => !row.pending).map((row) => row.id));
  const replies = new Map();
  for (const row of rows) {
    // A reply to a comment that is not on the page goes to the top level.
    const parent = ids.has(row.parent) ? row.parent : "";
    if (!replies.has(parent)) replies.set(parent, []);
    replies.get(parent).push(row);
  }
  const entriesBelow = (parent, depth) => (replies.get(parent) || []).flatMap((row) => {
    const isFolded = view.folded.has(row.id), has = replies.has(row.id) || Boolean(row.more);
    const entry = element("li", {}, row.removed ? stub(row, has, view) : article(row, has, authors, depth > MAX_INDENT, view));
    if (isFolded) return [entry];
    const below = entriesBelow(row.id, depth + 1), more = moreButton(row, replies, view);
    if (depth >= MAX_INDENT) return [entry, ...below, more && element("li", {}, more)].filter(Boolean);
    if (below.length) entry.append(element("ol", { className: "list" }, ...below));
    if (more) entry.append(more);
    return [entry];
  });
  return entriesBelow("", 0);
}

/* A removed comment whose replies stay. */
function stub(row, hasReplies, view) {
  return element("article", { id: `comment-${row.id}`, tabIndex: -1, className: "stub", part: "comment removed" },
    element("p", {}, view.localize("removed")), hasReplies && foldButton(row, view));
}

function article(row, hasReplies, authors, namesParent, view) {
  const own = view.ownComments.find(row.id), author = authors.get(row.id);
  return element("article", { id: `comment-${row.id}`, tabIndex: -1, part: row.pending ? "comment waiting" : "comment" },
    avatar(author, row.avatar),
    header(row, own, authors, namesParent, view.localize),
    element("div", { className: "content", dir: "auto", part: "content" }, body(row, view.editor)),
    element("div", { className: "actions" }, ...actions(row, own, author, view), hasReplies && foldButton(row, view)));
}

function header(row, own, authors, namesParent, localize) {
  const author = authors.get(row.id), at = row.received || new Date(row.at).toISOString(), exact = localize.date(at);
  const hasWebsite = /^https?:\/\//i.test(row.url || "");
  const waiting = row.pending ? "pending" : own && own.edit === "pending" && "editPending";
  return element("header", {},
    element("bdi", { className: "author", part: "author" }, hasWebsite ? element("a", { href: row.url, rel: LINK_REL }, author) : author),
    row.verified && verifiedMark(localize("verified")),
    row.role === "staff" && element("span", { className: "badge staff", part: "badge" }, localize("staff")),
    row.pinned && element("span", { className: "badge pinned", part: "badge" }, localize("pinned")),
    namesParent && authors.has(row.parent) && element("a", { className: "quiet", href: commentLink(row.parent) },
      element("bdi", {}, `@${authors.get(row.parent)}`)),
    element("a", { className: "time", part: "time", href: commentLink(row.id), "data-exact": exact },
      element("time", { dateTime: at, title: exact }, localize.age(at))),
    waiting && element("span", { className: "badge", part: "badge" }, localize(waiting)));
}

function verifiedMark(label) {
  return element("span", { className: "verified", role: "img", "aria-label": label, title: label }, "✓");
}

function body(row, editor) {
  if (editor && editor.isEditing(row.id)) return editor.form;
  // A pending comment has no HTML from the server yet.
  return row.pending ? element("div", { className: "plain" }, row.content) : commentBody(row.html, row.content);
}

function actions(row, own, author, view) {
  const { localize, form } = view, isPublic = !row.pending;
  const report = `${view.api.root}/comments/${row.id}/reports?lang=${localize.language}`;
  return [
    isPublic && !form.settings.closed
      && quietButton(localize("reply"), () => form.replyTo(row.id), { "aria-label": localize("replyTo", { name: author }) }),
    isPublic && !own && element("a", { className: "quiet", href: report, rel: LINK_REL }, localize("report")),
    own && own.until > Date.now() && view.ownMenu(own),
  ];
}

function foldButton({ id, replies }, view) {
  const isFolded = view.folded.has(id);
  const label = isFolded && replies ? view.localize("showReplies", { n: replies })
    : isFolded ? view.localize("showAllReplies") : view.localize("hideReplies");
  return quietButton(label, () => view.fold(id), { "aria-expanded": String(!isFolded) });
}

function moreButton(row, replies, view) {
  if (!row.more) return null;
  const shown = (id) => (replies.get(id) || []).reduce((sum, reply) => sum + (reply.removed ? 0 : 1) + shown(reply.id), 0);
  const n = Math.max(1, (row.replies || 0) - shown(row.id));
  const load = (event) => view.continueBranch(row.more, event.target);
  return quietButton(view.localize("moreReplies", { n }), load, { className: "quiet more" });
}

/* Calls the comment API of a site. No request sends cookies. */

import { signedName } from "./signed_user.js";

const TIMEOUT_MILLISECONDS = 15000;

export function query(values) {
  return "?" + new URLSearchParams(values);
}

export class Api {
  /* `root` is the address of the site's API. `userToken`, if set, is the site's signature of a signed-in reader. */
  constructor(root) {
    this.root = root;
    this.userToken = "";
  }

  /* Send a request. Returns the status, the JSON body and the seconds of Retry-After; throws if there is no response. */
  async request(path, options = {}) {
    // "no-cache" asks the server each time. A stored response may be stale, and an update must not be.
    const response = await fetch(this.root + path, {
      credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS), ...options,
    });
    const body = await response.json();
    return { status: response.status, body, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  }

  /* Return the body of a successful request; throw an error with the status for any other. */
  async get(path, options) {
    const { status, body } = await this.request(path, options);
    if (status !== 200) throw Object.assign(new Error(body.title || "request failed"), { status, body });
    return body;
  }

  postJson(path, values, headers) { return this.send("POST", path, values, headers); }

  send(method, path, values, headers) {
    return this.request(path, { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(values) });
  }

  /* The header that names the signed-in reader. An expired token would be refused. */
  get userHeaders() { return signedName(this.userToken) ? { "Replygate-User": this.userToken } : {}; }

  /* Authors prove with the receipt that they wrote a comment, and signed-in readers with their token. */
  authorHeaders({ receipt }) { return receipt ? { "Replygate-Receipt": receipt } : this.userHeaders; }

  /* Return the author's view of a comment. Its status is "missing" if it is gone, "unknown" if the server cannot be
     reached. */
  async getOwnComment(own) {
    try { return await this.get(commentPath(own.id), { headers: this.authorHeaders(own) }); }
    catch (error) { return { status: error.status === 404 ? "missing" : "unknown" }; }
  }

  editOwnComment(own, content) {
    return this.send("PATCH", commentPath(own.id), { content }, this.authorHeaders(own));
  }

  withdrawOwnComment(own) {
    return this.request(commentPath(own.id), { method: "DELETE", headers: this.authorHeaders(own) });
  }
}

const commentPath = (id) => `/comments/${encodeURIComponent(id)}`;

import type { Component } from "svelte";

import type { CommentsOptions } from "./index.js";

export type { CommentsOptions };

declare const Comments: Component<CommentsOptions>;
export default Comments;

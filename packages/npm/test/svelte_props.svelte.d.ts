import type { CommentsOptions } from "@replygate/comments";

export function svelteProps(options: CommentsOptions): CommentsOptions;

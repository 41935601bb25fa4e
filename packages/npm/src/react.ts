/** React: `<Comments server="https://replies.example" site="blog" thread="post-12" />` */

import { createElement, useEffect, useRef, type ReactElement } from "react";

import { mountComments, type CommentsOptions, type MountedComments } from "./index.js";

export type { CommentsOptions };

export function Comments(options: CommentsOptions): ReactElement {
  const container = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedComments | null>(null);
  useEffect(() => {
    if (!container.current) return;
    mounted.current = mountComments(container.current, options);
    return () => mounted.current?.destroy();
    // Another server or site is another widget; every other option is an update.
  }, [options.server, options.site]);
  useEffect(() => mounted.current?.update(options));
  return createElement("div", { ref: container });
}

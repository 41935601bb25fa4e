/* One page for each way to use the package. `?app=` chooses it; `window.show` changes its options. */

import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { mount as mountSvelte, unmount as unmountSvelte } from "svelte";
import { createApp, h, reactive } from "vue";

import { mountComments, type CommentsOptions } from "@replygate/comments";
import { Comments as ReactComments } from "@replygate/comments/react";
import { Comments as VueComments } from "@replygate/comments/vue";
import SvelteComments from "@replygate/comments/svelte";

import { svelteProps } from "./svelte_props.svelte.js";

interface App {
  show(options: CommentsOptions): void;
  remove(): void;
}

const target = document.querySelector("#app")!;

const apps: Record<string, (options: CommentsOptions) => App> = {
  plain(options) {
    const mounted = mountComments(target, options);
    return { show: mounted.update, remove: mounted.destroy };
  },
  react(options) {
    const root = createRoot(target);
    const show = (shown: CommentsOptions) => root.render(createElement(ReactComments, shown));
    show(options);
    return { show, remove: () => root.unmount() };
  },
  vue(options) {
    const shown = reactive({ ...options });
    const app = createApp(() => h(VueComments, shown));
    app.mount(target);
    return { show: (changed) => Object.assign(shown, changed), remove: () => app.unmount() };
  },
  svelte(options) {
    const props = svelteProps(options);
    const component = mountSvelte(SvelteComments, { target, props });
    return { show: (changed) => Object.assign(props, changed), remove: () => void unmountSvelte(component) };
  },
};

const query = new URLSearchParams(location.search);
const options: CommentsOptions = { server: query.get("server")!, site: query.get("site")!, thread: query.get("thread")! };
Object.assign(window, { app: apps[query.get("app")!](options), options });

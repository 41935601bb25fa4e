/** Vue: `<Comments server="https://replies.example" site="blog" thread="post-12" />` */

import { defineComponent, h, onBeforeUnmount, onMounted, ref, watch, type PropType } from "vue";

import { mountComments, type CommentsOptions, type MountedComments } from "./index.js";

export type { CommentsOptions };

export const Comments = defineComponent({
  name: "ReplygateComments",
  props: {
    server: { type: String, required: true },
    site: { type: String, required: true },
    thread: String,
    threadTitle: String,
    threadUrl: String,
    order: String as PropType<CommentsOptions["order"]>,
    theme: String as PropType<CommentsOptions["theme"]>,
    lang: String,
    userToken: String,
  },
  setup(props) {
    const container = ref<HTMLElement>();
    let mounted: MountedComments | undefined;
    const mount = () => {
      mounted?.destroy();
      mounted = container.value && mountComments(container.value, props);
    };
    onMounted(mount);
    watch(() => [props.server, props.site], mount);
    watch(() => ({ ...props }), (options) => mounted?.update(options));
    onBeforeUnmount(() => mounted?.destroy());
    return () => h("div", { ref: container });
  },
});

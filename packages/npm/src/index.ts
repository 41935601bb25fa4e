/** The comments of a page: loads the widget from your Replygate server and shows it in an element of yours. */

export interface CommentsOptions {
  /** Address of the Replygate server, for example "https://replies.example". */
  server: string;
  /** Id of the site. */
  site: string;
  /** Key or address of the thread. Without it the thread is the page's canonical address. */
  thread?: string;
  /** Title and address of the page, for a thread that is named by a key. */
  threadTitle?: string;
  threadUrl?: string;
  order?: "oldest" | "newest";
  theme?: "light" | "dark";
  /** BCP 47 tag. Without it the widget follows the page's `lang`. */
  lang?: string;
  /** Signed token of the person who is signed in on your site. */
  userToken?: string;
}

/** Comments that are shown in a page. */
export interface MountedComments {
  /** Change the options. Another thread, a new token or another theme take effect at once. */
  update(options: CommentsOptions): void;
  /** Remove the comments, and stop following the thread. */
  destroy(): void;
}

/** Attributes of `<replygate-comments>` by option. */
const ATTRIBUTES = {
  thread: "thread",
  threadTitle: "thread-title",
  threadUrl: "thread-url",
  order: "order",
  theme: "theme",
  lang: "lang",
  userToken: "user-token",
} as const satisfies Partial<Record<keyof CommentsOptions, string>>;

/** Show the comments at the end of `container`. The widget's script is loaded once for each page. */
export function mountComments(container: Element, options: CommentsOptions): MountedComments {
  const element = container.ownerDocument.createElement("replygate-comments");
  applyOptions(element, options);
  container.append(element);
  loadWidget(container.ownerDocument, options);
  return {
    update: (changed) => applyOptions(element, changed),
    destroy: () => element.remove(),
  };
}

function applyOptions(element: Element, options: CommentsOptions): void {
  for (const [option, attribute] of Object.entries(ATTRIBUTES) as [keyof typeof ATTRIBUTES, string][]) {
    const value = options[option];
    if (value === undefined || value === "") element.removeAttribute(attribute);
    else if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  }
}

function loadWidget(document: Document, { server, site }: CommentsOptions): void {
  const source = `${server.replace(/\/+$/, "")}/widget.js`;
  const scripts = [...document.querySelectorAll<HTMLScriptElement>("script[data-site]")];
  if (scripts.some((script) => script.src === source && script.dataset.site === site)) return;
  const script = document.createElement("script");
  script.src = source;
  script.async = true;
  script.dataset.site = site;
  script.dataset.countsOnly = ""; // the elements stand where they are mounted; add none
  document.head.append(script);
}

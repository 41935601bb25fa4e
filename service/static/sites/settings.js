// The settings form: notice unsaved changes, and show what a change would do while it is typed.

const form = document.querySelector("form.settings");
const unsaved = form.querySelector(".unsaved");
const DEBOUNCE_MILLISECONDS = 800;
const POLL_MILLISECONDS = 400;

const typed = () => new URLSearchParams(new FormData(form)).toString();
const first = typed();
let isSubmitted = false;

const isChanged = () => "unsaved" in form.dataset || typed() !== first;

form.addEventListener("input", () => { if (unsaved) unsaved.hidden = !isChanged(); });
form.addEventListener("submit", () => { isSubmitted = true; });
addEventListener("beforeunload", (event) => { if (!isSubmitted && isChanged()) event.preventDefault(); });
addEventListener("pageshow", () => { isSubmitted = false; });

// The preview. A newer request replaces an older one.

let latest = 0;

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

async function fetchPreview(address, options) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, ...options });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { address: answer.url, section: page.getElementById("preview") };
}

async function show(request, found) {
  while (request === latest && found.section) {
    document.getElementById("preview").replaceWith(found.section);
    if (!("pending" in found.section.dataset)) return;
    await wait(POLL_MILLISECONDS);
    found = await fetchPreview(found.address);
  }
}

async function preview() {
  const request = (latest += 1);
  try {
    await show(request, await fetchPreview(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) }));
  } catch {
    // A wrong value or no connection: the last answer stays, and saving names what is wrong.
  }
}

if (form.dataset.preview) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, DEBOUNCE_MILLISECONDS);
  });
  form.querySelector(".preview-button").addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    preview();
  });
  const shown = document.getElementById("preview");
  if ("pending" in shown.dataset) show((latest += 1), { address: location.href, section: shown.cloneNode(true) });
}

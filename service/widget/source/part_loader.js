/* Loads files of this service when they are needed: parts of the widget, and languages.

   The script contains the SHA-256 of each part. It is part of the address, and the browser checks it. Pinning the script
   therefore pins all code. Languages have the first characters of their SHA-256 in the address; they are shown as text. */

import { FILES } from "./files.js";
import { script } from "./page.js";
import { trustedScriptAddress } from "./trusted_types.js";

const loaded = new Map();
let shared = {};

/* Set the functions of the script that parts use. */
export function shareWithParts(names) { shared = names; }

const address = (name) => new URL(`widget-${name}`.replace(".", `-${FILES[name]}.`), script.src).href;

/* Return true if there is a file for this language. */
export const hasLocale = (language) => `${language}.json` in FILES;

/* Return the texts of a language. */
export function loadLocale(language) {
  return once(`${language}.json`, async (name) => {
    const response = await fetch(address(name), { credentials: "omit" });
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response.json();
  });
}

/* Return the exports of a part of the widget. */
export function loadPart(part) { return once(`${part}.js`, runScript); }

/* Load a file once. A failed attempt can be repeated. */
function once(name, load) {
  if (!loaded.has(name)) loaded.set(name, load(name).catch((error) => { loaded.delete(name); throw error; }));
  return loaded.get(name);
}

/* A script element has an integrity check and follows the page's policy. Its script calls `replygate` of the element. */
function runScript(name) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.replygate = (run) => resolve(run(shared));
    // After a call of `replygate` the rejection has no effect.
    tag.onload = tag.onerror = () => { tag.remove(); reject(new Error(`${name} could not be loaded`)); };
    tag.crossOrigin = "anonymous";
    tag.integrity = `sha256-${FILES[name].replace(/-/g, "+").replace(/_/g, "/")}=`;
    if (script.nonce) tag.nonce = script.nonce;
    tag.src = trustedScriptAddress(address(name));
    document.head.append(tag);
  });
}

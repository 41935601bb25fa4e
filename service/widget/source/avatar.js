/* Draws the picture of an author: letters of the name on a colour that the name decides. Nothing is sent or loaded,
   except the picture that the site gave for a signed-in author. */

import { element } from "./dom.js";

const COLOURS = 8; // classes .c0 to .c7 of styles.css

export function avatar(name, url) {
  const values = { className: `avatar c${colourOf(name)}`, part: "avatar" };
  const letters = element("span", { ...values, "aria-hidden": "true" }, initials(name));
  if (!/^https:\/\//.test(url || "")) return letters;
  const picture = element("img", { ...values, alt: "", loading: "lazy", referrerPolicy: "no-referrer", src: url });
  picture.onerror = () => picture.replaceWith(letters); // the page's policy may forbid the picture
  return picture;
}

/* The first letters of the first and the last word. */
function initials(name) {
  const words = name.trim().split(/\s+/).map((word) => word.replace(/^[^\p{L}\p{N}]+/u, "")).filter(Boolean);
  const [first = "?"] = words, last = words.length > 1 ? words[words.length - 1] : "";
  return (firstLetter(first) + firstLetter(last)).toLocaleUpperCase();
}

/* A letter with its combining marks counts as one. */
function firstLetter(word) {
  if (!word || !Intl.Segmenter) return [...word].slice(0, 1).join("");
  return [...new Intl.Segmenter().segment(word)][0].segment;
}

function colourOf(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % COLOURS;
}

/* Shows what is wrong with a comment, next to its field and in a summary that screen readers announce. */

import { element } from "./dom.js";
import { FIELD_NAMES } from "./form_fields.js";

const MESSAGES = {
  required: "required", email: "invalidEmail", url: "invalidUrl", "too-long": "tooLong", "address-too-long": "addressTooLong",
  unpublished: "parentMissing", closed: "closed",
};

/* Translate a problem that the server reports. Codes without a translation keep the server's message. */
export function problemText(problem, localize) {
  return MESSAGES[problem.code] ? localize(MESSAGES[problem.code]) : localize.problem(problem);
}

/* Return the problems that the browser finds. Its own messages are in its language, not in the language of the page. */
export function fieldProblems(form) {
  const inputs = FIELD_NAMES.map((name) => form.input(name)).filter((input) => input && !input.validity.valid);
  return inputs.map(({ name, validity }) => ({ field: name, code: validity.valueMissing ? "required" : "email" }));
}

/* Mark the fields with problems and focus the first one. `text` is about the whole form. */
export function showProblems(form, problems, text) {
  const translated = (some) => some.map((problem) => problemText(problem, form.localize));
  let first = null;
  for (const name of FIELD_NAMES) {
    const ofField = problems.filter((problem) => problem.field === name), input = form.input(name);
    if (!input) continue;
    form.section.querySelector(`#${name}-problem`).textContent = translated(ofField).join(" ");
    input.setAttribute("aria-invalid", String(ofField.length > 0));
    if (ofField.length) first = first || input;
  }
  const others = translated(problems.filter((problem) => !FIELD_NAMES.includes(problem.field) || !form.input(problem.field)));
  const lines = [text, first && form.localize("checkFields"), ...others].filter(Boolean);
  form.alert.replaceChildren(...lines.map((line) => element("p", {}, line)));
  if (first) first.focus();
}

/* Builds the fields of the comment form. */

import { element, labelled } from "./dom.js";

const CONTENT = { name: "content", label: "comment" };
const AUTHOR_FIELDS = [
  { name: "author", label: "name", type: "text", autocomplete: "name" },
  { name: "email", label: "email", type: "email", autocomplete: "email" },
  { name: "url", label: "website", type: "text", inputMode: "url", autocomplete: "url" },
];

export const AUTHOR_NAMES = AUTHOR_FIELDS.map((field) => field.name);
export const FIELD_NAMES = [CONTENT.name, ...AUTHOR_NAMES];

export function contentField(settings, localize) {
  const field = textField(CONTENT, "textarea", settings, localize);
  field.className = "content-field";
  return field;
}

/* The fields about an author who is not signed in, and the checkbox to remember them. */
export function authorFields(settings, localize) {
  return [
    element("div", { className: "fields extra" }, ...AUTHOR_FIELDS.map((field) => textField(field, "input", settings, localize))),
    checkbox("remember", "yes", localize("rememberMe")),
  ];
}

/* The checkbox for email and the honeypot, where the site has them. */
export function otherFields(settings, localize) {
  return [
    settings.notify && checkbox("notify", "replies", localize("notifyReplies")),
    settings.trap && honeypotField(settings.trap, localize),
  ];
}

/* The note above the fields. The email field refers to its first sentence. */
export function formNote(settings, localize) {
  return element("p", { className: "note extra" },
    element("span", { id: "email-note" }, localize("emailNotPublished")),
    settings.required.length && ` ${localize("requiredNote")}`);
}

function textField({ name, label, type, autocomplete, inputMode = "" }, tag, { required, lengths }, localize) {
  const isRequired = required.includes(name);
  const input = element(tag, { id: name, name, required: isRequired, part: "input" });
  if (type) Object.assign(input, { type, inputMode, autocomplete });
  if (lengths[name]) input.maxLength = lengths[name];
  input.setAttribute("aria-describedby", `${name}-problem${name === "email" ? " email-note" : ""}`);
  const field = labelled(input, localize(label), "", element("p", { id: `${name}-problem`, className: "problem" }));
  if (isRequired) field.firstChild.append(element("span", { className: "required", "aria-hidden": "true" }, " *"));
  return field;
}

function checkbox(name, value, text) {
  const input = element("input", { id: name, name, type: "checkbox", value });
  return element("div", { className: "checkbox extra" }, input, element("label", { htmlFor: name }, text));
}

/* A field that people cannot see. Spam programs fill in every field, which identifies them. */
function honeypotField(name, localize) {
  const input = element("input", { id: `rg-${name}`, name, tabIndex: -1, autocomplete: "off" });
  const field = labelled(input, localize("honeypot"), "honeypot");
  field.setAttribute("aria-hidden", "true");
  return field;
}

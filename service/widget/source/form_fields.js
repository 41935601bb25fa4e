/* Builds the fields of the comment form. */

import { element, labelled } from "./dom.js";

const FIELDS = [
  { name: "content", label: "comment", type: "textarea" },
  { name: "author", label: "name", type: "text", autocomplete: "name" },
  { name: "email", label: "email", type: "email", autocomplete: "email" },
  { name: "url", label: "website", type: "text", inputMode: "url", autocomplete: "url" },
];

export const FIELD_NAMES = FIELDS.map((field) => field.name);

/* Build every field a site asks for: the fields above, the checkbox for email and the honeypot. */
export function formFields(settings, localize) {
  const fields = FIELDS.map((field) => textField(field, settings, localize));
  if (settings.notify) fields.push(notifyField(localize));
  if (settings.trap) fields.push(honeypotField(settings.trap, localize));
  return fields;
}

/* The note above the fields. The email field refers to its first sentence. */
export function formNote(settings, localize) {
  return element("p", { className: "note" },
    element("span", { id: "email-note" }, localize("emailNotPublished")),
    settings.required.length && ` ${localize("requiredNote")}`);
}

function textField({ name, label, type, autocomplete, inputMode = "" }, { required, lengths }, localize) {
  const isRequired = required.includes(name), isText = type === "textarea";
  const input = element(isText ? "textarea" : "input", { id: name, name, required: isRequired, part: "input" });
  Object.assign(input, isText ? { rows: 6 } : { type, inputMode, autocomplete });
  if (lengths[name]) input.maxLength = lengths[name];
  input.setAttribute("aria-describedby", `${name}-problem${name === "email" ? " email-note" : ""}`);
  const field = labelled(input, localize(label), isText ? "wide" : "", element("p", { id: `${name}-problem`, className: "problem" }));
  if (isRequired) field.firstChild.append(element("span", { className: "required", "aria-hidden": "true" }, " *"));
  return field;
}

function notifyField(localize) {
  const input = element("input", { id: "notify", name: "notify", type: "checkbox", value: "replies" });
  return element("div", { className: "checkbox" }, input, element("label", { htmlFor: "notify" }, localize("notifyReplies")));
}

/* A field that people cannot see. Spam programs fill in every field, which identifies them. */
function honeypotField(name, localize) {
  const input = element("input", { id: `rg-${name}`, name, tabIndex: -1, autocomplete: "off" });
  const field = labelled(input, localize("honeypot"), "honeypot");
  field.setAttribute("aria-hidden", "true");
  return field;
}

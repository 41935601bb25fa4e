/* Builds elements without parsing HTML, so no text can become markup. */

/* Create an element. Names that are properties of the element are set as such, all others as attributes.
   Children are elements or text; empty ones are left out, so `condition && element(…)` works. */
export function element(tag, values = {}, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name in created) created[name] = value; else created.setAttribute(name, value);
  }
  created.append(...children.filter((child) => child || child === 0));
  return created;
}

/* A button that does not submit its form. */
export function button(label, onclick, values = {}) {
  return element("button", { type: "button", onclick, ...values }, label);
}

/* A button that looks like a link. */
export function quietButton(label, onclick, values = {}) {
  return button(label, onclick, { className: "quiet", ...values });
}

export function labelled(input, label, className = "", ...more) {
  return element("div", { className }, element("label", { htmlFor: input.id }, label), input, ...more);
}

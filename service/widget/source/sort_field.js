/* The reader's choice of the order of comments. */

import { element } from "./dom.js";

export function sortField(localize, order, onChange) {
  const option = (value, label) => element("option", { value, selected: value === order }, label);
  const select = element("select", { id: "sort", part: "sort", "aria-label": localize("sort") },
    option("oldest", localize("oldest")), option("newest", localize("newest")));
  select.onchange = () => onChange(select.value);
  return select;
}

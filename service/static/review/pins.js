// Pins a comment in place. The button then unpins it.

import { path, sendState } from "./requests.js";
import { tell } from "./row.js";

export async function setPinned(row, button) {
  const pinned = button.value === "yes";
  if (!await sendState(row, button, `${path(row)}/pin`, { pinned })) return;
  button.value = pinned ? "no" : "yes";
  button.textContent = pinned ? "Unpin" : "Pin to the top";
  row.querySelector(".badge.pinned").hidden = !pinned;
  tell(row, pinned ? "Pinned to the top of its thread" : "No longer pinned", pinned ? "good" : "");
}

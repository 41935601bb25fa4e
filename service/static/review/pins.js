// Pins a comment in place. The button then unpins it.

import { path, send } from "./requests.js";
import { tell } from "./row.js";

export async function setPinned(row, button) {
  const pinned = button.value === "yes";
  let answer;
  try {
    answer = await send("PUT", `${path(row)}/pin`, row, { pinned });
  } catch {
    return tell(row, "Not saved: the server did not respond. Try again", "bad");
  }
  if (answer.status !== 200) return tell(row, answer.problems?.[0]?.message ?? answer.title, "bad");
  button.value = pinned ? "no" : "yes";
  button.textContent = pinned ? "Unpin" : "Pin to the top";
  row.querySelector(".badge.pinned").hidden = !pinned;
  tell(row, pinned ? "Pinned to the top of its thread" : "No longer pinned", pinned ? "good" : "");
}

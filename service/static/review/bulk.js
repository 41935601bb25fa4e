// Goes on with a step for many comments by itself, a piece at a time; without it there is a button for the next piece.

const panel = document.getElementById("bulk-progress");
const bar = document.getElementById("bar");
const PIECE = 100;

async function next() {
  const answer = await fetch(panel.dataset.steps, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": panel.dataset.csrf },
    body: JSON.stringify({ n: PIECE }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function show({ total, left, done, changed }) {
  bar.value = total - left;
  panel.querySelector("[data-done]").textContent = done;
  panel.querySelector("[data-left-shown]").textContent = left;
  panel.querySelector("[data-changed]").textContent = changed;
}

let left = Number(panel.dataset.left);
if (left) {
  const button = panel.querySelector("[data-go-on]");
  button.hidden = true;
  try {
    while (left) {
      const at = await next();
      left = at.left;
      show(at);
    }
    location.reload(); // the server's own last word, with the way back
  } catch {
    button.hidden = false; // nothing is lost: the button goes on where this stopped
  }
}

// Continues a bulk action step by step until it is finished. Without JavaScript, people use a button.

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

function show({ total, left, done, changed, searching }) {
  if (searching) {
    bar.removeAttribute("value");
  } else {
    bar.max = Math.max(total, 1);
    bar.value = total ? total - left : 1;
  }
  panel.querySelector("[data-done]").textContent = done;
  panel.querySelector("[data-left]").textContent = left;
  panel.querySelector("[data-searching]").hidden = !searching;
  panel.querySelector("[data-changed]").textContent = changed;
  panel.querySelector("[data-changed-note]").hidden = !changed;
}

if ("running" in panel.dataset) {
  const button = panel.querySelector("[data-continue]");
  button.hidden = true;
  try {
    let progress;
    do {
      progress = await next();
      show(progress);
    } while (progress.left || progress.searching);
    location.reload(); // shows the result, with undo
  } catch {
    button.hidden = false; // nothing is lost: the button continues from the same place
  }
}

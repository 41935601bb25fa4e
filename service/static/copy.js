// Copy a line with one click. Without a script the line can be selected.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.querySelector("span").textContent = "Copied";
    } catch {
      button.querySelector("span").textContent = "Press Ctrl+C";
    }
  });
}

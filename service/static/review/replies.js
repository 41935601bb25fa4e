// Canned replies: a choice from the menu goes into the text. Without a script it is a link to the comment's page.

document.addEventListener("click", (event) => {
  const link = event.target.closest(".canned a");
  if (!link) return;
  event.preventDefault();
  const field = link.closest("form").elements.content;
  field.value += `${field.value && !field.value.endsWith("\n") ? "\n" : ""}${link.dataset.text}`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  link.closest("details").open = false;
  field.focus();
});

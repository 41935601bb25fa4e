// The view of the list: its density, its menus, and the numbers of its filters.

const YEAR = 365 * 24 * 3600;

for (const link of document.querySelectorAll("a[data-density]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const chosen = link.dataset.density;
    for (const each of document.querySelectorAll("a[data-density]")) {
      document.getElementById("main").classList.toggle(each.dataset.density, each === link);
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    document.cookie = `density=${chosen}; path=/review; max-age=${YEAR}; samesite=lax`;
  });
}

// A menu closes by a click elsewhere and by Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.drop[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.drop[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

let refreshTimer;

// Fetches the filters and their numbers again some moments after a change.
export function refreshFiltersSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refreshFilters, 1000);
}

async function refreshFilters() {
  const shown = document.querySelector(".facets");
  if (!shown || shown.contains(document.activeElement) || shown.querySelector("[open]")) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".facets");
    if (fresh) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // The old numbers stay until the next change.
  }
}

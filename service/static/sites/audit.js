// Adds the reader's local time beside the UTC time of each entry.

const local = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

// Where the clock shows UTC, there is nothing to add.
const times = new Date().getTimezoneOffset() === 0 ? [] : document.querySelectorAll("time[data-local]");
for (const time of times) {
  const text = document.createElement("span");
  text.className = "local";
  text.textContent = `${local.format(new Date(time.dateTime))} · `;
  time.before(text);
}

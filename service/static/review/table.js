// The table of actions, shortcuts and statuses that the server put into the page.

const table = JSON.parse(document.querySelector("meta[name=script-table]").content);

export const actions = table.actions; // name -> key, tone, past, result (null for undo), bulk ("Marked {} as spam")
export const statuses = table.statuses; // new status of a comment -> text, tone
export const shortcuts = table.shortcuts; // name -> key

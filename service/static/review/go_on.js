// A long removal goes on by itself; without JavaScript a button does.
document.querySelector("form[data-go-on]")?.requestSubmit();

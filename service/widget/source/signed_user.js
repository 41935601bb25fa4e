/* Reads the name in the token of a signed-in reader, to show it. The server checks the signature. */

/* Return the name, or "" for a token that is missing, expired or no token. */
export function signedName(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    const { name, exp } = JSON.parse(new TextDecoder().decode(bytes));
    return exp * 1000 > Date.now() ? String(name || "") : "";
  } catch { return ""; }
}

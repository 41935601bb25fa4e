/* Solves the proof of work that the server asks for while a site is flooded. */

import { sha256 } from "./sha256.js";

/* Return the number that goes with a form token and a text. */
export async function proofOfWork(token, content, bits) {
  const seed = sha256(`${token}\n${content}`).slice(0, 4).map((n) => (n >>> 0).toString(16).padStart(8, "0")).join("");
  try { return await solveInWorker(seed, bits); } catch { return solveInPage(seed, bits); }
}

/* Return the first number from `start` whose hash after `seed` begins with `bits` zero bits, or -1 after `tries`. */
function solve(seed, bits, start, tries) {
  for (let n = start; n < start + tries; n++) if (Math.clz32(sha256(seed + n)[0]) >= bits) return n;
  return -1;
}

function solveInWorker(seed, bits) {
  const source = `${sha256}\n${solve}\npostMessage(solve(${JSON.stringify(seed)}, ${Number(bits)}, 0, 2 ** 40));`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return new Promise((resolve, reject) => {
    const worker = new Worker(address);
    worker.onmessage = (event) => { worker.terminate(); resolve(event.data); };
    worker.onerror = reject;
  }).finally(() => URL.revokeObjectURL(address));
}

/* A page's policy may forbid workers. Small steps keep such a page responsive. */
async function solveInPage(seed, bits) {
  for (let start = 0; ; start += 1000) {
    const found = solve(seed, bits, start, 1000);
    if (found >= 0) return found;
    await new Promise((resume) => setTimeout(resume));
  }
}

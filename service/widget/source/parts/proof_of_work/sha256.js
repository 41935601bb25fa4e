/* SHA-256 in plain JavaScript, for the proof of work. `crypto.subtle` is missing on pages without HTTPS, and its
   promises make it too slow for thousands of short texts. */

/* Return the SHA-256 of a text (FIPS 180-4) as eight 32-bit numbers. The function uses nothing outside itself,
   because the worker gets its source text. */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text), size = ((bytes.length + 8) >> 6) + 1 << 4;
  if (!sha256.k) {
    // The constants are the first bits of the square and cube roots of the first primes.
    sha256.k = []; sha256.h = [];
    const root = (n, power) => (n ** power % 1) * 2 ** 32 | 0;
    for (let n = 2; sha256.k.length < 64; n++) {
      let d = 2;
      while (d * d <= n && n % d) d++;
      if (d * d <= n) continue;
      if (sha256.h.length < 8) sha256.h.push(root(n, 1 / 2));
      sha256.k.push(root(n, 1 / 3));
    }
  }
  // Names as in the standard: message words m, message schedule w, constants k, working variables a to h.
  const w = new Int32Array(64), m = new Int32Array(size), k = sha256.k, hash = sha256.h.slice();
  bytes.forEach((byte, n) => { m[n >> 2] |= byte << (24 - n % 4 * 8); });
  m[bytes.length >> 2] |= 0x80 << (24 - bytes.length % 4 * 8);
  m[size - 1] = bytes.length * 8;
  const rotate = (x, n) => x >>> n | x << (32 - n);
  for (let block = 0; block < size; block += 16) {
    let [a, b, c, d, e, f, g, h] = hash;
    for (let n = 0; n < 64; n++) {
      if (n < 16) w[n] = m[block + n];
      else {
        const x = w[n - 15], y = w[n - 2];
        w[n] = w[n - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >>> 3) + w[n - 7] + (rotate(y, 17) ^ rotate(y, 19) ^ y >>> 10) | 0;
      }
      const one = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (e & f ^ ~e & g) + k[n] + w[n] | 0;
      const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((part, n) => { hash[n] = hash[n] + part | 0; });
  }
  return hash;
}

/* Replygate's widget: the replies to a page, and a form to leave one. Served as it is written; it needs nothing else.
   It sets no cookie. In localStorage it keeps a text until it is sent, and the receipts of what waits or may be changed. */
(() => {
  "use strict";

  const script = document.currentScript || document.querySelector("script[data-site][src*='/widget']");
  if (!script || !script.dataset.site || customElements.get("replygate-comments")) return;
  const API = new URL(`v1/sites/${encodeURIComponent(script.dataset.site)}`, script.src).href;

  /* ---- Words ------------------------------------------------------------------------------------------------- */

  const WORDS = {
    en: {
      count: { one: "{n} comment", other: "{n} comments" }, none: "No comments yet.", leave: "Leave a comment",
      replyTo: "Reply to {name}", reply: "Reply", cancel: "Cancel reply", comment: "Comment", name: "Name", email: "Email",
      website: "Website", private: "Your email address will not be published.", stars: "Required fields are marked *",
      notify: "Notify me of replies by email", trap: "Leave this field empty", post: "Post comment", sending: "Sending …", again: "Try again",
      waiting: "Awaiting moderation", kept: "Thank you, your comment awaits moderation.",
      published: "Thank you, your comment is published.", refused: "Your comment was not published.",
      closed: "Comments are closed.", more: "Show more comments", anonymous: "Anonymous",
      news: { one: "Show {n} new comment", other: "Show {n} new comments" },
      unread: "The comments cannot be loaded at the moment.",
      away: "The comments cannot be reached at the moment. Your text is kept; please try again.",
      later: { one: "Please try again in {n} second. Your text is kept.", other: "Please try again in {n} seconds. Your text is kept." },
      look: "Please look at this again:", required: "Please fill in this field.", badEmail: "Please enter a valid email address.",
      badUrl: "Please enter a web address that begins with http:// or https://.", tooLong: "Please use fewer characters.",
      gone: "The comment you reply to is no longer there.",
      edit: "Edit", report: "Report", withdraw: "Withdraw", sure: "Withdraw for good?", save: "Save", back: "Cancel",
      changing: "Edit awaits moderation", unchanged: "Your edit was not published.", withdrawn: "You withdrew your comment.",
      changed: "Thank you, your edit awaits moderation. Until then your comment stays as it is.",
    },
    de: {
      count: { one: "{n} Kommentar", other: "{n} Kommentare" }, none: "Noch keine Kommentare.", leave: "Kommentar schreiben",
      replyTo: "Antwort an {name}", reply: "Antworten", cancel: "Antwort verwerfen", comment: "Kommentar", name: "Name",
      email: "E-Mail", website: "Website", private: "Ihre E-Mail-Adresse wird nicht veröffentlicht.",
      stars: "Pflichtfelder sind mit * markiert", notify: "Bei Antworten per E-Mail benachrichtigen", trap: "Dieses Feld leer lassen", post: "Kommentar abschicken",
      sending: "Wird gesendet …", again: "Erneut versuchen", waiting: "Wartet auf Freigabe",
      kept: "Danke, Ihr Kommentar wartet auf Freigabe.", published: "Danke, Ihr Kommentar ist veröffentlicht.",
      refused: "Ihr Kommentar wurde nicht veröffentlicht.", closed: "Die Kommentare sind geschlossen.",
      more: "Weitere Kommentare anzeigen", anonymous: "Anonym",
      news: { one: "{n} neuen Kommentar anzeigen", other: "{n} neue Kommentare anzeigen" },
      unread: "Die Kommentare können gerade nicht geladen werden.",
      away: "Die Kommentare sind gerade nicht erreichbar. Ihr Text bleibt erhalten; bitte versuchen Sie es erneut.",
      later: { one: "Bitte versuchen Sie es in {n} Sekunde erneut. Ihr Text bleibt erhalten.", other: "Bitte versuchen Sie es in {n} Sekunden erneut. Ihr Text bleibt erhalten." },
      look: "Bitte prüfen Sie dies:", required: "Bitte füllen Sie dieses Feld aus.",
      badEmail: "Bitte geben Sie eine gültige E-Mail-Adresse an.",
      badUrl: "Bitte geben Sie eine Adresse an, die mit http:// oder https:// beginnt.",
      tooLong: "Bitte kürzen Sie den Text.", gone: "Der Kommentar, auf den Sie antworten, ist nicht mehr da.",
      edit: "Bearbeiten", report: "Melden", withdraw: "Zurückziehen", sure: "Endgültig zurückziehen?", save: "Speichern", back: "Abbrechen",
      changing: "Änderung wartet auf Freigabe", unchanged: "Ihre Änderung wurde nicht veröffentlicht.",
      withdrawn: "Sie haben Ihren Kommentar zurückgezogen.",
      changed: "Danke, Ihre Änderung wartet auf Freigabe. Bis dahin bleibt Ihr Kommentar, wie er ist.",
    },
    fr: {
      count: { one: "{n} commentaire", other: "{n} commentaires" }, none: "Aucun commentaire pour l’instant.",
      leave: "Laisser un commentaire", replyTo: "Répondre à {name}", reply: "Répondre", cancel: "Annuler la réponse",
      comment: "Commentaire", name: "Nom", email: "E-mail", website: "Site web",
      private: "Votre adresse e-mail ne sera pas publiée.", stars: "Les champs obligatoires sont indiqués avec *",
      notify: "Me prévenir des réponses par e-mail", trap: "Laissez ce champ vide", post: "Publier le commentaire", sending: "Envoi …", again: "Réessayer",
      waiting: "En attente de modération", kept: "Merci, votre commentaire est en attente de modération.",
      published: "Merci, votre commentaire est publié.", refused: "Votre commentaire n’a pas été publié.",
      closed: "Les commentaires sont fermés.", more: "Afficher plus de commentaires", anonymous: "Anonyme",
      news: { one: "Afficher {n} nouveau commentaire", other: "Afficher {n} nouveaux commentaires" },
      unread: "Les commentaires ne peuvent pas être chargés pour le moment.",
      away: "Les commentaires sont injoignables pour le moment. Votre texte est conservé ; veuillez réessayer.",
      later: { one: "Veuillez réessayer dans {n} seconde. Votre texte est conservé.", other: "Veuillez réessayer dans {n} secondes. Votre texte est conservé." },
      look: "Veuillez vérifier ceci :", required: "Veuillez remplir ce champ.",
      badEmail: "Veuillez saisir une adresse e-mail valide.",
      badUrl: "Veuillez saisir une adresse qui commence par http:// ou https://.", tooLong: "Veuillez raccourcir le texte.",
      gone: "Le commentaire auquel vous répondez n’existe plus.",
      edit: "Modifier", report: "Signaler", withdraw: "Retirer", sure: "Retirer définitivement ?", save: "Enregistrer", back: "Annuler",
      changing: "Modification en attente de modération", unchanged: "Votre modification n’a pas été publiée.",
      withdrawn: "Vous avez retiré votre commentaire.",
      changed: "Merci, votre modification est en attente de modération. D’ici là, votre commentaire reste tel quel.",
    },
    es: {
      count: { one: "{n} comentario", other: "{n} comentarios" }, none: "Aún no hay comentarios.", leave: "Deja un comentario",
      replyTo: "Responder a {name}", reply: "Responder", cancel: "Cancelar la respuesta", comment: "Comentario",
      name: "Nombre", email: "Correo electrónico", website: "Web",
      private: "Tu dirección de correo electrónico no será publicada.", stars: "Los campos obligatorios están marcados con *",
      notify: "Avisarme por correo de las respuestas", trap: "Deja este campo vacío", post: "Publicar el comentario", sending: "Enviando …", again: "Intentar de nuevo",
      waiting: "Pendiente de moderación", kept: "Gracias, tu comentario está pendiente de moderación.",
      published: "Gracias, tu comentario está publicado.", refused: "Tu comentario no se ha publicado.",
      closed: "Los comentarios están cerrados.", more: "Mostrar más comentarios", anonymous: "Anónimo",
      news: { one: "Mostrar {n} comentario nuevo", other: "Mostrar {n} comentarios nuevos" },
      unread: "Los comentarios no se pueden cargar en este momento.",
      away: "No se puede acceder a los comentarios en este momento. Tu texto se conserva; inténtalo de nuevo.",
      later: { one: "Inténtalo de nuevo en {n} segundo. Tu texto se conserva.", other: "Inténtalo de nuevo en {n} segundos. Tu texto se conserva." },
      look: "Revisa esto:", required: "Rellena este campo.", badEmail: "Introduce una dirección de correo válida.",
      badUrl: "Introduce una dirección que empiece por http:// o https://.", tooLong: "Usa menos caracteres.",
      gone: "El comentario al que respondes ya no existe.",
      edit: "Editar", report: "Denunciar", withdraw: "Retirar", sure: "¿Retirarlo para siempre?", save: "Guardar", back: "Cancelar",
      changing: "Cambio pendiente de moderación", unchanged: "Tu cambio no se ha publicado.",
      withdrawn: "Has retirado tu comentario.",
      changed: "Gracias, tu cambio está pendiente de moderación. Hasta entonces, tu comentario sigue como está.",
    },
  };

  /* A speaker of the page's language, with the site's own words first: `messages` holds a table as JSON. */
  function speaker(node) {
    const holder = node.closest("[lang]");
    const lang = script.dataset.lang || (holder && holder.lang) || navigator.language || "en";
    const table = { ...WORDS.en, ...WORDS[lang.slice(0, 2).toLowerCase()] };
    for (const own of [script.dataset.messages, node.getAttribute("messages")]) {
      try { Object.assign(table, JSON.parse(own || "{}")); } catch (error) { console.warn("replygate: messages:", error.message); }
    }
    const locale = Intl.DateTimeFormat.supportedLocalesOf(safely(() => Intl.getCanonicalLocales(lang), []))[0] || "en";
    const plural = new Intl.PluralRules(locale);
    const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    const say = (name, values = {}) => {
      let text = table[name] || name;
      if (typeof text === "object") text = text[plural.select(values.n)] || text.other || "";
      return String(text).replace(/\{(n|name)\}/g, (_, key) => values[key]);
    };
    say.time = (at) => time.format(new Date(at));
    return say;
  }

  /* ---- Small tools ------------------------------------------------------------------------------------------- */

  function safely(ask, otherwise) {
    try { return ask(); } catch { return otherwise; }
  }

  /* An element. Children are elements or text; nothing is ever parsed. */
  function make(tag, given = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name in node) node[name] = value; else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child || child === 0));
    return node;
  }

  const REL = "ugc nofollow noopener";
  const TAGS = new Set(["p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"]);
  const trusted = globalThis.trustedTypes
    ? safely(() => trustedTypes.createPolicy("replygate", { createHTML: (html) => html }), null) : null;

  /* A comment's HTML as nodes. The server sanitised it. It is parsed into a template, which runs and fetches nothing,
     and from there only these tags are made anew, with no attribute but a link's http, https or mailto address: so
     nothing but text and harmless elements can come out, whatever came in. Where a page's Trusted Types forbid even
     that, the text is shown as it was typed. */
  function rich(html, text) {
    const template = make("template");
    try { template.innerHTML = trusted ? trusted.createHTML(html) : html; } catch { return make("p", {}, text); }
    return harmless(template.content);
  }

  function harmless(from) {
    const to = document.createDocumentFragment();
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const inside = harmless(node);
      if (!TAGS.has(node.localName)) { to.append(inside); continue; }
      const kept = make(node.localName);
      const href = node.getAttribute("href") || "";
      if (node.localName === "a" && /^(https?:\/\/|mailto:)/i.test(href)) Object.assign(kept, { href, rel: REL });
      if (node.localName === "ol" && node.start) kept.start = node.start;
      kept.append(inside);
      to.append(kept);
    }
    return to;
  }

  /* What this browser keeps for a thread; without storage, for as long as the page is open. */
  class Shelf {
    constructor(thread) { this.key = `replygate ${API} ${thread}`; this.kept = {}; }
    read() { return safely(() => JSON.parse(localStorage.getItem(this.key)), null) || this.kept; }
    write(changes) {
      this.kept = { ...this.read(), ...changes };
      safely(() => localStorage.setItem(this.key, JSON.stringify(this.kept)));
    }
  }

  async function ask(path, options = {}) {
    // Never what the browser has without asking: an answer may be stale for others to come sooner, not for news.
    const answer = await fetch(API + path, { credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout(15000), ...options });
    const told = await answer.json();
    return { status: answer.status, told, wait: Number(answer.headers.get("Retry-After")) || 0 };
  }

  async function read(path, options) {
    const { status, told } = await ask(path, options);
    if (status !== 200) throw Object.assign(new Error(told.title || "not read"), { status });
    return told;
  }

  const query = (values) => "?" + new URLSearchParams(values);
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

  function pageAddress() {
    const canonical = document.querySelector("link[rel=canonical]");
    const address = new URL(canonical ? canonical.href : location.href);
    address.hash = "";
    for (const name of ["comment", "receipt"]) if (address.searchParams.has(name)) address.searchParams.delete(name);
    return address.href;
  }

  /* ---- Proof of work: asked for only while a site is flooded ---------------------------------------------------- */

  /* SHA-256 (FIPS 180-4) of a text, as eight numbers. It stands for itself, because a worker gets its source. */
  function sha256(text) {
    const bytes = new TextEncoder().encode(text), size = ((bytes.length + 8) >> 6) + 1 << 4;
    if (!sha256.k) {
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
    const w = new Int32Array(64), m = new Int32Array(size), k = sha256.k, hash = sha256.h.slice();
    bytes.forEach((byte, n) => { m[n >> 2] |= byte << (24 - n % 4 * 8); });
    m[bytes.length >> 2] |= 0x80 << (24 - bytes.length % 4 * 8);
    m[size - 1] = bytes.length * 8;
    const turn = (x, n) => x >>> n | x << (32 - n);
    for (let block = 0; block < size; block += 16) {
      let [a, b, c, d, e, f, g, h] = hash;
      for (let n = 0; n < 64; n++) {
        if (n < 16) w[n] = m[block + n];
        else {
          const x = w[n - 15], y = w[n - 2];
          w[n] = w[n - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + w[n - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10) | 0;
        }
        const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + k[n] + w[n] | 0;
        const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
        h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((part, n) => { hash[n] = hash[n] + part | 0; });
    }
    return hash;
  }

  /* The first number from `start` on whose hash behind `seed` begins with `bits` zeros; -1 if none of `tries` does. */
  function solve(seed, bits, start, tries) {
    for (let n = start; n < start + tries; n++) if (Math.clz32(sha256(seed + n)[0]) >= bits) return n;
    return -1;
  }

  /* The work is done beside the page; where its policy forbids workers, in the page and in small pieces. */
  async function prove(token, content, bits) {
    const seed = sha256(`${token}\n${content}`).slice(0, 4).map((n) => (n >>> 0).toString(16).padStart(8, "0")).join("");
    try { return await inWorker(seed, bits); } catch { /* then here */ }
    for (let start = 0; ; start += 1000) {
      const found = solve(seed, bits, start, 1000);
      if (found >= 0) return found;
      await new Promise((resume) => setTimeout(resume));
    }
  }

  function inWorker(seed, bits) {
    const source = `${sha256}\n${solve}\npostMessage(solve(${JSON.stringify(seed)}, ${Number(bits)}, 0, 2 ** 40));`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return new Promise((done, failed) => {
      const worker = new Worker(address);
      worker.onmessage = (event) => { worker.terminate(); done(event.data); };
      worker.onerror = failed;
    }).finally(() => URL.revokeObjectURL(address));
  }

  /* ---- Looks ------------------------------------------------------------------------------------------------- */

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; position: relative; min-height: var(--replygate-min-height, 0); color: var(--replygate-ink, inherit);
      background: var(--replygate-paper, transparent); font: var(--replygate-font, inherit); line-height: 1.6; overflow-wrap: anywhere;
      --accent: var(--replygate-accent, light-dark(#0b5c8a, #8cc8ee)); --on-accent: var(--replygate-on-accent, light-dark(#fff, #0c2230));
      --bad: var(--replygate-bad, light-dark(#a3281f, #f4a59c)); --muted: var(--replygate-muted, color-mix(in srgb, currentColor 78%, transparent));
      --line: var(--replygate-line, color-mix(in srgb, currentColor 18%, transparent)); --edge: color-mix(in srgb, currentColor 55%, transparent);
      --radius: var(--replygate-radius, 7px); }
    :host([hidden]) { display: none; }
    :host([theme=light]) { color-scheme: light; color: var(--replygate-ink, #22272b); background: var(--replygate-paper, #fff); }
    :host([theme=dark]) { color-scheme: dark; color: var(--replygate-ink, #e5e7e8); background: var(--replygate-paper, #15181b); }
    *, ::before, ::after { box-sizing: border-box; }
    h2, h3 { margin: 0 0 .75rem; font-size: 1.25em; line-height: 1.3; }
    a { color: var(--accent); }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    ol.list, ol.list ol.list { margin: 0; padding: 0; list-style: none; }
    ol.list ol.list { margin-left: clamp(.6rem, 3vw, 2rem); padding-left: clamp(.4rem, 1.5vw, 1rem); border-left: 2px solid var(--line); }
    article { padding: .9rem 0; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }
    article.target { outline: 2px solid var(--accent); outline-offset: 4px; }
    article header { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
    .author { font-weight: 650; }
    .time, .to, .note, .none { color: var(--muted); font-size: .92em; }
    .time { text-decoration: none; }
    .content > * { margin: .5rem 0; }
    .content pre { overflow-x: auto; }
    .content blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--line); }
    .own { white-space: pre-wrap; }
    .badge { padding: 0 .5rem; border: 1px dashed var(--edge); border-radius: 1em; font-size: .85em; }
    form { display: grid; gap: .9rem; margin: 1rem 0; }
    form p { margin: 0; }
    form div { display: grid; gap: .25rem; max-width: 28rem; }
    form .wide { max-width: none; }
    label { font-weight: 600; }
    .star, .problem { color: var(--bad); }
    input, textarea { width: 100%; padding: .5rem .65rem; color: inherit; background: transparent; border: 1px solid var(--edge);
      border-radius: var(--radius); font: inherit; }
    textarea { min-height: 8rem; resize: vertical; }
    form .tick { display: flex; gap: .5rem; align-items: baseline; }
    .tick input { width: auto; }
    .tick label { font-weight: inherit; }
    [aria-invalid=true] { border: 2px solid var(--bad); }
    form .trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    button { justify-self: start; padding: .55rem 1.1rem; color: var(--on-accent); background: var(--accent); border: 0;
      border-radius: var(--radius); font: inherit; font-weight: 600; cursor: pointer; }
    button.quiet { padding: .1rem 0; color: var(--accent); background: none; font-weight: 500; text-decoration: underline; }
    article > button + * { margin-left: 1rem; }
    button:disabled { opacity: .65; cursor: progress; }
    [role=status] { min-height: 1.6em; margin: .5rem 0; font-weight: 600; }
    .news { position: sticky; bottom: 1rem; height: 0; text-align: center; z-index: 1; }
    .news button { position: relative; bottom: 3rem; box-shadow: 0 2px 12px #0006; }
  `);

  /* ---- The element ------------------------------------------------------------------------------------------- */

  const FIELDS = [["content", "comment", "textarea"], ["author", "name", "text"], ["email", "email", "email"], ["url", "website", "url"]];
  const FALLBACK = {
    required: ["author", "email", "content"], lengths: {}, trap: "", closed: false, notify: false, token: "", proof_bits: 0, unread: true,
  };
  const NESTED = 5; // lists inside lists; deeper answers stand beside what they answer and name it
  const STATUS_SECONDS = [2, 4, 8, 15, 30, 60];
  const POLL_SECONDS = 60;
  const TOKEN_SECONDS = 3600;

  class Replies extends HTMLElement {
    connectedCallback() {
      if (this.thread) { this.follow(); return; }
      this.thread = this.getAttribute("thread") || pageAddress();
      this.say = speaker(this);
      this.shelf = new Shelf(this.thread);
      this.pages = 1;
      this.shown = [];
      this.latest = [];
      this.mine = (this.shelf.read().mine || []).filter((own) => Date.now() - own.at < 30 * 24 * 3600 * 1000);
      this.own = new Set(this.mine.map((own) => own.id));
      if (!this.hasAttribute("theme") && script.dataset.theme) this.setAttribute("theme", script.dataset.theme);
      // Below the fold it is built before it comes into sight: nothing that somebody looks at then moves.
      this.sight = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.start(), { rootMargin: "800px" });
      if (/^#(comment-|reply-sent)/.test(location.hash)) this.start(); else this.sight.observe(this);
    }

    disconnectedCallback() {
      if (this.events) this.events.close();
      clearTimeout(this.timer);
      clearTimeout(this.checking);
      this.events = null;
    }

    async start() {
      this.sight.disconnect();
      if (this.started) return;
      this.started = true;
      const order = this.getAttribute("order") || script.dataset.order || "oldest";
      this.newest = order === "newest";
      [this.form] = await Promise.all([this.loadForm(), this.load()]);
      this.build();
      await this.welcomeBack();
      this.follow();
      this.check(0);
      addEventListener("hashchange", () => this.reveal());
      document.addEventListener("visibilitychange", () => this.follow());
      this.reveal();
    }

    async loadForm() {
      this.asked = Date.now();
      return read(`/form${query({ thread: this.thread })}`).catch(() => this.form || FALLBACK);
    }

    /* Read what is shown, anew. False if it cannot be read now. */
    async load() {
      const rows = [];
      let cursor = "";
      try {
        for (let n = 0; n < this.pages; n++) {
          const page = await read(`/comments${query({ thread: this.thread, order: this.newest ? "newest" : "oldest", cursor })}`);
          rows.push(...page.comments);
          [cursor, this.total, this.version] = [page.next, page.total, page.version];
          if (!cursor) break;
        }
      } catch { return false; }
      [this.latest, this.next, this.loaded] = [rows, cursor, true];
      if (!this.list) this.shown = rows;
      return true;
    }

    /* ---- What is seen ---- */

    build() {
      const say = this.say, was = this.querySelector("form");
      this.heading = make("h2", { id: "heading", part: "heading" });
      this.list = make("ol", { className: "list", part: "list" });
      this.more = make("button", { type: "button", hidden: true, onclick: () => this.showMore() }, say("more"));
      this.news = make("div", { className: "news", hidden: true }, make("button", { type: "button", onclick: () => this.showNews() }));
      this.status = make("p", { role: "status", part: "status" });
      this.respond = make("section", { "aria-labelledby": "respond" });
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.append(make("section", { "aria-labelledby": "heading", part: "comments" },
        this.heading, this.list, this.more, this.news, this.status, this.respond));
      this.buildForm();
      this.fill(this.shelf.read().draft || {});
      if (was) this.fill(Object.fromEntries([...new FormData(was)].map(([name, text]) => [name === "comment" ? "content" : name, text])));
      this.render();
      if (!this.loaded) this.status.textContent = say("unread");
    }

    buildForm() {
      const say = this.say, { required, lengths, trap, closed, notify } = this.form;
      this.caption = make("h3", { id: "respond" }, closed ? say("closed") : say("leave"));
      this.respond.replaceChildren(this.caption);
      if (closed) return;
      this.cancel = make("button", { type: "button", className: "quiet", hidden: true, onclick: () => this.replyTo("") }, say("cancel"));
      this.alert = make("div", { role: "alert", className: "problem wide" });
      this.button = make("button", { part: "button" }, say("post"));
      const rows = FIELDS.map(([name, label, type]) => {
        const must = required.includes(name);
        const box = make(type === "textarea" ? type : "input", { id: name, name, required: must, part: "input" });
        if (type !== "textarea") { box.type = type; box.autocomplete = name === "author" ? "name" : name; } else box.rows = 6;
        if (lengths[name]) box.maxLength = lengths[name];
        box.setAttribute("aria-describedby", `${name}-problem${name === "email" ? " private" : ""}`);
        return make("div", { className: name === "content" ? "wide" : "" },
          make("label", { htmlFor: name }, say(label), must && make("span", { className: "star", "aria-hidden": "true" }, " *")),
          box, make("p", { id: `${name}-problem`, className: "problem" }));
      });
      if (notify) {
        const box = make("input", { id: "notify", name: "notify", type: "checkbox", value: "replies" });
        rows.push(make("div", { className: "tick" }, box, make("label", { htmlFor: "notify" }, say("notify"))));
      }
      if (trap) {
        const box = make("input", { id: `rg-${trap}`, name: trap, tabIndex: -1, autocomplete: "off" });
        rows.push(make("div", { className: "trap", "aria-hidden": "true" }, make("label", { htmlFor: box.id }, say("trap")), box));
      }
      const note = make("p", { className: "note" }, make("span", { id: "private" }, say("private")), required.length && ` ${say("stars")}`);
      this.boxes = make("form", { part: "form", acceptCharset: "utf-8" }, this.alert, note, ...rows, this.button);
      this.boxes.onsubmit = (event) => { event.preventDefault(); this.send(); };
      this.boxes.oninput = () => this.keep();
      this.respond.append(this.cancel, this.boxes);
    }

    fill(values) {
      if (!this.boxes) return;
      for (const [name] of FIELDS) if (values[name]) this.boxes.elements[name].value = values[name];
      if (values.notify && this.boxes.elements.notify) this.boxes.elements.notify.checked = true;
      if (values.parent) this.parent = values.parent;
    }

    render() {
      const say = this.say, root = this.shadowRoot, focused = root.activeElement;
      const there = new Set(this.shown.map((row) => row.id));
      const waiting = this.mine.filter((own) => own.status !== "published" && !there.has(own.id)).map((own) => ({ ...own, waiting: true }));
      const rows = this.newest ? [...waiting, ...this.shown] : [...this.shown, ...waiting];
      const below = new Map();
      for (const row of rows) {
        const under = there.has(row.parent) ? row.parent : "";
        below.set(under, [...(below.get(under) || []), row]);
      }
      const names = new Map(rows.map((row) => [row.id, row.author || say("anonymous")]));
      this.list.replaceChildren(...this.entries(below, names, "", 0));
      const fresh = this.fresh().length;
      this.heading.textContent = this.total - fresh > 0 ? say("count", { n: this.total - fresh }) : say("none");
      this.more.hidden = !this.next;
      this.news.hidden = !fresh;
      this.news.firstChild.textContent = fresh ? say("news", { n: fresh }) : "";
      this.placeForm(names);
      if (focused && focused.isConnected) focused.focus({ preventScroll: true });
    }

    entries(below, names, under, depth) {
      return (below.get(under) || []).flatMap((row) => {
        const entry = make("li", {}, this.article(row, names, depth > NESTED));
        const inside = this.entries(below, names, row.id, depth + 1);
        if (depth >= NESTED) return [entry, ...inside];
        if (inside.length) entry.append(make("ol", { className: "list" }, ...inside));
        return [entry];
      });
    }

    article(row, names, far) {
      const say = this.say, name = names.get(row.id), at = row.received || new Date(row.at).toISOString();
      const safe = /^https?:\/\//i.test(row.url || "");
      const who = safe ? make("a", { href: row.url, rel: REL }, name) : name;
      const own = this.mine.find((one) => one.id === row.id), open = own && own.until > Date.now();
      const changed = this.editing === row.id;
      const body = changed ? this.editor : row.waiting ? make("div", { className: "own" }, row.content) : rich(row.html, row.content);
      const badge = row.waiting ? "waiting" : own && own.edit === "pending" && "changing";
      return make("article", { id: `comment-${row.id}`, tabIndex: -1, part: row.waiting ? "comment waiting" : "comment" },
        make("header", {},
          make("bdi", { className: "author", part: "author" }, who),
          far && names.has(row.parent) && make("a", { className: "to", href: `#comment-${row.parent}` }, make("bdi", {}, `@${names.get(row.parent)}`)),
          make("a", { className: "time", part: "time", href: `#comment-${row.id}` }, make("time", { dateTime: at }, say.time(at))),
          badge && make("span", { className: "badge", part: "badge" }, say(badge))),
        make("div", { className: "content", dir: "auto", part: "content" }, body),
        !row.waiting && !this.form.closed && make("button", {
          type: "button", className: "quiet", "aria-label": say("replyTo", { name }), onclick: () => this.replyTo(row.id),
        }, say("reply")),
        !row.waiting && !own && make("a", { className: "to", href: `${API}/comments/${row.id}/reports`, rel: REL }, say("report")),
        open && !changed && make("button", { type: "button", className: "quiet", onclick: () => this.edit(own) }, say("edit")),
        open && this.withdrawer(own));
    }

    /* The form stands below what it answers, else at the end. */
    placeForm(names) {
      if (!this.boxes) return;
      const answered = this.parent && this.shadowRoot.getElementById(`comment-${this.parent}`);
      if (!answered) this.parent = "";
      this.caption.textContent = this.parent ? this.say("replyTo", { name: names.get(this.parent) }) : this.say("leave");
      this.cancel.hidden = !this.parent;
      if (answered) answered.after(this.respond); else if (this.status.nextSibling !== this.respond) this.status.after(this.respond);
    }

    replyTo(id) {
      const before = this.parent;
      this.parent = id;
      this.keep();
      this.render();
      const answered = !id && before && this.shadowRoot.getElementById(`comment-${before}`);
      (answered || this.boxes.elements.content).focus();
    }

    reveal() {
      const id = (/^#(comment-[a-z2-7]{26})$/.exec(location.hash) || [])[1];
      const found = id && this.shadowRoot.getElementById(id);
      for (const marked of this.shadowRoot.querySelectorAll(".target")) marked.classList.remove("target");
      if (!found) return;
      found.classList.add("target");
      found.scrollIntoView({ block: "center" });
      found.focus({ preventScroll: true });
    }

    /* ---- What is new ---- */

    fresh() {
      const there = new Set(this.shown.map((row) => row.id));
      return this.latest.filter((row) => !there.has(row.id));
    }

    /* What went, goes at once; what one wrote oneself appears at once; the rest waits for a click, so that nothing
       moves under somebody's eyes. */
    async refresh() {
      if (!(await this.load())) return;
      const there = new Set(this.shown.map((row) => row.id));
      const names = new Set(this.latest.map((row) => row.id));
      this.shown = this.latest.filter((row) => there.has(row.id) || this.own.has(row.id));
      for (const own of this.mine) if (names.has(own.id)) own.status = "published";
      this.remember(this.mine);
      this.render();
    }

    showNews() {
      const first = this.fresh()[0];
      this.shown = this.latest;
      this.render();
      const found = first && this.shadowRoot.getElementById(`comment-${first.id}`);
      if (found) found.focus();
    }

    async showMore() {
      this.pages++;
      if (await this.load()) this.showNews(); else this.pages--;
    }

    /* Server-sent events while the page is looked at; where there are none, asking again now and then. */
    follow() {
      this.disconnectedCallback();
      if (!this.list || document.hidden || !this.isConnected) return;
      if (Date.now() - this.asked > TOKEN_SECONDS * 1000) this.loadForm().then((form) => { this.form = form; });
      if (this.mine.length) this.check(0);
      const again = () => { this.timer = setTimeout(() => this.refresh().finally(() => this.follow()), POLL_SECONDS * 1000); };
      if (!globalThis.EventSource || !this.loaded) { again(); return; }
      this.events = new EventSource(`${API}/events${query({ thread: this.thread, after: this.version })}`);
      const heard = () => { clearTimeout(this.soon); this.soon = setTimeout(() => { this.refresh(); this.check(0); }, 200); };
      for (const name of ["published", "removed", "reset"]) this.events.addEventListener(name, heard);
      this.events.onerror = () => { if (this.events && this.events.readyState === EventSource.CLOSED) again(); };
    }

    /* ---- One's own ---- */

    remember(mine) {
      this.mine = mine;
      this.shelf.write({ mine });
    }

    /* Ask what became of what waits, less and less often; and once more when the time to change it is over. */
    async check(times) {
      clearTimeout(this.checking);
      if (!this.mine.length || document.hidden) return;
      const before = JSON.stringify(this.mine);
      let anew = false;
      for (const own of [...this.mine]) anew = this.heed(own, await this.outcome(own)) || anew;
      const waits = (own) => own.status !== "published" || own.edit === "pending";
      this.remember(this.mine.filter((own) => !own.over && (waits(own) || own.until > Date.now())));
      if (anew) await this.refresh(); else if (JSON.stringify(this.mine) !== before) this.render();
      const seconds = STATUS_SECONDS[Math.min(times, STATUS_SECONDS.length - 1)];
      const pause = this.mine.some(waits) ? seconds * 1000 : Math.min(...this.mine.map((own) => own.until)) - Date.now() + 500;
      clearTimeout(this.checking);
      if (this.mine.length && this.isConnected) this.checking = setTimeout(() => this.check(times + 1), pause);
    }

    async outcome({ id, receipt }) {
      try { return await read(`/comments/${encodeURIComponent(id)}`, { headers: { "Replygate-Receipt": receipt } }); }
      catch (error) { return { status: error.status === 404 ? "missing" : "unknown" }; }
    }

    /* Take over what the server says of one's own comment. True if readers get something else now. */
    heed(own, told) {
      if (told.status === "unknown") return false;
      const was = { ...own }, until = Date.now() + (told.seconds_to_edit || 0) * 1000;
      Object.assign(own, { status: told.status, edit: told.edit, content: told.content });
      if (!was.until || Math.abs(until - was.until) > 5000) own.until = until;
      own.over = !["pending", "published"].includes(told.status);
      if (told.status === "refused") this.tell("refused", told.reason);
      if (was.edit === "pending" && told.edit === "refused") this.tell("unchanged", told.edit_reason);
      if (was.edit === "pending" && told.edit === "published") this.tell("published");
      return told.status === "published" && ["status", "edit", "content"].some((name) => was[name] !== told[name]);
    }

    /* What one wrote oneself, in a form in its place. It stays the same element whatever is drawn around it. */
    edit(own) {
      const say = this.say, max = this.form.lengths.content;
      const box = make("textarea", { id: "other-words", required: true, value: own.content, part: "input" });
      if (max) box.maxLength = max;
      const wrong = make("p", { role: "alert", className: "problem" }), save = make("button", { part: "button" }, say("save"));
      this.editor = make("form", { part: "form" }, make("div", { className: "wide" }, make("label", { htmlFor: box.id }, say("comment")), box),
        wrong, save, make("button", { type: "button", className: "quiet", onclick: () => this.stopEditing(own) }, say("back")));
      this.editor.onsubmit = (event) => { event.preventDefault(); this.save(own, box.value, wrong, save); };
      this.editing = own.id;
      this.render();
      box.focus();
    }

    stopEditing(own) {
      this.editing = "";
      this.render();
      const article = this.shadowRoot.getElementById(`comment-${own.id}`);
      if (article) article.focus({ preventScroll: true });
    }

    async save(own, content, wrong, button) {
      button.disabled = true;
      const { status, told, wait } = await this.ofOwn(own, "PATCH", JSON.stringify({ content }));
      button.disabled = false;
      if (status !== 202) {
        const problems = (told.problems || []).map((problem) => this.words(problem)).join(" ");
        wrong.textContent = wait ? this.say("later", { n: wait }) : problems || told.detail || told.title;
        return;
      }
      const anew = this.heed(own, told);
      this.remember(this.mine);
      this.tell(own.status === "pending" ? "kept" : own.edit === "pending" ? "changed" : "published");
      if (anew) await this.refresh();
      this.stopEditing(own);
      this.check(0);
    }

    /* The first click asks, the second one does it. */
    withdrawer(own) {
      const button = make("button", { type: "button", className: "quiet" }, this.say("withdraw"));
      button.onclick = () => {
        button.textContent = this.say("sure");
        button.onclick = () => { button.disabled = true; this.withdraw(own); };
      };
      return button;
    }

    async withdraw(own) {
      const { status, told } = await this.ofOwn(own, "DELETE");
      if (status === 200) {
        this.remember(this.mine.filter((one) => one !== own));
        this.tell("withdrawn");
        await this.refresh();
      } else this.status.textContent = told.detail || told.title;
      this.render();
    }

    ofOwn({ id, receipt }, method, body) {
      const headers = { "Replygate-Receipt": receipt, ...(body && { "Content-Type": "application/json" }) };
      return ask(`/comments/${encodeURIComponent(id)}`, { method, headers, body })
        .catch(() => ({ status: 0, told: { title: this.say("away") } }));
    }

    /* Whoever sent the plain form is led back with the receipt in the address, where it need not stay. */
    async welcomeBack() {
      const address = new URL(location.href), id = address.searchParams.get("comment"), receipt = address.searchParams.get("receipt");
      if (!id || !receipt) return;
      const told = await this.outcome({ id, receipt });
      if (!["pending", "published", "refused"].includes(told.status)) return;
      address.searchParams.delete("comment");
      address.searchParams.delete("receipt");
      history.replaceState(history.state, "", address);
      this.tell(told.status, told.reason);
      if (told.status === "published") this.mine.push({ id, receipt, at: Date.now() });
    }

    tell(became, reason) {
      this.status.textContent = [this.say(became === "pending" ? "kept" : became), reason].filter(Boolean).join(" ");
    }

    /* ---- Sending ---- */

    values() {
      const values = Object.fromEntries(FIELDS.map(([name]) => [name, this.boxes.elements[name].value]));
      const tick = this.boxes.elements.notify;
      return { ...values, parent: this.parent || "", notify: tick && tick.checked ? tick.value : "" };
    }

    keep() {
      this.shelf.write({ draft: { ...this.shelf.read().draft, ...this.values() } });
    }

    /* The same text has the same key for as long as it is not sent, also after the page was closed. */
    key(values) {
      const text = JSON.stringify(values), draft = this.shelf.read().draft || {};
      const key = draft.key && draft.sent === text ? draft.key : random();
      this.shelf.write({ draft: { ...values, key, sent: text } });
      return key;
    }

    async send() {
      if (this.button.disabled) return;
      const say = this.say, values = this.values();
      this.complain([], "");
      this.button.disabled = true;
      this.button.textContent = say("sending");
      try {
        if (this.form.unread) this.form = await this.loadForm();
        this.heard(values, await this.post(values));
      } catch {
        this.complain([], say("away"), true);
      }
      this.button.disabled = false;
    }

    async post(values) {
      const body = { thread: this.thread, ...values };
      for (const name of ["parent", "notify"]) if (!body[name]) delete body[name];
      const { trap, token, proof_bits: bits } = this.form, caught = trap && this.boxes.elements[trap];
      if (caught && caught.value) body[trap] = caught.value;
      if (token) body.form_token = token;
      if (token && bits) body.form_proof = String(await prove(token, values.content, bits));
      const headers = { "Content-Type": "application/json", "Idempotency-Key": this.key(values), Prefer: "wait=3" };
      return ask("/comments", { method: "POST", headers, body: JSON.stringify(body) });
    }

    heard(values, { status, told, wait }) {
      const say = this.say;
      if (status !== 202) {
        const passes = status === 429 || status >= 500;
        const text = wait ? say("later", { n: wait }) : status >= 500 ? say("away") : (told.problems || []).length ? "" : told.detail || told.title;
        this.complain(told.problems || [], text, passes);
        return;
      }
      this.button.textContent = say("post");
      this.boxes.elements.content.value = "";
      this.parent = "";
      this.shelf.write({ draft: null });
      this.tell(told.status);
      this.own.add(told.id);
      if (told.status !== "refused") {
        const { author, content, parent } = values;
        const at = Date.parse(told.received);
        this.remember([...this.mine.filter((own) => own.id !== told.id), { id: told.id, receipt: told.receipt, status: "pending", author, content, parent, at }]);
      }
      this.render();
      this.check(0);
      this.loadForm().then((form) => { this.form = form; });
    }

    words({ code, message }) {
      const spoken = { required: "required", email: "badEmail", url: "badUrl", "too-long": "tooLong", unpublished: "gone", closed: "closed" };
      return spoken[code] ? this.say(spoken[code]) : message;
    }

    /* Every problem beside its field, and a summary that is read out. */
    complain(problems, text, again = false) {
      const say = this.say, words = (problem) => this.words(problem);
      const named = new Set(FIELDS.map(([name]) => name));
      let first = null;
      for (const name of named) {
        const own = problems.filter((problem) => problem.field === name).map(words), box = this.boxes.elements[name];
        this.shadowRoot.getElementById(`${name}-problem`).textContent = own.join(" ");
        box.setAttribute("aria-invalid", String(own.length > 0));
        if (own.length && !first) first = box;
      }
      const others = problems.filter((problem) => !named.has(problem.field)).map(words);
      const lines = [text, problems.length && first && say("look"), ...others].filter(Boolean);
      this.alert.replaceChildren(...lines.map((line) => make("p", {}, line)));
      this.button.textContent = say(again ? "again" : "post");
      if (first) first.focus();
    }
  }

  /* ---- Counts of links ---------------------------------------------------------------------------------------- */

  const LONGEST = 6000; // characters of threads in one address

  /* `<a href="/post/" data-replygate-thread>`: its own address, or the thread that the attribute names. */
  async function count() {
    const links = [...document.querySelectorAll("a[data-replygate-thread]")];
    const wanted = new Map();
    for (const link of links) {
      const thread = link.dataset.replygateThread || link.href.replace(/#.*/, "");
      wanted.set(thread, [...(wanted.get(thread) || []), link]);
    }
    const batches = [[]];
    let length = 0;
    for (const thread of [...wanted.keys()].sort()) {
      length += encodeURIComponent(thread).length + 8;
      if (length > LONGEST || batches[batches.length - 1].length >= 200) { batches.push([]); length = 0; }
      batches[batches.length - 1].push(thread);
    }
    for (const batch of batches.filter((some) => some.length)) {
      const { counts } = await read(`/counts${query(batch.map((thread) => ["thread", thread]))}`);
      for (const [thread, n] of Object.entries(counts)) {
        for (const link of wanted.get(thread) || []) {
          link.textContent = link.dataset.replygateCount === "number" ? n : speaker(link)("count", { n });
        }
      }
    }
  }

  function place(replies) {
    if (document.body.contains(script)) script.after(replies); else document.body.append(replies);
  }

  function begin() {
    count().catch(() => {}); // the links keep the words they have
    if (!document.querySelector("replygate-comments") && !("countsOnly" in script.dataset)) place(make("replygate-comments"));
  }

  customElements.define("replygate-comments", Replies);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

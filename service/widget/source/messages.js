/* Chooses the language and translates the widget's texts.

   The texts are in comments/locales, one file per language. English is part of the script, and the other files are
   loaded when they are needed. A page replaces single texts, or adds a language, with the
   `messages` option. */

import { ENGLISH } from "./english.js";
import { optionOf, scriptOf } from "./page.js";
import { hasLocale, loadLocale, loadPart } from "./part_loader.js";

/* Units of relative times, and their length in seconds. */
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];

/* Scripts that are written from right to left: Arabic, Hebrew, Thaana, Syriac, Nko, Adlam. */
const RIGHT_TO_LEFT = /^(Arab|Hebr|Thaa|Syrc|Nkoo|Adlm)$/;

/* Return the function that gives an element its texts, in the language of the page around it.
   (Elements have a property `translate` already, so the function has another name.) */
export async function loadMessages(element) {
  const wanted = languageOf(element), file = localeName(wanted);
  const own = await Promise.all([scriptOf(element).dataset.messages, optionOf(element, "messages")].map(ownTexts));
  const hasOwn = own.some((texts) => Object.keys(texts).length);
  // The English texts stay if the file cannot be loaded.
  const texts = file ? await loadLocale(file).catch(() => null) : null;
  const language = texts ? localeOf(file, supportedTag(wanted)) : hasOwn || /^en\b/i.test(wanted) ? supportedTag(wanted) : "en";
  return localizer({ ...ENGLISH, ...texts, ...own[0], ...own[1] }, language);
}

/* `language` is the one of the texts. It decides about plurals, numbers and dates. */
function localizer(texts, language) {
  const plural = new Intl.PluralRules(language), numbers = new Intl.NumberFormat(language);
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const ages = new Intl.RelativeTimeFormat(language), now = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

  const localize = (key, values = {}) => {
    let text = texts[key] || key;
    if (typeof text === "object") text = text[plural.select(values.n)] || text.other || "";
    return String(text).replace(/\{(n|name)\}/g, (_, name) => name === "n" ? numbers.format(values.n) : values.name);
  };
  localize.language = language;
  // The server's own messages are English. Other languages have translations by the type of an error and the code of a problem.
  const translated = (section, code) => (texts[section] || {})[code];
  localize.failure = ({ type = "", title, detail }) => translated("errors", type.split(":").pop()) || detail || title;
  localize.problem = ({ code, message }) => translated("problems", code) || message;
  localize.direction = RIGHT_TO_LEFT.test(new Intl.Locale(language).maximize().script) ? "rtl" : "ltr";
  localize.date = (time) => dates.format(new Date(time));
  localize.age = (time) => {
    const seconds = (Date.now() - new Date(time)) / 1000, [unit, length] = UNITS.find(([, length]) => seconds >= length) || [];
    return unit ? ages.format(-Math.floor(seconds / length), unit) : now.format(0, "second");
  };
  return localize;
}

/* The language that the script or the element asks for, else the page's, else the browser's. */
function languageOf(element) {
  const marked = element.closest("[lang]") || document.documentElement;
  return optionOf(element, "lang") || marked.lang || navigator.language || "en";
}

/* Return the file for a language: exactly this one ("pt-br"), the one of its script ("zh-hant" for "zh-TW"), or the one
   of its first parts ("pt"). Empty if there is none, and for English. */
function localeName(language) {
  return localeNames(language.replace(/_/g, "-")).find(hasLocale) || "";
}

function localeNames(language) {
  const names = [language.toLowerCase()];
  try { names.push(...withPrefixes(new Intl.Locale(language).maximize().baseName.toLowerCase())); } catch { /* no valid tag */ }
  names.push(...withPrefixes(names[0]));
  return names.includes("no") || names.includes("nn") ? [...names, "nb"] : names;
}

/* The locale for numbers and dates next to the texts of a file: the wanted one with its region, if it is of the same
   language and script. "pt" alone means Brazil to browsers, and our file is European. */
function localeOf(file, wanted) {
  const { language, script } = new Intl.Locale(wanted).maximize(), ofTexts = new Intl.Locale(file).maximize();
  if (wanted === "pt" && file === wanted) return "pt-PT";
  return language === ofTexts.language && script === ofTexts.script ? wanted : file;
}

/* "zh-hant-tw", "zh-hant", "zh" */
function withPrefixes(tag) {
  const subtags = tag.split("-");
  return subtags.map((_, n) => subtags.slice(0, subtags.length - n).join("-"));
}

async function ownTexts(json) {
  try {
    const texts = JSON.parse(json || "{}");
    if (Object.keys(texts).every((key) => key in ENGLISH)) return texts;
    return (await loadPart("old_texts")).withNewKeys(texts);
  } catch (error) {
    console.warn("replygate: messages:", error.message);
    return {};
  }
}

/* The language for plurals and dates. A page's `lang` may be no valid tag; English then. */
function supportedTag(language) {
  try { return Intl.DateTimeFormat.supportedLocalesOf(language)[0] || "en"; } catch { return "en"; }
}

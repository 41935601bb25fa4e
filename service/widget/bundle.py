"""Bundle the widget's source files into the one script that pages load.

The source is in `source/`: modules in JavaScript, `styles.css`, and `locales/` with one JSON file per language.
The bundle is made when the process starts, so it always matches its source. It needs no JavaScript tool chain.
"""

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parent / "source"

HEADER = "/* Replygate comment widget. Source: service/widget/source. It sets no cookies and loads nothing else. */\n"

#: Each import is one line with names in braces, and each module exports where it declares.
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=async function|function|class|const)", re.MULTILINE)

#: Strings are in double quotes or backticks, backticks are not nested, and regular expressions hold neither.
LITERAL = r'("(?:[^"\\\n]|\\.)*"|`[^`]*`)'
COMMENT = re.compile(rf"{LITERAL}|(?<!\S)(?://[^\n]*|/\*.*?\*/)", re.DOTALL)
#: Line ends stay, so no statement depends on a semicolon that was not written.
SPACE = re.compile(rf"{LITERAL}|\s*(\n)\s*| *([{{}}()\[\];,=<>?:&|*!]) *")


def bundle(source: Path = SOURCE) -> bytes:
    """Join all modules in one function scope, each after the modules it imports."""
    modules = read_modules(source)
    imports = {name: [module for _, module in IMPORT.findall(text)] for name, text in modules.items()}
    ordered = TopologicalSorter(imports).static_order()
    code = "".join(EXPORT.sub("", IMPORT.sub("", modules[name])) for name in ordered)
    return f'{HEADER}(() => {{\n"use strict";\n{compact(code).strip()}\n}})();\n'.encode()


def read_modules(source: Path = SOURCE) -> dict[str, str]:
    """Return the JavaScript of each module, including the generated modules `locales` and `styles`."""
    modules = {path.stem: path.read_text("utf-8") for path in sorted(source.glob("*.js"))}
    styles = re.sub(r"/\*.*?\*/", "", (source / "styles.css").read_text("utf-8"), flags=re.DOTALL)
    return {**modules, "locales": _locales_module(source / "locales"), "styles": _constant("STYLES", _tidy(styles))}


def compact(code: str) -> str:
    """Leave out comments and spaces: the size of the widget counts on every page, and its source is public."""
    without_comments = COMMENT.sub(lambda match: match[1] or "", code)
    return SPACE.sub(lambda match: match[1] or match[2] or match[3], without_comments)


def _tidy(styles: str) -> str:
    return re.sub(r" ?([{};,]) ?", r"\1", " ".join(styles.split())).replace(": ", ":").strip()


def _locales_module(folder: Path) -> str:
    """Store the keys once and the texts in their order: keys in each language would cost 200 bytes.

    A text that a language lacks is in English.
    """
    locales = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    keys = list(locales["en"])
    texts = {language: [locale.get(key, locales["en"][key]) for key in keys] for language, locale in locales.items()}
    return _constant("KEYS", keys) + _constant("LOCALES", texts)


def _constant(name: str, value: object) -> str:
    return f"export const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"

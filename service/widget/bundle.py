"""Bundle the widget's source into the script that pages load, and the files that this script loads on demand.

The source is in `source/`: modules in JavaScript, `styles.css`, and `parts/` with one folder per part that is loaded on
demand. The texts are in `comments/locales`; English is in the script itself, other languages are loaded on demand. The
bundle is made when the process starts, so it always matches its source. It needs no JavaScript tool chain.
"""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path

from comments.translations import Section, Translation, translations

SOURCE = Path(__file__).parent / "source"

#: Name of the script that pages load.
SCRIPT_NAME = "widget.js"

#: Characters of the digest in the address of a language: 60 bits.
LOCALE_DIGITS = 10

#: Sections with translations of what the API answers, by type and code.
SERVER_TEXTS: tuple[Section, ...] = ("errors", "problems")

HEADER = "/* Replygate comment widget. Source: service/widget/source. It sets no cookies. */\n"

#: Each import is one line with names in braces, and each module exports where it declares.
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\./|\.\./\.\./)(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=async function|function|class|const)", re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)

#: Strings are in double quotes or backticks, backticks are not nested, and regular expressions hold neither.
LITERAL = r'("(?:[^"\\\n]|\\.)*"|`[^`]*`)'
COMMENT = re.compile(rf"{LITERAL}|(?<!\S)(?://[^\n]*|/\*.*?\*/)", re.DOTALL)
#: Line ends stay, so no statement depends on a semicolon that was not written.
SPACE = re.compile(rf"{LITERAL}|\s*(\n)\s*| *([{{}}()\[\];,=<>?:&|*!]) *")


def bundle(source: Path = SOURCE, locales: Mapping[str, object] | None = None) -> dict[str, bytes]:
    """Return the script and every file it loads on demand, by name. The names of the latter contain their hash.

    `locales` adds languages: lower-case tag -> texts.
    """
    parts = read_parts(source)
    on_demand = {f"{name}.js": _part_script(name, modules) for name, modules in parts.items()}
    texts: dict[str, object] = {tag.lower(): _texts(found) for tag, found in translations().items()}
    texts.update(locales or {})
    on_demand |= {f"{tag}.json": _json(each).encode() for tag, each in texts.items()}
    english = on_demand.pop("en.json").decode()
    digests = {name: _digest(name, content) for name, content in on_demand.items()}
    modules = read_modules(source) | {
        "english": f"export const ENGLISH = {english};\n",
        "files": _constant("FILES", digests),
        "shared": _shared_module(parts),
    }
    script = f'{HEADER}(() => {{\n"use strict";\n{_joined(modules)}\n}})();\n'.encode()
    return {SCRIPT_NAME: script} | {file_name(name, digests[name]): content for name, content in on_demand.items()}


def _texts(translation: Translation) -> dict[str, object]:
    """Return the texts of the widget, and those for the API's errors and problems. The API answers in English."""
    of_the_api: dict[str, object] = {
        section: found for section in SERVER_TEXTS if (found := translation.texts.get(section))
    }
    return {**translation.widget, **of_the_api}


def read_modules(source: Path = SOURCE) -> dict[str, str]:
    """Return the JavaScript of each module of the script, including the generated module `styles`."""
    styles = re.sub(r"/\*.*?\*/", "", (source / "styles.css").read_text("utf-8"), flags=re.DOTALL)
    return {**_read_folder(source), "styles": _constant("STYLES", _tidy(styles))}


def read_parts(source: Path = SOURCE) -> dict[str, dict[str, str]]:
    """Return the modules of each part. The exports of the module with the part's name are the part's exports."""
    return {folder.name: _read_folder(folder) for folder in sorted((source / "parts").iterdir())}


def file_name(name: str, digest: str) -> str:
    """Return the name in the address of a file such as `de.json`. files.js makes the same one."""
    stem, _, extension = name.partition(".")
    return f"widget-{stem}-{digest}.{extension}"


def compact(code: str) -> str:
    """Leave out comments and spaces: the size of the widget counts on every page, and its source is public."""
    without_comments = COMMENT.sub(lambda match: match[1] or "", code)
    return SPACE.sub(lambda match: match[1] or match[2] or match[3], without_comments)


def _part_script(name: str, modules: Mapping[str, str]) -> bytes:
    """Pass a function to the loader. It gets the names that the part uses from the script, and returns its exports."""
    uses = ", ".join(shared for shared, _ in _shared_imports({name: modules}))
    returns = ", ".join(EXPORTED.findall(modules[name]))
    code = f"const {{ {uses} }} = shared;\n{_joined(modules)}\nreturn {{ {returns} }};"
    return f'document.currentScript.replygate((shared) => {{\n"use strict";\n{code}\n}});\n'.encode()


def _shared_imports(parts: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """List the names that parts import from the script, with their module."""
    imports = [found for modules in parts.values() for text in modules.values() for found in IMPORT.findall(text)]
    return sorted({(name, module) for names, folder, module in imports if folder != "./" for name in names.split(", ")})


def _shared_module(parts: Mapping[str, Mapping[str, str]]) -> str:
    """Return the module with the object that every part gets."""
    shared = _shared_imports(parts)
    imports = "".join(f'import {{ {name} }} from "./{module}.js";\n' for name, module in shared)
    return f"{imports}export const SHARED = {{ {', '.join(name for name, _ in shared)} }};\n"


def _joined(modules: Mapping[str, str]) -> str:
    """Join modules in one function scope, each after the modules it imports."""
    imports = {
        name: [module for _, folder, module in IMPORT.findall(text) if folder == "./"] for name, text in modules.items()
    }
    code = "".join(EXPORT.sub("", IMPORT.sub("", modules[name])) for name in TopologicalSorter(imports).static_order())
    return compact(code).strip()


def _read_folder(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.js"))}


def _digest(name: str, content: bytes) -> str:
    """Return the SHA-256 in URL-safe Base64, as part of the address. Browsers check the whole one of a script.

    Languages are data that is shown as text. They need a new address for new content and no more, and 40 whole digests
    would cost every page more than 1,000 bytes.
    """
    digest = urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
    return digest if name.endswith(".js") else digest[:LOCALE_DIGITS]


def _tidy(styles: str) -> str:
    return re.sub(r" ?([{};,]) ?", r"\1", " ".join(styles.split())).replace(": ", ":").strip()


def _constant(name: str, value: object) -> str:
    return f"export const {name} = {_json(value)};\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

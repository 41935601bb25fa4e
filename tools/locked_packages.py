"""Read every locked package of Python and npm, with its hashes and its licence."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Lock file -> name of its SBOM. The first is what the image and `make install` contain.
PYTHON_LOCKS = {"requirements.txt": "replygate", "requirements-dev.txt": "development"}
NPM_LOCKS = {
    "packages/npm/package-lock.json": "npm-widget",
    "packages/client-ts/package-lock.json": "npm-client",
    "tests/support/akismet_clients/package-lock.json": "npm-test-akismet",
    "tests/vendor/perspective-client/package-lock.json": "npm-test-perspective",
}
#: Licences that may be shipped. The GPL is accepted for programs that only development runs.
SHIPPED_LICENCES = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0"}
    | {"PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
)
DEVELOPMENT_LICENCES = SHIPPED_LICENCES | {"GPL-3.0"}
#: Metadata that is no SPDX expression -> the expression.
SPDX = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The MIT License (MIT)": "MIT",
}
#: Packages without a licence in their metadata, or with one that could be several: read in their licence files.
#: The packages of other systems are not installed on Linux.
REVIEWED = {
    "async-timeout": "Apache-2.0",
    "better-profanity": "MIT",
    "colorama": "BSD-3-Clause",
    "google-re2": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "promql-parser": "MIT",
    "pywin32": "PSF-2.0",
    "scipy": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "setproctitle": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
}


@dataclass(frozen=True, slots=True)
class LockedPackage:
    kind: str  # "pypi" or "npm", as in package URLs
    name: str
    version: str
    licence: str  # an SPDX expression, or "" if it is unknown
    hashes: tuple[tuple[str, str], ...]  # (algorithm, hexadecimal digits)


def python_packages(lock: str) -> Iterator[LockedPackage]:
    for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip()):
        name, version = re.match(r"([a-z0-9-]+)==([^\s;]+)", entry).groups()  # type: ignore[union-attr]
        hashes = tuple(("SHA-256", digits) for digits in re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
        yield LockedPackage("pypi", name, version, REVIEWED.get(name) or installed_licence(name), hashes)


def npm_packages(lock: str) -> Iterator[LockedPackage]:
    for path, facts in json.loads((ROOT / lock).read_text())["packages"].items():
        if path:  # "" is our own package
            algorithm, _, digest = facts["integrity"].partition("-")
            hashes = ((f"SHA-{algorithm.removeprefix('sha')}", base64.b64decode(digest).hex()),)
            name = path.rpartition("node_modules/")[2]
            yield LockedPackage("npm", name, facts["version"], facts.get("license", ""), hashes)


def installed_licence(name: str) -> str:
    """Return the licence that the installed package declares, or "" if it is not installed or declares none."""
    try:
        return declared_licence(metadata(name))
    except PackageNotFoundError:
        return ""


def declared_licence(facts: PackageMetadata) -> str:
    if "License-Expression" in facts:
        return facts["License-Expression"]
    declared = (facts.get("License") or "").strip()
    classifiers = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier", []) if "License ::" in line]
    found = [SPDX.get(text, text) for text in (declared, *classifiers)]
    return next((text for text in found if expression_names(text) <= DEVELOPMENT_LICENCES and text), "")


def expression_names(expression: str) -> frozenset[str]:
    """Return all licences of an SPDX expression. Of alternatives, all must be acceptable, which is stricter."""
    return frozenset(re.findall(r"[^\s()]+", re.sub(r"\b(AND|OR)\b", " ", expression)))

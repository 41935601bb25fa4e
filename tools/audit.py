"""Ask for published vulnerabilities of all locked packages. Fails if there is one.

PyPI and the npm registry are asked. Mirrors do not have this service: then the audit says so and does not fail, unless
`--required` is given.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .locked_packages import NPM_LOCKS, PYTHON_LOCKS, ROOT

#: Seconds for one lock file. A service that does not answer must not hold up the other checks.
TIMEOUT = 60.0
NOT_ASKED = "not audited, because the service of vulnerabilities does not answer"


def python_findings(report: Mapping[str, Any]) -> list[str] | None:
    """Return the vulnerabilities of a report of pip-audit, or None if no package at all could be looked up."""
    packages = report.get("dependencies", [])
    if all("skip_reason" in package for package in packages):
        return None
    return [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package.get("vulns", [])
    ]


def npm_findings(report: Mapping[str, Any]) -> list[str] | None:
    """Return the vulnerabilities of a report of `npm audit`, or None if the registry did not answer it."""
    if "vulnerabilities" not in report:
        return None
    return [f"{name}: {found['severity']}, {found['range']}" for name, found in report["vulnerabilities"].items()]


def python_report(lock: str) -> Mapping[str, Any]:
    options = ("--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off", "--timeout=10")
    return _run([sys.executable, "-m", "pip_audit", *options, "--requirement", lock], ROOT)


def npm_report(lock: str) -> Mapping[str, Any]:
    return _run(["npm", "audit", "--package-lock-only", "--json"], (ROOT / lock).parent)


def _run(words: list[str], directory: Path) -> Mapping[str, Any]:
    """Return the JSON that a command prints, or nothing if it prints none or takes too long."""
    try:
        done = subprocess.run(words, cwd=directory, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        report: Mapping[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return {}
    return report


def summary(results: Iterable[tuple[str, list[str] | None]], required: bool) -> tuple[list[str], bool]:
    """Return a line for each lock file and vulnerability, and whether the audit passes."""
    lines, passes = [], True
    for lock, findings in results:
        if findings is None:
            lines.append(f"{lock}: {NOT_ASKED}")
            passes = passes and not required
        else:
            lines += [f"{lock}: {finding}" for finding in findings] or [f"{lock}: no known vulnerabilities"]
            passes = passes and not findings
    return lines, passes


if __name__ == "__main__":
    *_, development = PYTHON_LOCKS  # has every package of the other one
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(python_report, development)
        npm = list(zip(NPM_LOCKS, map(npm_findings, pool.map(npm_report, NPM_LOCKS)), strict=True))
        printed, is_good = summary([(development, python_findings(asked.result())), *npm], "--required" in sys.argv)
    print("\n".join(printed))
    sys.exit(not is_good)

"""Locked packages: their licences, the bill of materials, and the audit of vulnerabilities."""

import json
import re
from email.message import Message
from pathlib import Path

import pytest

from tools.audit import NOT_ASKED, npm_findings, python_findings, summary
from tools.locked_packages import (
    DEVELOPMENT_LICENCES,
    NPM_LOCKS,
    PYTHON_LOCKS,
    ROOT,
    SHIPPED_LICENCES,
    declared_licence,
    expression_names,
    npm_packages,
    python_packages,
)
from tools.sbom import write_all


def test_every_lock_file_has_a_bill() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts
    }
    assert {path for path in found if not path.startswith(".venv")} == set(NPM_LOCKS)


def test_every_shipped_package_has_an_accepted_licence() -> None:
    packages = list(python_packages("requirements.txt"))
    assert len(packages) > 30
    assert {p.name: p.licence for p in packages if not expression_names(p.licence) <= SHIPPED_LICENCES} == {}
    assert [p.name for p in packages if not p.licence] == []


def test_every_package_of_development_has_an_accepted_licence() -> None:
    packages = [p for lock in NPM_LOCKS for p in npm_packages(lock)] + list(python_packages("requirements-dev.txt"))
    assert {p.name: p.licence for p in packages if not expression_names(p.licence) <= DEVELOPMENT_LICENCES} == {}
    assert [p.name for p in packages if not p.licence] == []


@pytest.mark.parametrize(
    ("facts", "licence"),
    [
        ({"License-Expression": "MIT AND PSF-2.0"}, "MIT AND PSF-2.0"),
        ({"License": "Apache 2.0"}, "Apache-2.0"),
        ({"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"License": "Our own, see the file"}, ""),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, ""),
        ({}, ""),
    ],
)
def test_only_a_licence_that_is_clear_counts(facts: dict[str, str], licence: str) -> None:
    message = Message()
    for name, value in facts.items():
        message[name] = value
    assert declared_licence(message) == licence


def test_all_licences_of_an_expression_count() -> None:
    assert expression_names("(MIT OR GPL-3.0) AND ISC") == {"MIT", "GPL-3.0", "ISC"}


def test_the_bills_list_every_locked_package_with_hashes(tmp_path: Path) -> None:
    files = write_all(tmp_path)
    assert [file.name.partition(".")[0] for file in files] == [*PYTHON_LOCKS.values(), *NPM_LOCKS.values()]
    for file, lock in zip(files, [*PYTHON_LOCKS, *NPM_LOCKS], strict=True):
        bill = json.loads(file.read_text())
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
        text = (ROOT / lock).read_text()
        if lock in PYTHON_LOCKS:
            expected = {f"pkg:pypi/{n}@{v}" for n, v in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE)}
            assert {one["purl"] for one in bill["components"]} == expected
        assert all(one["hashes"] and one["licenses"] for one in bill["components"])


def test_a_vulnerability_fails_the_audit() -> None:
    found = {"id": "PYSEC-1", "fix_versions": ["2.1"]}
    packages = [{"name": "flask", "version": "2.0", "vulns": [found]}, {"name": "local", "skip_reason": "not found"}]
    lines, passes = summary([("requirements.txt", python_findings({"dependencies": packages}))], required=False)
    assert (lines, passes) == (["requirements.txt: flask 2.0: PYSEC-1, fixed in 2.1"], False)
    report = {"vulnerabilities": {"tar": {"severity": "high", "range": "<6"}}}
    assert summary([("package-lock.json", npm_findings(report))], required=False) == (
        ["package-lock.json: tar: high, <6"],
        False,
    )


def test_an_audit_without_vulnerabilities_passes() -> None:
    audited = [("a", python_findings({"dependencies": [{"name": "x", "version": "1", "vulns": []}]}))]
    assert summary([*audited, ("b", npm_findings({"vulnerabilities": {}}))], required=True) == (
        ["a: no known vulnerabilities", "b: no known vulnerabilities"],
        True,
    )


@pytest.mark.parametrize("required", [True, False])
def test_a_service_that_does_not_answer_is_named_and_fails_only_where_it_is_required(required: bool) -> None:
    skipped = {"dependencies": [{"name": "flask", "skip_reason": "not found on PyPI"}]}
    for findings in (python_findings(skipped), python_findings({}), npm_findings({"error": "405"}), npm_findings({})):
        assert summary([("lock", findings)], required) == ([f"lock: {NOT_ASKED}"], not required)

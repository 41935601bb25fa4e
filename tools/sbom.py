"""Write a software bill of materials for each lock file, as CycloneDX 1.6 in JSON.

Usage: python -m tools.sbom [DIRECTORY]
"""

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from .locked_packages import NPM_LOCKS, PYTHON_LOCKS, ROOT, LockedPackage, npm_packages, python_packages


def bill(name: str, packages: Iterable[LockedPackage]) -> Bom:
    """Return the bill of a lock file. `name` is what has these packages."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    bom = Bom()
    bom.metadata.component = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name)
    components = [component(package) for package in packages]
    for one in components:
        bom.components.add(one)
    bom.register_dependency(bom.metadata.component, components)
    return bom


def component(package: LockedPackage) -> Component:
    namespace, _, name = package.name.rpartition("/")
    url = PackageURL(package.kind, namespace or None, name, package.version)
    licences = [LicenseFactory().make_from_string(package.licence)] if package.licence else []
    return Component(
        name=name,
        group=namespace or None,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=url.to_string(),
        licenses=licences,
        hashes=[HashType(alg=HashAlgorithm(algorithm), content=digits) for algorithm, digits in package.hashes],
    )


def write_all(directory: Path) -> list[Path]:
    directory.mkdir(parents=True, exist_ok=True)
    bills = [(name, python_packages(lock)) for lock, name in PYTHON_LOCKS.items()]
    bills += [(name, npm_packages(lock)) for lock, name in NPM_LOCKS.items()]
    files = []
    for name, packages in bills:
        file = directory / f"{name}.cdx.json"
        JsonV1Dot6(bill(name, packages)).output_to_file(str(file), allow_overwrite=True, indent=2)
        files.append(file)
    return files


if __name__ == "__main__":
    for written in write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "report/sbom"):
        print(written)

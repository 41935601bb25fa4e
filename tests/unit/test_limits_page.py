"""The documented limits and times are those of the code."""

import re

import pytest

from docs.limits_table import PACKAGES, PAGE, Numbers

ROW = re.compile(r"^\| (?P<meaning>.+) \| [^|]+ \| `(?P<module>[a-z_.]+)` (?P<names>[^|]+) \|$", re.MULTILINE)
ROWS = {f"{found['module']} {found['names']}": found for found in ROW.finditer(PAGE.read_text())}


@pytest.mark.parametrize("name", ROWS)
def test_documented_numbers_are_those_in_use(name: str) -> None:
    """`python -m docs.limits_table` writes the rows."""
    found = ROWS[name]
    names = tuple(re.findall(r"`(\w+)`", found["names"]))
    assert Numbers(found["module"], names, found["meaning"]).row == found[0]


def test_the_page_has_numbers_of_every_package() -> None:
    for package in PACKAGES.values():
        assert len([name for name in ROWS if name.startswith(package.replace("/", "."))]) > 40

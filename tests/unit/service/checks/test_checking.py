"""Checks of programs are kept as long as their site wants."""

import pytest

from service.checks.checking import kept_seconds
from tests.support.builders import a_site


@pytest.mark.parametrize("days", [1, 30])
def test_a_check_is_kept_for_the_days_that_its_site_chose(days: int) -> None:
    assert kept_seconds(a_site(check_days=days)) == days * 24 * 60 * 60

"""Strangers with the name of a member of the team are held."""

import pytest

from tests.support.builders import a_comment
from tests.unit.workers.about import strengths
from workers.filters.impersonation import ImpersonationFilter

STAFF = frozenset({"Ada Lovelace"})


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "ada lovelace",
        "AdaLovelace",
        "Ada Lovelace (staff)",
        "Ädä Lövelace",
        "Аdа Lоvеlасе",
        "Ada\u200b Lovelace",
    ],
)
def test_the_name_of_the_team_holds_a_stranger(name: str) -> None:
    assert strengths(ImpersonationFilter(), a_comment(author=name), staff_names=STAFF) == {"author.impersonation": 1.0}


@pytest.mark.parametrize("name", ["Ada", "Lovelace", "Ada Byron", "", "staff"])
def test_other_names_are_free(name: str) -> None:
    assert strengths(ImpersonationFilter(), a_comment(author=name), staff_names=STAFF) == {}


@pytest.mark.parametrize("proof", [{"user": "u"}, {"email_confirmed": True}])
def test_a_verified_author_may_have_the_same_name(proof: dict[str, object]) -> None:
    assert strengths(ImpersonationFilter(), a_comment(author="Ada Lovelace", **proof), staff_names=STAFF) == {}


def test_a_site_without_a_team_holds_nobody() -> None:
    assert strengths(ImpersonationFilter(), a_comment(author="Ada Lovelace")) == {}

"""Pages for operators show the sites of a large installation in parts, the busiest first, with a search."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.web.site_lists import SITES_SHOWN, SiteListQuery, site_list
from tests.support.builders import a_site, accepted, published
from tests.support.operations import open_operated_app
from tests.support.web_app import WebApp

N_SITES = 130


@pytest.fixture
def operated(storage) -> WebApp:
    app = open_operated_app(storage)
    for n in range(N_SITES):
        storage.sites.put(a_site(id=f"s{n:03}", name=f"Name {n}", origins=(f"https://of-{n}.example",)))
    now = datetime.now(UTC)
    accepted(storage, site="s100", received=now)
    accepted(storage, site="s120", received=now)
    accepted(storage, site="s120", received=now, content="Another one.")
    published(storage, site="s110", received=now)
    storage.sites.put(replace(storage.sites.get("s090"), paused=True))
    return app


@pytest.fixture
def operator(operated):
    return operated.signed_in("op", operator=True)


def n_sites(operator) -> int:
    """Return the number of sites, those of the fixture included."""
    return len(operator.get("/ops/numbers.csv").text.splitlines()) - 1


def shown(page: str) -> list[str]:
    return re.findall(r"new comments of (s\d+)\"", page)


def test_the_paused_sites_come_first_and_then_the_busiest(operator):
    page = operator.get("/ops/judging").text
    assert shown(page)[:4] == ["s090", "s120", "s100", "s000"]
    assert page.count('/new-comments"') == SITES_SHOWN
    assert f"1 to {SITES_SHOWN} of {n_sites(operator)} sites" in page


def test_the_pages_together_show_every_site_once(operator):
    seen: list[str] = []
    address = "/ops/judging"
    while address:
        page = operator.get(address).text
        seen += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"s{n:03}" for n in range(N_SITES)]
    assert 'rel="prev"' in page


@pytest.mark.parametrize("q", ["S07", "name 7", "of-7", " s07 "])
def test_sites_are_found_by_id_name_and_origin(operator, q):
    page = operator.get("/ops/judging", query_string={"q": q}).text
    assert "s070" in shown(page) or "s007" in shown(page)
    assert len(shown(page)) < 20
    assert f"that match, of {n_sites(operator)}" in page


def test_a_search_without_a_result_says_so(operator):
    page = operator.get("/ops/judging?q=<nowhere>").text
    assert "No site matches" in page
    assert shown(page) == []
    assert 'value="&lt;nowhere&gt;"' in page


def test_a_page_after_the_last_one_is_the_last_one(operator):
    assert operator.get("/ops/judging?page=999").text == operator.get("/ops/judging?page=3").text


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "q=" + "x" * 101, "more=1"])
@pytest.mark.parametrize("path", ["/ops/judging", "/ops/numbers"])
def test_a_wrong_query_is_refused(operator, path, query):
    assert operator.get(f"{path}?{query}").status_code == 422


def test_a_pause_leads_back_to_the_same_part_of_the_list(operator):
    answer = operator.post_form("/ops/judging/pause", site="s050", q="Name", page="2")
    assert answer.headers["Location"] == "/ops/judging?q=Name&page=2"
    answer = operator.post_form("/ops/judging/s050/new-comments", to="pause", page="2")
    assert answer.headers["Location"] == "/ops/judging?page=2"


def test_a_short_list_has_neither_search_nor_pages(storage):
    page = open_operated_app(storage).signed_in("op", operator=True).get("/ops/judging").text
    assert 'type="search"' not in page
    assert 'rel="next"' not in page


def test_numbers_of_all_sites_are_shown_in_parts_and_summed_over_all(operator):
    first = operator.get("/ops/numbers?range=12m").text
    assert first.index(">Name 120<") < first.index(">Name 0<")
    assert f"1 to {SITES_SHOWN} of {n_sites(operator)} sites" in first
    assert 'href="/ops/numbers?range=12m&amp;page=2#sites"' in first
    found = operator.get("/ops/numbers?range=12m&q=s120").text
    assert ">Name 120<" in found
    assert ">Name 110<" not in found
    tiles = re.compile(r'<dl class="tiles">.*?</dl>', re.DOTALL)
    assert tiles.search(found)[0] == tiles.search(first)[0]


def test_the_csv_file_has_all_sites(operator):
    names = {line.partition(",")[0] for line in operator.get("/ops/numbers.csv?range=12m").text.splitlines()}
    assert names >= {f"s{n:03}" for n in range(N_SITES)}


def test_a_list_of_no_sites_is_an_empty_page():
    empty = site_list([], lambda row: row, SiteListQuery(q="", page=3))
    assert (list(empty.rows), empty.page, empty.found, empty.is_long) == ([], 1, 0, False)


def test_the_operations_page_shows_the_busiest_sites_and_says_so(operated, operator, storage):
    page = operator.get("/ops").text
    rows = re.findall(r"<td>(s\d+)</td>", page)
    assert rows[:4] == ["s120", "s100", "s110", "s000"]
    assert len(rows) < SITES_SHOWN + 1
    assert f"Comments of the {SITES_SHOWN} sites with most queued comments." in page

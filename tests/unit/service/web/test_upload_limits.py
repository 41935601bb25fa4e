"""The requests that may be larger than others, and by how much."""

import pytest

from service.web.upload_limits import LARGEST_REQUEST, large_request_limit, long_comment_limit

MIB = 2**20


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/sites/blog/import", 9 * MIB),
        ("/comments/sites/blog/import/", 9 * MIB),
        ("/sites/blog/rules/import", 2 * MIB),
        ("/ops/rules/import", 2 * MIB),
        ("/v1/sites/blog/threads/moves", MIB),
        ("/v1/sites/blog/comments", 0),
        ("/sites/blog/import/other", 0),
    ],
)
def test_files_and_lists_of_people_who_signed_in_may_be_large(path: str, limit: int) -> None:
    assert large_request_limit("POST", path, "a cookie") == limit <= LARGEST_REQUEST == 9 * MIB
    assert large_request_limit("POST", path, "") == large_request_limit("GET", path, "a cookie") == 0


@pytest.mark.parametrize("path", ["/1.1/comment-check", "/key/1.1/submit-spam", "/comments/1.2/submit-ham"])
def test_comments_for_the_akismet_api_may_be_twice_as_long_as_wordpress_sends_them(path: str) -> None:
    assert long_comment_limit("POST", path) == 2_000_000
    assert long_comment_limit("GET", path) == long_comment_limit("POST", f"{path}/") == 0
    assert long_comment_limit("POST", path.replace("/1.", "/2.")) == 0

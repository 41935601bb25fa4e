"""Addresses in pages are cached, and those of an application below a path begin with it."""

from flask import Flask, url_for

from service.web.page_addresses import register_page_addresses


def an_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/sites/<site>", "site_page", lambda site: site)
    register_page_addresses(app)
    return app


def test_a_cached_address_is_the_one_that_flask_builds() -> None:
    app = an_app()
    address = app.jinja_env.globals["url_for"]
    with app.test_request_context("/"):
        for values in ({"site": "blog"}, {"site": "blog", "q": "a b&c"}, {"site": "blog", "q": None}, {"site": "a/b"}):
            for _ in range(2):
                assert address("site_page", **values) == url_for("site_page", **values)


def test_an_address_begins_with_the_path_of_the_application() -> None:
    app = an_app()
    address = app.jinja_env.globals["url_for"]
    with app.test_request_context("/"):
        assert address("site_page", site="blog") == "/sites/blog"
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/comments"}):
        assert address("site_page", site="blog") == "/comments/sites/blog"


def test_numbers_and_switches_are_not_confused() -> None:
    app = an_app()
    address = app.jinja_env.globals["url_for"]
    with app.test_request_context("/"):
        found = [address("site_page", site="blog", page=page) for page in (1, True, "1")]
    assert found == ["/sites/blog?page=1", "/sites/blog?page=True", "/sites/blog?page=1"]

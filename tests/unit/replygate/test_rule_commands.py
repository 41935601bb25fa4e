"""`replygate rules` adds, lists, imports, exports and removes rules of a site or of all sites."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from comments.author_rules import SHARED_RULES
from comments.site import Site
from comments.storage.interfaces import Storage

Run = Callable[..., Result]


def test_rules_are_added_listed_and_removed(run: Run, storage: Storage, blog: Site) -> None:
    added = run("rules", "add", "blog", "domain", "spam.example", "--expiry", "30d", "--reason", "Adverts")
    assert added.exit_code == 0, added.output
    listed = run("rules", "list", "blog").output
    assert "domain:spam.example" in listed
    assert "Adverts" in listed
    assert run("rules", "remove", "blog", "domain:spam.example").exit_code == 0
    assert run("rules", "remove", "blog", "domain:spam.example").exit_code == 1
    assert storage.author_rules.count("blog") == 0


def test_a_list_with_mistakes_is_refused_with_every_line(
    run: Run, storage: Storage, blog: Site, tmp_path: Path
) -> None:
    path = tmp_path / "list.txt"
    path.write_text("spam.example\nco.uk\n/a(/\ncasino\n")
    refused = run("rules", "import", "blog", str(path))
    assert refused.exit_code == 2
    assert "line 2: co.uk" in refused.output
    assert "line 3: /a(/" in refused.output
    assert storage.author_rules.count("blog") == 0
    assert run("rules", "import", "all", str(path), "--skip-problems", "--effect", "hold").exit_code == 0
    assert {rule.name for rule in storage.author_rules.all(SHARED_RULES)} == {"domain:spam.example", "term:casino"}
    exported = run("rules", "export", "all").stdout
    path.write_text(exported)
    assert run("rules", "import", "blog", str(path)).exit_code == 0
    assert storage.author_rules.count("blog") == 2

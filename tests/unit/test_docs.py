"""The docs name only commands, files, settings and pictures that exist."""

import ast
import configparser
import importlib.util
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from click import Choice, Command, Group
from click.testing import Result

from comments.signals import missing_declarations
from comments.translations import translations
from docs import export_table, language_table, privacy_table
from docs.site_settings import with_table
from replygate.__main__ import cli
from service.web.errors import MAPPINGS
from tests.support.builders import NOW, a_comment, a_site
from workers.filters import BUILT_IN
from workers.filters.base import Facts
from workers.judging.policy import build_policy

ROOT = Path(__file__).parents[2]
LUA = ROOT / "comments/storage/lua"
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
#: A code block or inline code. Inline code may go on in the next line.
CODE = re.compile(r"^ *```.*?^ *```|`[^`]+`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s`(]|bin/)replygate ([^\n|;><#)&`]+)", re.MULTILINE)
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
#: What `docker compose` can do, as far as the docs use it.
COMPOSE = {"up", "ps", "stop", "exec", "run"}


def code(text: str) -> Iterator[str]:
    for found in CODE.findall(text):
        yield found if found.lstrip().startswith("```") else re.sub(r"\s+", " ", found)


def commands(text: str) -> Iterator[list[str]]:
    """The words after `replygate` of each command in the code of a page."""
    for part in code(text):
        for words in COMMAND.findall(part):
            split = shlex.split(words, comments=True)
            yield split[2:] if split[0] == "--data" else split


#: The changelog may name commands of former versions.
ALL = sorted(
    {(page, shlex.join(words)) for page, text in PAGES.items() if page != "CHANGELOG.md" for words in commands(text)}
)


def test_the_docs_show_commands() -> None:
    assert len(ALL) > 60


@pytest.mark.parametrize(("page", "command"), ALL)
def test_every_command_of_the_docs_exists(page: str, command: str) -> None:
    words, found = shlex.split(command), cli
    if not re.fullmatch(r"[a-z]+", words[0]):
        return  # a definition of the command itself, such as `replygate "$@"`
    while isinstance(found, Group) and words:
        assert words[0] in found.commands
        found = found.commands[words.pop(0)]
    known = {name for option in found.params for name in (*option.opts, *option.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known
    assert not words or words[0].startswith("-") or words[0] in (_choices(found) or words)


@pytest.mark.parametrize(
    "command", sorted({command for _, command in ALL if command.startswith(("site add", "site set"))})
)
def test_every_setting_of_the_docs_is_accepted(run: Callable[..., Result], command: str) -> None:
    words = shlex.split(command)
    if words[1] == "set":
        assert run("site", "add", words[2], "name=A site").exit_code == 0
    answer = run(*words)
    assert answer.exit_code == 0, answer.output


def _choices(command: Command) -> tuple[str, ...]:
    """The values of the first argument; empty if any value is possible."""
    first = next((parameter for parameter in command.params if parameter.param_type_name == "argument"), None)
    return tuple(first.type.choices) if first and isinstance(first.type, Choice) else ()


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for part in code(PAGES[page]) for name in re.findall(r"(?:^|[`\s])make ([a-z]+)\b", part)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_module_that_the_docs_run_exists(page: str) -> None:
    named = set(re.findall(r"python3? -m ([\w.]+)", PAGES[page])) - {"http.server"}
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_of_the_docs_exists(page: str) -> None:
    top = {path.name for path in ROOT.iterdir() if path.is_dir()}
    named = [span.strip("`/") for span in re.findall(r"`[\w./-]+`", PAGES[page]) if "/" in span]
    paths = [path for path in named if path.partition("/")[0] in top - {"report", "var"}]
    scripts = {str(path.relative_to(LUA).with_suffix("")) for path in LUA.rglob("*.lua")}
    assert [path for path in paths if not (ROOT / path).exists() and path not in scripts] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_compose_command_names_services_that_exist(page: str) -> None:
    for part in code(PAGES[page]):
        for line in re.findall(r"docker compose ([^\n`;|<>]+)", part):
            words = shlex.split(line.partition(" sh -c ")[0])
            assert words[0] in COMPOSE, line
            scaled = [words[i + 1].partition("=")[0] for i, word in enumerate(words) if word == "--scale"]
            target = [word for word in words[1:] if not word.startswith("-")] if words[0] in ("exec", "run") else []
            assert {*scaled, *target[:1]} <= set(SERVICES), line


def test_the_configuration_page_lists_every_variable_with_its_default() -> None:
    rows = re.findall(r"^\| `(REPLYGATE_\w+)` \| (.*?) ?\|", PAGES["docs/configuration.md"], re.MULTILINE)
    example = re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert [(name, default.strip("`")) for name, default in rows] == example


def test_the_configuration_page_explains_every_site_setting() -> None:
    """`python -m docs.site_settings` writes the table."""
    page = PAGES["docs/configuration.md"]
    assert with_table(page) == page


def test_the_languages_page_lists_every_language_and_who_reviewed_it() -> None:
    """`python -m docs.language_table` writes the table."""
    page = PAGES["docs/languages.md"]
    assert language_table.with_table(page) == page
    assert all(f"| `{tag}` | {found.name} |" in page for tag, found in translations().items())


def test_the_privacy_page_lists_every_key_with_personal_data() -> None:
    """`python -m docs.privacy_table` writes the table."""
    page = PAGES["docs/privacy.md"]
    assert privacy_table.with_table(page) == page


def test_the_docs_say_of_every_key_how_exports_treat_it() -> None:
    """`python -m docs.export_table` writes the table."""
    page = PAGES["docs/export.md"]
    assert export_table.with_table(page) == page


def test_the_readme_is_short() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 120


def test_every_picture_is_shown_and_taken_by_the_script() -> None:
    pictures = {path.stem for path in (ROOT / "docs/images").glob("*.png")}
    shown = {name for text in PAGES.values() for name in re.findall(r"images/([\w-]+)\.png", text)}
    taken = set(re.findall(r'(?:Picture|save)\((?:page, )?"([\w-]+)"', (ROOT / "docs/screenshots.py").read_text()))
    compared = set(re.findall(r'pages\["/(\w+)"\]', (ROOT / "bench/widgets.py").read_text()))
    assert pictures == shown == taken | {f"widget-{name}" for name in compared}


def test_the_pictures_of_the_desk_are_shown_and_in_the_table() -> None:
    pictures = {path.name for path in (ROOT / "docs/images/desk").iterdir()}
    assert pictures == set(re.findall(r"images/desk/([\w-]+\.webp)", PAGES["docs/review-desk.md"]))
    pages = {re.sub(r"^(before|after)-|-\d+-(light|dark)\.webp$", "", name) for name in pictures}
    assert pages == set(re.findall(r'DeskPage\("([\w-]+)"', (ROOT / "docs/review_pictures.py").read_text()))


def test_the_navigation_lists_every_page() -> None:
    listed = set(re.findall(r"[\w-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_the_map_of_the_architecture_lists_every_package() -> None:
    lines = PAGES["docs/architecture.md"].partition("```text\n")[2].partition("```")[0].splitlines()
    listed, top = set(), ""
    for line in lines:
        name = line.split()[0]
        top, path = (name, name) if not line.startswith(" ") else (top, top + name)
        listed.add(path.strip("/"))
    found = [
        path for name in ("service", "workers", "replygate", "comments") for path in ROOT.glob(f"{name}/*/__init__.py")
    ]
    assert {path.parent.relative_to(ROOT).as_posix() for path in found} <= listed
    assert [path for path in listed if not (ROOT / path).is_dir()] == []


def test_every_metric_of_the_docs_exists() -> None:
    source = "".join((ROOT / "service/ops" / name).read_text() for name in ("prometheus.py", "site_metrics.py"))
    named = {name for text in PAGES.values() for name in re.findall(r"`(replygate_[a-z_]+)`", text)}
    assert [name for name in named if f'"{name.removesuffix("_total")}"' not in source] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_signal_of_the_docs_exists(page: str) -> None:
    known = set(build_policy(BUILT_IN, {}).weights)
    families = {signal.partition(".")[0] for signal in known if "." in signal}
    named = {name for name in re.findall(r"`([a-z-]+\.[a-z-]+)`", PAGES[page]) if name.partition(".")[0] in families}
    assert named <= known


def test_the_example_of_an_audit_entry_has_the_fields_of_one(run: Callable[..., Result]) -> None:
    assert run("site", "add", "blog", "name=A site").exit_code == 0
    (line, *_) = run("audit", "--site", "blog").stdout.splitlines()
    (example,) = re.findall(r"^```json\n(.*?)^```", PAGES["docs/team.md"], re.DOTALL | re.MULTILINE)
    assert set(json.loads(line)) <= set(json.loads(example)), line


PARSERS: dict[str, Callable[[str], object]] = {
    "python": ast.parse,
    "json": json.loads,
    "yaml": yaml.safe_load,
    "toml": tomllib.loads,
    "sh": lambda text: subprocess.run(["bash", "-n"], input=text, text=True, check=True),
    "ini": lambda text: configparser.ConfigParser(interpolation=None).read_string(text),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_can_be_parsed(page: str) -> None:
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE):
        if language in PARSERS:
            PARSERS[language](text)


def test_the_api_page_lists_every_type_of_error_with_its_status() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", PAGES["docs/api.md"], re.MULTILINE)
    assert sorted(rows) == sorted((mapping.type, str(mapping.status)) for mapping in MAPPINGS.values())


@pytest.mark.parametrize("page", ["moderators", "team", "website-owners", "operators", "faq"])
def test_every_label_that_the_guides_name_is_on_a_page(page: str) -> None:
    folders = [*ROOT.glob("service/**/*.html"), *ROOT.glob("service/**/*.py"), ROOT / "comments/lifecycle.py"]
    pages = "".join(path.read_text() for path in folders)
    labels = re.findall(r"(?<!\*)\*([A-Z][A-Za-z ]+)\*(?!\*)", PAGES[f"docs/{page}.md"])
    assert labels
    assert [label for label in labels if label not in pages] == []


def test_the_filter_of_the_contributors_guide_works() -> None:
    chapter = PAGES["docs/contributors.md"].partition("## Add a filter")[2]
    source = chapter.partition("```python\n")[2].partition("```")[0]
    module = {"__name__": "workers.filters.one_word", "__package__": "workers.filters"}
    exec(compile(source, "one_word.py", "exec"), module)
    built = module["OneWordFilter"]()
    facts = Facts(a_site(), NOW)
    assert [signal.name for signal in built(a_comment(content="First"), facts)] == list(built.signals)
    assert list(built(a_comment(content="Not the first"), facts)) == []
    assert missing_declarations(built.signals) == []

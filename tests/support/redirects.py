"""Addresses that look local but lead to another site, and a model of how browsers parse addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

EVIL = "evil.example"
HOME = "blog.example"

#: `{evil}` and `{home}` are hosts.
TRICKS = (
    # plain, and with other schemes
    *("https://{evil}", "http://{evil}/", "HTTPS://{evil}/", "ftp://{evil}/", "ws://{evil}/", "file://{evil}/x"),
    # without a scheme or with a partial one
    *(
        "//{evil}",
        "///{evil}",
        "////{evil}",
        "/////{evil}",
        "//{evil}/%2f..",
        "//{evil}//",
        "https:{evil}",
        "https:/{evil}",
    ),
    *("https:///{evil}", "https:////{evil}", "http:{evil}", "http:/{evil}", ":{evil}", "://{evil}", "//https:{evil}"),
    # backslashes
    *("\\\\{evil}", "\\/{evil}", "/\\{evil}", "/\\/{evil}", "\\/\\/{evil}", "/\\\\{evil}", "https:\\\\{evil}"),
    *(
        "https:/\\{evil}",
        "https:\\/{evil}",
        "https://{home}\\@{evil}",
        "https://{home}\\.{evil}",
        "https://{evil}\\{home}",
    ),
    *("https://{evil}\\@{home}", "https://{home}:\\@{evil}", "//{evil}\\.{home}", "/%5c{evil}", "%5c%5c{evil}"),
    # user names before the host
    *("https://{home}@{evil}", "https://{home}:443@{evil}/", "https://user:{home}@{evil}", "https://{home}%40{evil}"),
    *("https://{home}%2f@{evil}", "https://{home}#@{evil}", "https://{evil}#@{home}", "https://{home}?@{evil}"),
    *(
        "https://{evil}?@{home}",
        "//{home}@{evil}",
        "https://@{evil}",
        "https://:@{evil}",
        "https://{home}@{evil}@{home}",
    ),
    *("https://{evil}@{home}", "https://{home};@{evil}", "https://{home} @{evil}", "https://{home}&@{evil}"),
    # hosts that start or end like home
    *("https://{home}.{evil}", "https://{home}.{evil}/{home}", "https://{evil}/{home}", "https://{evil}?{home}"),
    *("https://{evil}#{home}", "https://{evil};{home}", "https://x{home}", "https://{home}x", "https://{home}."),
    *("https://www.{home}", "https://{home}:8443", "https://{home}:80", "http://{home}", "http://{home}:443"),
    *("https://{home}:0", "https://{home}:99999", "https://{home}:", "https://{home}:https", "https://{home}:443:443"),
    *("https://{home}%2e{evil}", "https://{home}%00.{evil}", "https://{home}%0d%0a.{evil}", "https://{home}%09{evil}"),
    *("https://{home}%3f.{evil}", "https://{home}%23.{evil}", "https://{home}%5c.{evil}", "https://{home}%252f{evil}"),
    # characters that are normalized to others
    *("https://ｅvil.example", "https://evil。example", "https://evil．example", "https://evil｡example"),
    *(
        "https://{home}／@{evil}",
        "https://{home}＠{evil}",
        "https://{home}⁄{evil}",
        "https://{home}℀.{evil}",
        "//evil%E3%80%82example",
    ),
    *(
        "https://bl\u043eg.example",
        "https://blog\u200b.example",
        "https://blog.exam\u00adple",
        "https://blog.example\u2024{evil}",
    ),
    # characters that parsers drop
    *("\t//{evil}", "/\t/{evil}", "/\n/{evil}", "/\r/{evil}", "//\t{evil}", "ht\ntps://{evil}", "https\n://{evil}"),
    *("https:\t//{evil}", "https:/\t/{evil}", "https:/\n/{evil}", "https://\t{evil}", "https://{home}\t.{evil}"),
    *("https://{home}\n.{evil}", "https://{home}\r\nX-Evil: 1", "https://{home}/\r\nLocation: https://{evil}"),
    *(" //{evil}", "\x00//{evil}", "\x01//{evil}", "\x1f//{evil}", "\x0b//{evil}", "\x0c//{evil}", "\u00a0//{evil}"),
    *(
        "\u2028//{evil}",
        "\ufeff//{evil}",
        "\u3000//{evil}",
        "//{evil}\x00.{home}",
        "https://{home}\x00.{evil}",
        "\x7f//{evil}",
    ),
    # relative paths
    *(
        "/..//{evil}",
        "/.//{evil}",
        "/./\\{evil}",
        "/../\\{evil}",
        ".//{evil}",
        "..//{evil}",
        "./\\{evil}",
        "/;//{evil}",
    ),
    *("/%2f{evil}", "/%2f%2f{evil}", "%2f%2f{evil}", "/%09/{evil}", "/%0a/{evil}", "/%0d/{evil}", "/.%09/{evil}"),
    *("/redirect?to=//{evil}", "?//{evil}", "#//{evil}", ";//{evil}", "@{evil}", "/@{evil}", "//@{evil}", "//:@{evil}"),
    # other schemes
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
    ),
    *(
        "javascript://{home}/%0aalert(1)",
        "javascript:alert(1)//{home}",
        "javascript:alert(1)#https://{home}",
        " javascript:alert(1)",
    ),
    *(
        "data:text/html,<script>alert(1)</script>",
        "data:;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "blob:https://{home}/x",
    ),
    *(
        "view-source:https://{evil}",
        "about:blank",
        "mailto:x@{evil}",
        "intent://{evil}#Intent;end",
        "feed:https://{evil}",
    ),
    *(
        "filesystem:https://{evil}/x",
        "jar:https://{evil}!/x",
        "tel:1",
        "https",
        "https:",
        "https:/",
        "https://",
        "//",
        "///",
        "/\\",
    ),
    # numeric hosts
    *(
        "https://0x7f000001",
        "https://2130706433",
        "https://017700000001",
        "https://127.1",
        "https://[::1]",
        "https://[::ffff:7f00:1]",
    ),
    *("https://[", "https://]", "https://[{evil}]", "https://[::1]@{evil}", "https://[::1].{evil}", "https://[{home}]"),
)
#: Added around each address.
COATS = ("{}", "{}/", "{}/post?a=b", "{}/#{home}", "{}/%2e%2e/{home}")


def tricks() -> Iterator[str]:
    for trick in TRICKS:
        for coat in COATS if len(trick) < 24 else COATS[:2]:
            yield coat.replace("{}", trick).replace("{evil}", EVIL).replace("{home}", HOME)


def browsers_host(location: str, base: str) -> tuple[str, str]:
    """Return the scheme and host that a browser would open (WHATWG URL).

    A browser drops surrounding spaces and control characters, drops tabs and line ends, and reads backslashes as
    slashes and any number of slashes as two."""
    text = re.sub("[\t\r\n]", "", location.strip("".join(map(chr, range(0x21))))).replace("\\", "/")
    text = re.sub(r"^(https?:)/*", r"\1//", text, flags=re.IGNORECASE)
    try:
        parts = urlsplit(urljoin(base, re.sub("^//+", "//", text)))
    except ValueError:
        return "", text  # not an address
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()

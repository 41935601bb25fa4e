"""Host names and domains: find them in text, and find the part of a name that has one owner.

Method: the Public Suffix List (publicsuffix.org), as the package `publicsuffixlist` ships it. Under a public suffix,
such as `com`, `co.uk` or `github.io`, different people register names.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain

from publicsuffixlist import PublicSuffixList

#: Endings that advertisers use and that are words too. A bare word with one of these is a link.
_WORDS_ADVERTISED = """
    com net org info biz edu gov mil int name mobi asia app dev blog shop store online site website space tech
    xyz top club live life world today news link click icu vip win bet casino poker games game fun buzz lol
    monster quest sbs cfd bond beauty hair skin makeup boats yachts autos homes loan loans finance money cash
    capital fund trade trading market exchange credit pro cloud digital agency media studio design solutions
    services support center group team company ltd llc inc work works jobs press wiki page host webcam date
    review reviews download stream racing party science cricket accountant faith men gdn ooo wang ren rest bar
    pub cafe porn sex sexy xxx adult cam dating tube social email guru ninja rocks zone city plus one network
    systems global international travel tours health care clinic dental doctor pharmacy pet art photo photos
    pics video movie music band
"""
#: Endings that 5 or more of 139,000 honest comments contain as a plain word. After a full stop without a space
#: ("be.Now"), in code ("routes.map") and in file names ("update.zip") they are no address: 1 in 700 of the comments
#: that contain "you" has it directly after a full stop.
_WORDS = """
    aaa abc able academy accountants actor ads africa ally amazon amica amsterdam analytics android aol apple arab army
    arte attorney audi audible audio author auto aws azure baby bank barcelona baseball basketball bbc beats beer berlin
    best bestbuy bible bid bike bing bingo bio black bloomberg blue bmw bom boo book booking boston bot boutique box
    broker brother brussels build builders business buy cab cal call camera camp canon car cards career careers cars
    casa case cat catering catholic ceo chanel channel charity chase chat cheap christmas chrome church circle citi
    claims cleaning clothing coach codes coffee college cologne community compare computer construction consulting
    contact contractors cooking cool country coupon coupons courses crown cruise dad dance data day dds deal dealer
    deals degree delivery dell delta democrat dhl diamonds diet direct directory discount discover dish diy docs dog
    domains dot drive earth eat eco education energy engineer engineering enterprises equipment estate events expert
    exposed express fail family fan fans farm farmers fashion fast fedex feedback ferrari fido film final financial fire
    fish fishing fit fitness flickr flights flowers fly foo food football ford forum foundation fox free fyi gal gallery
    gap garden gay george gift gifts gives giving glass gle globo gmail gmo godaddy gold golf google gop got graphics
    gratis green gripe grocery gucci guide hangout healthcare help here hermes hiphop hiv hockey holiday honda horse
    hospital hosting hot hotel hotmail house how hughes ibm ice ieee industries ing ink institute insurance insure
    investments irish ist jaguar java jeep jetzt jewelry jot joy juegos kia kids kim kindle kitchen kyoto lamborghini
    land lat latino law lawyer lease legal lego lexus lgbt lifestyle lighting like limited lincoln living locker london
    love luxury madrid man management mango map marketing markets mba med meet meme memorial menu miami microsoft mini
    mint mit mlb mls mma mobile moda moe moi mom mormon mortgage moto mov museum navy nba netflix new next nexus nfl
    nike nikon nokia norton now nra nyc observer office omega open oracle orange organic origins panasonic paris
    partners parts pay phd phone photography pictures pid pin ping pink pioneer pizza place play playstation plumbing
    post prime prod prof progressive promo properties property protection quebec radio read realtor recipes red rehab
    reliance rent repair report republican restaurant rich rio rip rogers room rugby run safe safety sale salon samsung
    sap save scholarships school search seat secure security seek select seven sharp shell shia shoes shopping show
    singles ski sky skype smart smile soccer software solar song sony soy spa sport spot staples star storage study
    style sucks supplies supply surf surgery suzuki swiss sydney tab talk target tattoo tax taxi tdk technology tel
    tennis theater theatre tickets tips tires tokyo tools toshiba total town toyota toys training trust tunes tvs
    university uno ups vacations vegas ventures vet vin virgin visa vision viva vivo vodka vote voting voto walmart
    walter watch watches weather web wed wedding windows wine winners wow wtf xbox xerox yahoo yoga you youtube zero zip
    дети католик москва рус
"""
#: Countries whose ending is also a word, a unit, an abbreviation or a kind of file: "time.It", "README.md", "a.m.".
_AMBIGUOUS_COUNTRIES = """
    ac ad al am as at be by ci do et gb gm hm id ie im in is it la li lt ma md me ml mm mo ms mt my na ne no om pa
    pl pm pr ps py re rs sc sh si so st td th to tt us va vs
"""
_SHORTENERS = """
    adf.ly amzn.to bit.do bit.ly bl.ink buff.ly clck.ru cutt.ly dlvr.it goo.gl is.gd linktr.ee lnkd.in ouo.io
    ow.ly qr.ae rb.gy rebrand.ly s.id shorte.st shorturl.at soo.gd t.co t.ly tiny.cc tinyurl.com u.to urlz.fr
    v.gd vk.cc x.co heylink.me
"""
#: Scripts written without spaces: Thai to Burmese, Khmer, kana and Chinese characters.
UNSPACED_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: Letters that may touch an address: those, and Hangul.
GLUED = re.compile(f"[{UNSPACED_LETTERS}\uac00-\ud7a3]")
#: Dots in another form: "[.]", "(dot)" and the ideographic full stop.
WRITTEN_DOT = re.compile(r"\s{0,3}[\[({]\s?(?:dot|\.)\s?[\])}]\s{0,3}", re.IGNORECASE)
OTHER_DOT = re.compile(r"(?<=[\w-])。(?=[a-z0-9])", re.IGNORECASE)
#: Soft hyphens and zero-width characters, which browsers leave out of a host.
ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
#: Anything that has the form of a host name. It may follow an ellipsis, but no single dot.
HOST = re.compile(r"(?<![\w@-])(?<!(?<!\.)\.)(?:[\w-]{1,63}\.)+[^\W_][\w-]{1,62}(?![\w-])")
ASCII_HOST = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+", re.IGNORECASE)

#: Top-level domains under which a bare word is an address in any text.
COMMON_ENDINGS = frozenset(_WORDS_ADVERTISED.split())
AMBIGUOUS_COUNTRIES = frozenset(_AMBIGUOUS_COUNTRIES.split())
WORDS = frozenset(_WORDS.split())
#: Hosts that only forward to other hosts.
SHORTENERS = frozenset(_SHORTENERS.split())
#: A package or program name such as "com.example.app" begins with one of these.
PACKAGE_ROOTS = frozenset(("com", "org", "net", "io", "edu", "gov"))


@cache
def _all_suffixes() -> PublicSuffixList:
    """Load the list with its private section (`github.io`): 30 ms and 3 MB, once for a process."""
    return PublicSuffixList()


@cache
def _registry_suffixes() -> PublicSuffixList:
    """Load the suffixes of registries only (`com`, `co.uk`)."""
    return PublicSuffixList(only_icann=True)


def _is_address_in_numbers(host: str) -> bool:
    return host.startswith("[") or host.rpartition(".")[2].isdigit()


def _from_host_up_to(host: str, last: str | None) -> tuple[str, ...]:
    """The host and the names above it, down to `last`; the host alone without one."""
    extra = host.count(".") - last.count(".") if last and host.endswith(last) else 0
    labels = host.split(".")
    return tuple([".".join(labels[first:]) for first in range(extra + 1)])


@lru_cache(maxsize=1024)
def domains_of(host: str) -> tuple[str, ...]:
    """The host and the domains above it that have the same owner; only the host if it is an IP address or a suffix."""
    if host.count(".") < 2 or _is_address_in_numbers(host):
        return (host,)
    return _from_host_up_to(host, _all_suffixes().privatesuffix(host))


@lru_cache(maxsize=1024)
def domains_covering(host: str) -> tuple[str, ...]:
    """`domains_of` and the platforms above them: a rule about `github.io` covers `ada.github.io`."""
    owned = domains_of(host)
    if owned[-1].count(".") < 2 or _is_address_in_numbers(host):
        return owned
    return _from_host_up_to(host, _registry_suffixes().privatesuffix(host))


def all_domains(hosts: Iterable[str]) -> tuple[str, ...]:
    """`domains_of` all these hosts, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(map(domains_of, hosts))))


def all_domains_covering(hosts: Iterable[str]) -> tuple[str, ...]:
    """`domains_covering` all these hosts, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(map(domains_covering, hosts))))


def is_public_suffix(host: str) -> bool:
    """True for `com`, `co.uk` and `github.io`, which no single person owns."""
    return not _is_address_in_numbers(host) and _all_suffixes().publicsuffix(host) == host


def is_registry_suffix(host: str) -> bool:
    """True for `com` and `co.uk`, under which registries sell names; False for platforms such as `github.io`."""
    return not _is_address_in_numbers(host) and _registry_suffixes().publicsuffix(host) == host


@lru_cache(maxsize=4096)
def _is_listed(ending: str) -> bool:
    return _registry_suffixes().publicsuffix(ending, accept_unknown=False) is not None


def is_bare_host(labels: list[str], followed: str) -> bool:
    """Decide if a word is meant as a web address: its labels in lower case, and the text after it."""
    top = labels[-1]
    if top in COMMON_ENDINGS or labels[0] == "www":
        return True
    if top in AMBIGUOUS_COUNTRIES:
        # An ambiguous ending needs one more sign: a path, or a name in three parts ("12.5.mm" is none).
        return followed[:1] == "/" or (len(labels) > 2 and not labels[-2].isdigit())
    if top in WORDS and followed[:1] != "/":
        return False
    return is_under_top_level_domain(labels)


def is_under_top_level_domain(labels: list[str]) -> bool:
    """Decide if a name of two or more labels, in lower case, ends in a top-level domain that exists."""
    top = labels[-1]
    # A few top-level domains, such as `za`, are listed only with a label before them.
    return _is_listed(top) or top.startswith("xn--") or _is_listed(f"{labels[-2]}.{top}")


def is_package_name(labels: list[str]) -> bool:
    """Recognize names of programs and packages, such as "com.example.app"."""
    return len(labels) > 2 and labels[0] in PACKAGE_ROOTS


def hosts_in(text: str) -> Iterator[str]:
    """Hosts that a text links to or names, in lower case. File names, email addresses and code do not count."""
    text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", ZERO_WIDTH.sub("", text))
    text = with_plain_dots(text).lower()
    for match in HOST.finditer(text):
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 1]
        host = without_glued_words(match[0]).strip("-_")
        labels = host.split(".")
        is_link = before == "//" or (len(labels) > 1 and is_bare_host(labels, after) and not is_package_name(labels))
        if is_link and after != "@" and not is_public_suffix(host):
            yield host


def is_host(word: str) -> bool:
    """Decide if this search word means a host. "readme.md" and "it.Now" are searched as words."""
    labels = word.split(".")
    is_ambiguous = labels[-1] in AMBIGUOUS_COUNTRIES or labels[-1] in WORDS
    return HOST.fullmatch(word) is not None and (not is_ambiguous or is_bare_host(labels, ""))


def with_plain_dots(text: str) -> str:
    """Replace dots in another form with full stops, as browsers and people read them."""
    if "。" in text:
        text = OTHER_DOT.sub(".", text)
    return WRITTEN_DOT.sub(".", text) if "(" in text or "[" in text or "{" in text else text


def without_glued_words(name: str) -> str:
    """Cut off words in a script without spaces that stand directly before or after an ASCII host."""
    host = ASCII_HOST.search(name)
    if host is None:
        return name
    neighbours = name[max(0, host.start() - 1) : host.start()] + name[host.end() : host.end() + 1]
    return host[0] if all(map(GLUED.match, neighbours)) else name

"""Which names after a dot make a word a web address, and which hosts only forward to another."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

_GENERIC = """
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
_COUNTRIES = """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca
    cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo
    fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo
    mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt
    pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk
    tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_AMBIGUOUS = """
    ac ad al am as at be by ci do et gm hm id ie im in is it la li lt ma md me ml mm mo ms mt my na ne no om pa
    pl pm pr ps py re rs sc sh si so st td th to tt us va vs
"""
_SHORTENERS = """
    adf.ly amzn.to bit.do bit.ly bl.ink buff.ly clck.ru cutt.ly dlvr.it goo.gl is.gd linktr.ee lnkd.in ouo.io
    ow.ly qr.ae rb.gy rebrand.ly s.id shorte.st shorturl.at soo.gd t.co t.ly tiny.cc tinyurl.com u.to urlz.fr
    v.gd vk.cc x.co heylink.me
"""

#: Names under which advertisers and everybody else register; a bare word ending in one is a link.
GENERIC = frozenset(_GENERIC.split())
COUNTRIES = frozenset(_COUNTRIES.split())
#: Country names that are also words, abbreviations or endings of file names: "time.It", "README.md", "a.m.".
AMBIGUOUS = frozenset(_AMBIGUOUS.split())
SHORTENERS = frozenset(_SHORTENERS.split())
#: Names below a country's under which it registers others, as "co.uk" and "com.au": nobody's own. The public suffix
#: list has some nine thousand; these are most of what is met, and one that is missing only counts one name more.
_SECOND_LEVEL = "ac asn co com edu gen go gob gouv gov govt gub ltd mil muni ne net nhs nic nom or org plc sch web"
SECOND_LEVEL = frozenset(_SECOND_LEVEL.split())


@lru_cache(maxsize=256)
def domains_of(host: str) -> tuple[str, ...]:
    """The host and every domain above it that somebody can own; of an address in numbers itself alone."""
    labels = host.split(".")
    is_public = len(labels) > 2 and labels[-1] in COUNTRIES and labels[-2] in SECOND_LEVEL
    owned = 3 if is_public else 2
    above = 0 if labels[-1].isdigit() or host.startswith("[") else len(labels) - owned
    return tuple([".".join(labels[first:]) for first in range(max(0, above) + 1)])


def all_domains(hosts: Iterable[str]) -> tuple[str, ...]:
    """The domains of all these hosts, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(map(domains_of, hosts))))


def is_address(labels: list[str], followed: str) -> bool:
    """Whether a bare word of these labels, with `followed` behind it, is meant as a web address."""
    top = labels[-1]
    if top in GENERIC or labels[0] == "www" or top.startswith("xn--"):
        return True
    # An ambiguous ending needs a sign more: a path, or a name in three parts.
    return top in COUNTRIES and (top not in AMBIGUOUS or followed[:1] == "/" or len(labels) > 2)


def is_reversed(labels: list[str]) -> bool:
    """Whether these labels are the name of a program or a package, as "com.example.app" is."""
    return len(labels) > 2 and labels[0] in ("com", "org", "net", "io", "edu", "gov")

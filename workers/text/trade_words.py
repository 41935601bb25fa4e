"""Words of trades that advertise in names and host names, and endings of hosts that cost next to nothing.

They are signs and no proof: a plumber may read a blog. Written for this, from general knowledge of comment spam.
"""

import re
from functools import lru_cache

from comments.hosts import domains_of

from .normalization import fold
from .tokens import words

#: Hardly anybody bears these in a name, and few honest hosts have them.
_STRONG = """
    casino casinos slot slots poker betting sportsbook togel judi gacor togelonline escort escorts callgirl callgirls
    loan loans payday kredit mortgage forex crypto bitcoin btc trading trader binance recovery hacker hackers viagra
    cialis pharmacy pills cbd vape kratom keto weightloss slimming steroid steroids seo backlink backlinks guestpost
    essay essays dissertation dissertations assignment assignments homework vashikaran astrologer astrology spellcaster
    psychic porn xxx hookup dating followers modapk iptv replica rolex handbag handbags outlet jersey jerseys
    locksmith movers packers towing roofing plumber plumbers plumbing dentist webdesign helpline gambling gamble bonus
    jackpot insurance kamagra levitra tramadol xanax casinò zaim zaym кредит займ казино ставки эскорт
"""
#: Ordinary words that become advertising in company.
_WEAK = """
    best top cheap buy sale online service services company companies agency solutions support review reviews free
    deals deal discount coupon coupons promo shop store price prices rental rent hire expert experts professional local
    near me writing writer help marketing digital design development hosting software download app apk movie movies
    watch stream repair cleaning cleaners removal installation contractor contractors clinic surgery treatment cure
    remedy herbal massage spa therapy visa passport travel tours taxi cab hotel hotels realestate property properties
    apartments homes furniture mattress shoes watches bags jewelry fashion beauty skin hair weight loss diet health
    supplement supplements lawyer lawyers attorney injury tax accounting finance financial invest investing investment
    money earn income cash credit debt bank exchange signals profit girls models india delhi mumbai london dubai miami
    texas florida chicago nyc toronto sydney karachi lahore bangalore
"""
#: Endings that sites of advertisers have much more often than those of honest commenters.
_CHEAP_ENDINGS = """
    shop store online site xyz top icu vip bet casino win loan loans click buzz cyou sbs cfd bond monster quest club
    live life fun space website tech press host rest bar hair skin beauty makeup poker games game porn sex xxx cam date
    dating download stream trade trading market markets forex finance credit review reviews deals sale discount promo
    gdn men party racing science cricket accountant faith webcam work tk ml ga cf gq
"""
STRONG, WEAK = frozenset(_STRONG.split()), frozenset(_WEAK.split())
CHEAP_ENDINGS = frozenset(_CHEAP_ENDINGS.split())
#: Words with this many letters are found inside a longer label of a host: "bestcasinobonus".
LONG_ENOUGH = 5
_PARTS = re.compile(r"[a-z]+")
_INSIDE = re.compile("|".join(sorted((w for w in STRONG | WEAK if len(w) >= LONG_ENOUGH), key=len, reverse=True)))


@lru_cache(maxsize=512)
def trade_words_of_host(host: str) -> tuple[str, ...]:
    """Return the trade words in the part of a host that its owner chose, if they are signs; else nothing."""
    owned = domains_of(host.removeprefix("www."))[-1]
    chosen = host.removeprefix("www.")[: len(host.removeprefix("www.")) - len(owned)] + owned.partition(".")[0]
    found = []
    for part in _PARTS.findall(chosen):
        found += [part] if part in STRONG or part in WEAK else _INSIDE.findall(part)
    return _signs(found)


@lru_cache(maxsize=512)
def trade_words_of_name(author: str) -> tuple[str, ...]:
    """Return the trade words of a name, if they are signs: two of them, or a strong one with five letters."""
    found = [word for word in words(fold(author).text) if word in STRONG or word in WEAK]
    return _signs(found) if len(found) > 1 or any(len(word) >= LONG_ENOUGH for word in found) else ()


def _signs(found: list[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(found))
    return distinct if len(distinct) > 1 or not STRONG.isdisjoint(distinct) else ()


def has_cheap_ending(host: str) -> bool:
    return host.rpartition(".")[2] in CHEAP_ENDINGS

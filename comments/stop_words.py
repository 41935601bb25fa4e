"""Words that carry no information about a comment, in the languages whose lists are short and certain.

An explanation never names them. One set serves all languages: at worst it hides a word of another language.
"""

from functools import lru_cache

_ENGLISH = """
a about after again all also am an and any are as at be because been before being but by can come could did do does for
from get go got had has have he her here him his how i if in into is it its just know like make me more most much my no
not now of on one only or other our out over really said same say see she should so some such take than that the their
them then there these they thing think this those through time to too up us very was way we well were what when where
which who why will with would yes yet you your
back com hello http https www please read today yours
"""
_GERMAN = """
aber als am an auch auf aus bei bin bis das dass dem den der des die dies diese doch du ein eine einem einen einer er es
für hat habe haben hier ich ihr im in ist ja kann kein keine man mehr mein mich mir mit nach nicht noch nur ob oder ohne
schon sehr sein sich sie sind so über um und uns unter vom von vor war was weil wenn wer wie wir wird wo zu zum zur
"""
_FRENCH = """
au aussi aux avec bien ce ces cette comme dans de des donc dont du elle en est et être fait ici il ils je la le les leur
lui ma mais me même mes mon ne nos notre nous on ou où par pas plus pour quand que qui sa sans se ses si son sont sur
tout très tu un une vos votre vous
"""
_SPANISH = """
al algo con como cuando de del desde donde el ella en entre era es esa ese esta está este esto ha hay la las le les lo
los más me mi muy no nos o para pero por porque que qué se ser si sí sin sobre son su sus también tan te tiene todo un
una uno y ya yo
"""
_ITALIAN = """
alla anche che chi ci come con cosa da dal dalla degli dei del della delle di e è gli ha ho il in io la le lo ma mi mio
molto ne nel nella non o per perché più quando questa questo se sei si sono su tra tu tutto un una
"""
_PORTUGUESE = """
ao as até com como da das de depois do dos e é ela ele em era essa esse está este eu foi há isso já mais mas me mesmo
meu muito na não nas no nos nós o os ou para pela pelo por quando que quem se sem ser seu só sua também tem um uma você
"""
_DUTCH = """
aan al als bij daar dan dat de die dit door dus een en er geen had heb hebben het hier hij hoe ik in is je kan maar me
meer met mijn naar niet nog nu of om onder ook op over te toch tot uit van veel voor wat we wel wie wij worden zij zijn
zo zou
"""
_RUSSIAN = """
а без более бы был была были было быть в вам вас во вот все всё вы да для до его ее её если есть еще ещё же за и из или
им их к как когда кто ли меня мне мы на над не нет но ну о об он она они оно от очень по при с со так также там то того
тоже только ты у уже что чтобы эта это этот я
"""

STOP_WORDS = frozenset(
    " ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _DUTCH, _RUSSIAN)).split()
)


@lru_cache(maxsize=1 << 14)
def carries_information(text: str) -> bool:
    """Return True if one of the words of a phrase says something: no stop word, digit or single Latin letter."""
    return any(
        word not in STOP_WORDS and not word.isdigit() and not (len(word) == 1 and word.isascii())
        for word in text.casefold().split()
    )

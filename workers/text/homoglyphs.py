"""Which letters stand in for Latin ones: always, beside Latin letters only, or as digits and signs."""

from collections.abc import Mapping

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _pairs(strange: str, plain: str) -> dict[str, str]:
    return dict(zip(strange, plain, strict=True))


#: Letters of no living orthography that NFKC leaves alone: small capitals, and white on black.
UNUSED = (
    _pairs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz")
    | _pairs("".join(chr(0x1F150 + n) for n in range(26)), _LATIN)
    | _pairs("".join(chr(0x1F170 + n) for n in range(26)), _LATIN)
)
#: And Latin letters whose stroke or ligature is no combining mark: honest ones, compared with how others spell them.
ALWAYS: Mapping[str, str] = (
    UNUSED
    | _pairs("øØłŁđĐħĦŧŦıƒƀɑɡɩʋ", "oOlLdDhHtTifbagiv")
    | {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS"}
)

#: Cyrillic, Greek, Armenian and Cherokee letters drawn like Latin ones. Used only inside words that hold Latin letters
#: too: words wholly in their own script mean what they say.
IN_LATIN_WORDS: Mapping[str, str] = (
    _pairs("АВЕЅІЈКМНОРСТХУҮԌԚԜ", "ABESIJKMHOPCTXYYGQW")
    | _pairs("авеѕіјкмнорстхуүԁԛԝһӏгпьи", "abesijkmhopctxyydqwhlrnbu")
    | _pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
    | _pairs("αβεηικμνορτυχωγ", "abenikuvoptuxwy")
    | _pairs("օսհոցզ", "ouhngq")
    | _pairs("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎽᏃ", "ABCDEGHIJKLMPRSTVWYZ")
)

#: The other way round: Latin and Greek letters in words that are Cyrillic otherwise.
IN_CYRILLIC_WORDS: Mapping[str, str] = _pairs("aceopxykmtuhABEKMHOPCTXYαοερΑΟΕΡ", "асеорхукмтинАВЕКМНОРСТХУаоерАОЕР")
#: Letters of either script that the other has none like.
ONLY_CYRILLIC = "бджзйлфцчшщъыэюяёїєґБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯЁЇЄҐ"
ONLY_LATIN = "dfgijlqrsvwzDFGIJLNQRSUVWZ"

#: Digits and signs read as letters. "1" is i as well as l; one had to be chosen.
LEET: Mapping[int, str] = {ord(sign): letter for sign, letter in _pairs("0134578@$!|", "oieastbasii").items()}

"""Tables of homoglyphs: letters, digits and signs that look like Latin letters."""

from collections.abc import Mapping

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _pairs(strange: str, plain: str) -> dict[str, str]:
    return dict(zip(strange, plain, strict=True))


#: Phonetic letters and others of small orthographies that look like Latin ones, each after its Latin letter. They are
#: replaced only in texts with many of them.
_PHONETIC = (
    "aɑɐ bɓƀ cƈ dɖđ eɛɘɜʚ fɟʄƒ gɠɡ hɦɧ iɨɩ jʝɉ kƙʞ lʟɭɫ mɱɯ nɳɲƞɴ oɵө pƥþ qʠզɋ rɾɼɽɹʀ sʂʃ tƭʈʇ uʊ vʋʌѵ wʍɰ xӿ yʏყʎ "
    "zʐȥʑƶ"
)
PHONETIC: Mapping[int, str] = {ord(sign): group[0] for group in _PHONETIC.split() for sign in group[1:]}
#: Greek letters that are mixed with them.
GREEK_AMONG_PHONETIC: Mapping[int, str] = {
    ord(sign): letter for sign, letter in _pairs("ασρυωχγηικϰ", "aopuwxynikx").items()
}

#: Letters that no living orthography uses and NFKC does not change: small capitals, and white on black.
UNUSED = (
    _pairs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz")
    | _pairs("".join(chr(0x1F150 + n) for n in range(26)), _LATIN)
    | _pairs("".join(chr(0x1F170 + n) for n in range(26)), _LATIN)
)
#: The letters above, and honest Latin letters whose stroke or ligature is no combining mark.
FOR_ALL_WORDS: Mapping[str, str] = (
    UNUSED
    | _pairs("øØłŁđĐħĦŧŦıƒƀɑɡɩʋ", "oOlLdDhHtTifbagiv")
    | {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS"}
)

#: Cyrillic, Greek, Armenian and Cherokee letters that look like Latin ones. Replaced only in words that contain Latin
#: letters too; words wholly in one script stay as they are.
TO_LATIN: Mapping[str, str] = (
    _pairs("АВЕЅІЈКМНОРСТХУҮԌԚԜ", "ABESIJKMHOPCTXYYGQW")
    | _pairs("авеѕіјкмнорстхуүԁԛԝһӏгпьи", "abesijkmhopctxyydqwhlrnbu")
    | _pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
    | _pairs("αβεηικμνορτυχωγ", "abenikuvoptuxwy")
    | _pairs("օսհոցզ", "ouhngq")
    | _pairs("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎽᏃ", "ABCDEGHIJKLMPRSTVWYZ")
)

#: The reverse: Latin and Greek letters in words that are otherwise Cyrillic.
TO_CYRILLIC: Mapping[str, str] = _pairs("aceopxykmtuhABEKMHOPCTXYαοερΑΟΕΡ", "асеорхукмтинАВЕКМНОРСТХУаоерАОЕР")
#: Letters of each script that have no homoglyph in the other.
ONLY_CYRILLIC = "бджзйлфцчшщъыэюяёїєґБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯЁЇЄҐ"
ONLY_LATIN = "dfgijlqrsvwzDFGIJLNQRSUVWZ"

#: Digits and signs read as letters (leetspeak). "1" can mean i or l, and is read as i.
LEET: Mapping[int, str] = {ord(sign): letter for sign, letter in _pairs("0134578@$!|", "oieastbasii").items()}

"""Honest senses of English profanity: names, phrases, words nearby that show the sense, and ordinary foreign words."""

import re
from collections.abc import Mapping

#: Harmless phrases with profane words.
HARMLESS_PHRASES = (
    "moby dick",
    "dick van dyke",
    "van dyke",
    "cock crow",
    "cock crows",
    "cock crowed",
    "cocks crow",
    "cock and bull",
    "cum laude",
    "blue tit",
    "blue tits",
    "great tit",
    "great tits",
    "coal tit",
    "coal tits",
    "long-tailed tit",
    "long-tailed tits",
    "tit for tat",
    "pussy willow",
    "pussy willows",
    "pussy cat",
    "pussy cats",
    "pussy riot",
    "chink in",
    "chink of",
    "chinks in",
    "homo sapiens",
    "homo erectus",
    "homo habilis",
    "homo economicus",
    "homo ludens",
    "homo faber",
    "homo neanderthalensis",
    "homo heidelbergensis",
    "homo naledi",
    "homo floresiensis",
    "genus homo",
    "ecce homo",
    "maine coon",
    "coon hound",
    "spic and span",
    "spick and span",
    "rio negro",
    "negro spiritual",
    "negro spirituals",
    "negro league",
    "negro leagues",
    "fire retard",
    "flame retard",
    "whore of babylon",
    "fag end",
    "fag ends",
    "wild ass",
    "smart ass",
    "kick ass",
    "bad ass",
    "poon hill",
    "king cnut",
    "kal gook",
)
#: Harmless as a name: a capital, then small letters.
HARMLESS_NAMES = (
    "Dicks?",
    "Weiners?",
    "Cumming",
    "Coon",
    "Dykes?",
    "Lesbos",
    "Cocks",
    "Fagg",
    "Felch",
    "Kummer",
    "Muther",
    "Poon",
    "Teets",
    "Wank",
    "Wigger",
    "Hoare?",
    "Titty Hill",
    "Dildo",
    "Negro",
    "Pecker",
    "Hore",
    "Prick Willow",
    "Penistone",
    "Cnut",
    "Peder",
)

#: Words, each with words nearby that show an honest sense.
_HONEST_CONTEXTS = (
    ("dyke dykes", "sea flood floods flooded flooding river polder polders breach breached burst dutch netherlands "
                   "holland canal canals ditch ditches bank storm tide tides wall stone bridge basalt magma sill water "
                   "embankment drainage levee farmland geology dam road broke broken collapsed border offa village"),
    ("retard retarded", "ignition timing spark advance degrees engine growth cooling flame fire setting evaporation "
                        "corrosion decay progress potential time glaze plaster fermentation dough fridge development"),
    ("cock cocks", "hen hens rooster roosters farm farmyard chicken chickens pistol hammer rifle stopcock weather "
                   "weathercock pheasant bird feathers"),
    ("tit tits titties", "bird birds birdsong nest nests nesting feeder feeders robin robins sparrow sparrows finch "
                         "finches warbler birdwatching garden"),
    ("bitch bitches", "dog dogs puppy puppies pups litter breed breeder breeding kennel kennels vet spayed neutered "
                      "terrier spaniel labrador poodle"),
    ("ass asses", "donkey donkeys mule mules jenny jerusalem zebra equine ox balaam"),
    ("prick pricks", "finger fingers needle needles fork pin pins thorn thorns dough sausages potatoes skin skewer "
                     "blood ears"),
    ("fag fags", "cigarette cigarettes smoke smoked smoking ashtray lighter packet"),
    ("faggot faggots", "peas gravy firewood bundle bundles sticks meatballs butcher onions twigs"),
    ("fingering fingerings", "piano guitar violin scale scales chord chords flute cello bass recorder notes keys"),
    ("fisted fisting", "ham two tight"),
    ("anal", "cancer fissure fissures canal doctor surgeon surgery gland glands fin retentive freud vet itching"),
    ("cum", "laude magna summa"),
    ("homo", "lumo orbital orbitals latin hominid hominids hominin neanderthal fossil species evolution erectus"),
    ("pussy", "willow kitten kittens cat cats"),
    ("deep throat deepthroat", "watergate nixon woodward bernstein informant source journalist"),
    ("negro negroes", "history historical census college league baker king spiritual century baldwin archive novel "
                      "du bois hughes washington"),
    ("poon", "tang hill peter"),
    ("dick", "tracy cheney clark whittington turpin private moby philip nixon francis uncle"),
    ("chink chinks", "armour armor light door curtain curtains window shutters plaster wall fence glasses"),
    ("skank", "reggae ska"),
    ("slut sluts", "walk slutwalk word shaming feminism"),
    ("bitching bitchin", "camaro car"),
    ("coon coons", "maine cat cats raccoon raccoons hound hounds"),
    ("douche", "nozzle rinse bag nasal shower"),
    ("cumming", "alan georgia actor mr ms mrs"),
    ("bastard", "file wing sword"),
    ("jap japs", "fabric"),
    ("pube pubes", "hair puberty"),
)  # fmt: skip
_CONTEXTS: Mapping[str, frozenset[str]] = {
    entry: frozenset(near.split()) for entries, near in _HONEST_CONTEXTS for entry in entries.split()
}


def has_honest_sense(entry: str, context: frozenset[str]) -> bool:
    """Decide if a word of the text shows that the entry is meant in an honest sense."""
    return entry in _CONTEXTS and not _CONTEXTS[entry].isdisjoint(context)


#: English words that are profane in a text of any language. None is an ordinary word of another one.
INTERNATIONAL = re.compile(
    r"fuck(?!ings)|f[-_.]u[-_.]c|m[uo]th(?:er|a)[\s-]?fuck|shit|bullshit|bitch|cunt|nigg|n1gg|asshole|dickhead|cocksuck"
    r"|faggot|whore|wetback|blow\s?job|gang\s?bang|cumshot|wanker|twat|son-of-a|jerk\s?off|dumbass|jackass"
)
#: Entries that are ordinary words of other languages, by language.
_ORDINARY = {
    "nl": "bdsm douche homo hoor kinky xxx hore slag",
    "pt": "buceta negro puto anal",
    "ro": "cum homo vag",
    "tr": "kum sik",
    "id": "homo hore penis",
    "fr": "douche pisser retard pute anal con homo tit negro",
    "sv": "fack fart kock puss slut spik titt hora anal homo",
    "da": "fag fart homo slut smut tit titt anal spik",
    "nb": "fag fart homo hore pisser pusse titt slutt tit spik",
    "ca": "faig quim retard puto anal homo",
    "cs": "fuk homo",
    "de": "jap kummer milf pornos homo anal titten",
    "es": "negro pedo anal homo puto retard",
    "it": "homo negro anal",
    "pl": "homo cipa anal",
    "fi": "homo lesbo pussi pusse",
    "sk": "hore homo",
    "lv": "jap",
    "hr": "kum homo puta",
    "sr": "puta",
    "lt": "homo",
    "hu": "homo",
}
_ORDINARY_IN: Mapping[str, frozenset[str]] = {
    entry: frozenset(of for of, ordinary in _ORDINARY.items() if entry in ordinary.split())
    for entry in {entry for ordinary in _ORDINARY.values() for entry in ordinary.split()}
}


def is_ordinary(entry: str, languages: frozenset[str]) -> bool:
    """Decide if an entry is an ordinary word of one of these languages."""
    return not _ORDINARY_IN.get(entry, frozenset()).isdisjoint(languages)

"""Words that name groups of people. The toxicity model reads them all as one word.

So a sentence about one group gets the same score as about any other, and naming a group does not change the score.
Slurs are not included, because the profanity list has them.
"""

_FAITH = """
    muslim muslims islamic christian christians jew jews jewish hindu hindus sikh sikhs buddhist buddhists catholic
    catholics protestant protestants evangelical evangelicals mormon mormons atheist atheists
"""
_LOVE_AND_GENDER = """
    gay gays lesbian lesbians bisexual bisexuals trans transgender transsexual transsexuals queer homosexual homosexuals
    heterosexual heterosexuals lgbt lgbtq nonbinary woman women man men girl girls boy boys female females male males
    feminist feminists
"""
_SKIN_AND_ORIGIN = """
    black blacks white whites brown asian asians african africans latino latinos latina latinas hispanic hispanics arab
    arabs european europeans indigenous aboriginal native natives roma romani sinti gypsy gypsies immigrant immigrants
    migrant migrants refugee refugees foreigner foreigners minority minorities
"""
_NATIONS = """
    afghan afghans american americans australian australians bangladeshi brazilian brazilians british canadian canadians
    chinese cuban cubans dutch egyptian egyptians english ethiopian ethiopians filipino filipinos french german germans
    greek greeks haitian haitians hungarian hungarians indian indians indonesian indonesians iranian iranians iraqi
    iraqis irish israeli israelis italian italians japanese korean koreans kurd kurdish kurds mexican mexicans nigerian
    nigerians pakistani pakistanis palestinian palestinians poles polish portuguese romanian romanians russian russians
    scottish somali somalis spanish swedish syrian syrians turk turkish turks ukrainian ukrainians vietnamese welsh
"""
_AGE_AND_HEALTH = """
    autistic blind deaf disabled elderly pensioner pensioners seniors teenager teenagers wheelchair
"""
GROUP_NAMES = frozenset(" ".join((_FAITH, _LOVE_AND_GENDER, _SKIN_AND_ORIGIN, _NATIONS, _AGE_AND_HEALTH)).split())

#: Words for the reader, including short spellings.
READER_WORDS = frozenset(
    ("you", "your", "yours", "yourself", "yourselves", "u", "ur", "ya", "urself", "youre", "yall", "thou", "yo")
)

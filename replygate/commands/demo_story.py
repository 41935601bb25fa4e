"""Comments of the demo site: regulars, strangers and spammers of a small paper about a shore."""

from collections.abc import Mapping
from dataclasses import dataclass

from comments.lifecycle import Action

#: Placeholder for the address of the demo page, which depends on the deployment.
ESSAY = "article"
FOG, PIER, BOTTLES = "walking-the-flats-in-fog", "the-pier-in-winter", "letters-in-bottles"
#: Titles of the articles, as a website gives them with its comments.
ARTICLE_TITLES: Mapping[str, str] = {
    ESSAY: "What the tide tables leave out",
    FOG: "Walking the flats in fog",
    PIER: "The pier in winter",
    BOTTLES: "Letters in bottles",
}


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """A moderator's decision, `after` so many hours."""

    by: str
    action: Action
    after: float


@dataclass(frozen=True, slots=True)
class Post:
    """One comment, `ago` hours old. Replies name its `key` in `to`."""

    ago: float
    who: str
    thread: str
    text: str
    then: tuple[StoryDecision, ...] = ()
    key: str = ""
    to: str = ""
    url: str = ""
    trap: str = ""


#: Author -> their network. The email address is made from the name. Addresses are for documentation (RFC 5737).
NETWORKS: Mapping[str, str] = {
    "Ada Lindqvist": "192.0.2.11", "Jonas Petersen": "192.0.2.24", "Mireille Caron": "192.0.2.35",
    "Tom Okafor": "192.0.2.47", "Hanne Voss": "192.0.2.58", "Sefa Demir": "192.0.2.66", "Old Piet": "192.0.2.71",
    "Ruth Abara": "192.0.2.83", "Noor Haddad": "192.0.2.90", "Ewan Reid": "192.0.2.104", "Lise Brandt": "192.0.2.117",
    "Gus Marlow": "192.0.2.129", "Priya Nair": "192.0.2.133", "Kenji Mori": "192.0.2.146", "Dana Wills": "192.0.2.158",
    "Walter Finch": "192.0.2.163", "Bea Santos": "192.0.2.177", "Olu Adeyemi": "192.0.2.181",
    "Shore Stays": "198.51.100.7", "Marina K.": "198.51.100.7", "Beach Living": "198.51.100.7",
    "Ellen Voogd": "192.0.2.190", "Bram de Wit": "192.0.2.191", "Carla M.": "192.0.2.192", "Joost": "192.0.2.193",
    "Ilse Kort": "192.0.2.201", "Haruka Sato": "192.0.2.207", "Nils Aas": "192.0.2.214",
    "Kevin": "198.51.100.40", "Melanie": "198.51.100.41", "Steven": "198.51.100.42",
    "LuckySpin777": "203.0.113.4", "Best Casino Online": "203.0.113.4",
    "Dr. Wellman": "203.0.113.33", "promo-team": "203.0.113.41",
}  # fmt: skip

#: Moderator -> role.
TEAM: Mapping[str, str] = {"Ines": "owner", "Mo": "moderator", "Viv": "viewer"}


def approved(by: str = "Mo", after: float = 0.5) -> tuple[StoryDecision, ...]:
    return (StoryDecision(by, Action.APPROVE, after),)


def spam(by: str = "Mo", after: float = 0.7) -> tuple[StoryDecision, ...]:
    return (StoryDecision(by, Action.SPAM, after),)


FLAT = (
    "If you ever need a place to sleep near the flats, we have bright rooms with a view of the water, a kitchen and "
    "free parking, five minutes from the old pier. Ask for the reader's discount this {} at https://{}/rooms"
)

PETITION = (
    "Please sign against the fee for {} pier before the council meets on Thursday. The list lies in the harbour office "
    "and in the bakery, and every name counts, also yours."
)

THANKS = "Thank you for sharing this with us, very useful and well written, I will come back to read more."

STORY: tuple[Post, ...] = (
    Post(150, "Jonas Petersen", FOG, "A compass is no good if you do not trust it. I walked a full circle once because "
         "I was sure it was wrong. It was not.", approved("Ines"), "circle"),
    Post(148, "Hanne Voss", FOG, "We were taught to count steps between the withies: forty, then look. If there is no "
         "withy at sixty, go *back*, never on.", approved(), "steps"),
    Post(147, "LuckySpin777", FOG, "Great article! Win real money today, 200 free spins for new players "
         "http://bit.ly/spin777 http://203.0.113.80/win", spam(), url="http://luckyspin.example/"),
    Post(146.5, "Tom Okafor", FOG, "Forty of whose steps, though? My daughter needs sixty for the same way.",
         approved(after=0.2), "whose", to="steps"),
    Post(146, "Hanne Voss", FOG, "Of the shortest of you. She leads, and nobody gets lost.", to="whose", key="leads"),
    Post(145, "Tom Okafor", FOG, "She has read this and will not stop talking about it.", to="leads"),
    Post(140, "Old Piet", FOG, "Stay home in fog. That is all the advice there is.", approved("Ines"), "home"),
    Post(139, "Jonas Petersen", FOG, "You went out in February, Piet. I saw the boots.", to="home", key="boots"),
    Post(138.2, "Old Piet", FOG, "Those were my brother's boots.", to="boots"),
    Post(126, "Sefa Demir", FOG, "Is there a map of the withies anywhere? The harbour office had none left.",
         approved(), "map"),
    Post(122, "Best Casino Online", PIER, "Best casino online, free spins, no deposit bonus, play now and win real "
         "money http://bit.ly/bonus777", spam(after=0.2)),
    Post(118, "Mireille Caron", PIER, "In January the planks sing. I recorded it for years and never told anyone.",
         approved(), "planks"),
    Post(117, "Ada Lindqvist", PIER, "Please tell us where we can hear it! I only know the summer version, which is "
         "mostly ice cream.", approved("Ines"), "hear", to="planks"),
    Post(116, "Mireille Caron", PIER, "I will bring a tape to the reading on Friday. Bring a player, I have none left.",
         to="hear"),
    Post(112, "Dr. Wellman", PIER, "Cheap pills online without prescription, viagra cialis, fast shipping "
         "https://pills.example/a https://pills.example/b https://pills.example/c", spam()),
    Post(108, "Ruth Abara", PIER, "My grandfather built the third span. He used to say it was the only honest one, "
         "because he was paid by the plank.", approved(), "span"),
    Post(107, "Old Piet", PIER, "Your grandfather owed me money.", to="span", key="owed"),
    Post(106.5, "Ruth Abara", PIER, "He said the same of you, Mr Piet.", to="owed"),
    Post(104, "Walter Finch", PIER, "Jonas Petersen lives at the yellow house by the church and never paid for his "
         "mooring, everybody should know that.", (StoryDecision("Ines", Action.REMOVE, 0.4),)),
    Post(96, "Sefa Demir", PIER, "The lamp at the end has been out since the storm. Does anybody know whom to "
         "write to?", key="lamp"),
    Post(90, "Lise Brandt", BOTTLES, "I found one in 1987, from a boy in Hull. We have been married for thirty years.",
         approved("Ines", 0.3), "hull"),
    Post(89, "Tom Okafor", BOTTLES, "You cannot just leave it at that, Lise!", to="hull", key="leave"),
    Post(88, "Lise Brandt", BOTTLES, "He is reading over my shoulder and says that I can.", to="leave"),
    Post(86, "promo-team", BOTTLES, "Nice blog, keep it up! Visit us for replica watches and designer bags "
         "https://replica.example/ https://replica.example/bags https://replica.example/sale",
         spam(), trap="https://replica.example/"),
    Post(80, "Ewan Reid", BOTTLES, "Mine said only: “Send more paper.” I did.", approved(), "paper"),
    Post(75, "Kenji Mori", BOTTLES, "子どものころ、祖父と一緒に瓶を流しました。返事は来ませんでしたが、"
         "海はちゃんと受け取ったと祖父は言いました。", approved("Ines", 1.0)),
    Post(70, "Olu Adeyemi", BOTTLES, "A bottle takes about three years from the Wash to the Danish coast, if the "
         "winters are kind. Two of ours are still out.", approved("Mo", 1.2)),
    Post(52, "Ada Lindqvist", ESSAY, "The pause before the turn! I thought I had made it up. Thank you for writing "
         "it down.", key="pause"),
    Post(51, "Jonas Petersen", ESSAY, "It is loudest by the sluice, if silence can be loud. Stand on the land side.",
         to="pause", key="sluice"),
    Post(50.2, "Ada Lindqvist", ESSAY, "I went this morning. You are right, and my feet are wet.", to="sluice"),
    Post(47, "Ruth Abara", ESSAY, "My margin says: *after two days of rain, add twenty minutes at the creek*. My "
         "grandfather's hand, so do not ask me why.", key="margin"),
    Post(46, "Olu Adeyemi", ESSAY, "The creek is fed from the marsh, and the marsh holds its water for about that "
         "long. He must have measured it.", to="margin"),
    Post(44, "Hanne Voss", ESSAY, "The book is printed for the harbour, not for the flats. Out by the sandbar it is "
         "six minutes late on every day of the year."),
    Post(40, "Gus Marlow", ESSAY, "Bought the book because of this. The harbour office says you owe them a "
         "commission.", approved("Ines", 0.4), "book"),
    Post(33, "Shore Stays", BOTTLES, FLAT.format("week", "shore-stays.example"), spam(after=2.5)),
    Post(31, "Dana Wills", ESSAY, "You should say that the sandbar is closed from April to July because of the "
         "terns. People walk right through the nests.",
         (*approved(after=0.3), StoryDecision("Mo", Action.REMOVE, 0.4), StoryDecision("Ines", Action.UNDO, 0.6)),
         "terns"),
    Post(28, "Old Piet", ESSAY, "I never bought the book.", key="never"),
    Post(27.5, "Tom Okafor", ESSAY, "We know, Piet. You *are* the book.", to="never"),
    # These need review.
    Post(23, "Kevin", FOG, THANKS),
    Post(22.4, "Melanie", PIER, THANKS, url="https://dental-care.example/"),
    Post(21.9, "Steven", BOTTLES, THANKS, url="https://dental-care.example/"),
    Post(18.5, "Marina K.", FOG, FLAT.format("month", "sea-rooms.example")),
    Post(18.2, "Beach Living", PIER, FLAT.format("season", "beach-living.example")),
    Post(17.4, "Ellen Voogd", ESSAY, PETITION.format("our")),
    Post(17.1, "Bram de Wit", PIER, PETITION.format("the")),
    Post(16.8, "Carla M.", ESSAY, PETITION.format("your")),
    Post(16.2, "Joost", BOTTLES, PETITION.format("this")),
    Post(13, "Ilse Kort", ESSAY, "For those who want the numbers: https://tides.example/stations/41 has the gauge, "
         "https://wind.example/archive the wind, https://maps.example/1890 the old course, and "
         "https://marsh.example/papers/drainage explains the creek."),
    Post(12, "Haruka Sato", FOG, "霧の日に杭を数えながら歩いたことがあります。"
         "四十歩で止まる、というのは祖母の教えと同じです。"),
    Post(10, "Nils Aas", PIER, "Is the bench at the end still there? My parents met on it and I would like to see it "
         "once before they close it for the winter."),
    Post(15, "Noor Haddad", ESSAY, "كان جدي صيادًا، وكان يقول إن البحر يهمس قبل أن يعود. قرأت مقالك لأمي وبكت."),
    Post(11, "Gus Marlow", PIER, "They want to charge four pounds to walk on it now. Four pounds! What a load of shit. "
         "My mother sold whelks there for free."),
    Post(9, "Priya Nair", ESSAY, "I teach the little ones at the harbour school. May I read this to them on Monday? "
         "They will want to know about the bottle."),
    Post(7.5, "LuckySpin777", PIER, "Hello everybody, I am new here and I like the sea. Does somebody else like the "
         "sea?"),
    Post(6, "Walter Finch", ESSAY, "EVERYBODY KNOWS THAT THE SANDBAR BELONGS TO THE TOWN AND NOT TO THE BIRDS!!!! "
         "WHO PAID YOU TO WRITE THIS?????"),
    Post(4, "Bea Santos", BOTTLES, "Found one on Sunday, green glass, the cork grown over with barnacles. I have not "
         "opened it yet. Should I?"),
    Post(2.5, "Jonas Petersen", FOG, "The yellow one at https://gear.example/compass is the one I trust now, and "
         "https://gear.example/whistle goes with it. No, they do not pay me."),
    Post(0.6, "Lise Brandt", BOTTLES, "Open it, Bea, for heaven's sake. You may be married by spring."),
)  # fmt: skip

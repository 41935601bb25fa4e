"""Words that a number follows in ordinary texts: "covid19", "windows 11", "iphone15", "psalm 23", "boeing 747".

The same shape names what adverts sell ("alexis17"), so these words are no evidence that two comments advertise alike.
"""

from functools import cache

_TECHNICAL = """
    windows dos android ios ipados macos osx iphone ipad ipod pixel macbook watch airpods xbox switch wii ubuntu
    debian fedora centos rhel suse mint kernel linux freebsd python java javascript php ruby perl node angular vue
    react bootstrap jquery drupal joomla wordpress magento typo laravel symfony django rails spring gcc clang glibc
    libssl openssl numpy postgres postgresql mysql mariadb redis mongo sqlite oracle exchange office word excel
    outlook photoshop firefox chrome safari opera edge ie explorer http https html css xhtml utf ucs iso ansi ascii
    cp koi latin unicode base sha md crc aes rsa des ssl tls ipv web mp mpeg avc hevc dvd cd usb hdmi ddr lpddr pcie
    sata nvme ssd rtx gtx rx radeon geforce nvidia intel core ryzen xeon pentium celeron atom amd arm riscv mips
    sparc ppc cpu gpu gpt claude llama gemini mistral qwen grok llm raspberry arduino esp nucleo stm avr nrf
    bluetooth wifi wlan error port line version build release level bug issue ticket step rfc din ieee bip eip cve
"""
_VEHICLES_AND_MACHINES = """
    boeing airbus cessna embraer antonov tupolev mig fokker bmw audi mercedes porsche peugeot renault citroen fiat
    alfa volvo saab mazda ford ram dodge toyota honda yamaha suzuki kawasaki ducati ktm vespa skoda tesla polestar
    nikon canon sony fuji leica olympus pentax apollo soyuz voyager artemis gemini mariner falcon starship model
    type
"""
_ROADS_AND_PLACES = """
    route road highway interstate motorway autobahn bundesstraße bus tram line gate room house apartment flat box
    area district studio channel kanal platform track gleis exit unit street floor zimmer raum salle stanza sala
    pokój quarto kamar lantai jalan rue via calle rua ulica nomor km mile miles
"""
_BOOKS_AND_LAW = """
    psalm psalms psaume salmo genesis exodus leviticus deuteronomy isaiah jeremiah acts romans corinthians galatians
    ephesians philippians hebrews revelation sura surah surat ayat verse chapter page pages paragraph section
    article articles artikel articolo artigo artykuł pasal absatz abs art figure fig table part episode volume issue
    number num nummer numéro numero número nr no season saison staffel kapitel seite exercise question lesson unit
    problem example lemma theorem sonnet opus symphony sonata concerto
"""
_HEALTH_AND_SPORT = """
    covid sars vitamin omega icd dsm hba il cd coenzyme hpv influenza class grade year age aged over under born
    since team mundial olympics fifa nba nhl nfl gta skyrim fallout battlefield formula formel group round game
    match lap stage day week month top last first next about around nearly almost weigh weighs only exactly than
    until before after from with for against bib row seat ironman marathon sum blink maroon
"""


@cache
def numbered_words() -> frozenset[str]:
    """Return the words, in small letters."""
    groups = (_TECHNICAL, _VEHICLES_AND_MACHINES, _ROADS_AND_PLACES, _BOOKS_AND_LAW, _HEALTH_AND_SPORT)
    return frozenset(" ".join(groups).split())

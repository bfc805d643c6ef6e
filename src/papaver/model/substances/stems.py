"""Stems: what a name never seen before looks like.

The endings are those of INN stems and of the naming habits of early-warning reports. A stem says to which
class a *name* seems to belong; it says nothing about the effects of the substance.
"""

import re
from functools import lru_cache

# (looks like, class, pattern on one folded token); the first that fits wins.
_TOKEN_STEMS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (looks_like, cls, re.compile(pattern))
    for looks_like, cls, pattern in (
        ("nitazene", "nitazene", r"nita?zen[eai]?s?$|nitazep[iy]p?[iy]?nes?$|nitazep\w*nes?$|nitazyne$"),
        ("nitazene", "nitazene", r"^(?=.{8})\w*(?:to|eto|meto|proto|buto)des?nitaz\w*$"),
        ("fentanyl", "fentanyl_related", r"fentan[iy]ls?$|fentan[iy]lo$|fenta?nil$|^4?anpp$"),
        ("morphinan", "morphinan", r"(?:m|pren|al|eth?yl|eto|et|acet)orphines?$|morphinan$|morphone$|codone$"),
        ("orphine", "orphine", r"(?:orphine|chlorphine|brorphine|orfine)s?$"),
        ("benzodiazepine", "benzodiazepine", r"\w{2,}(?:azolam|azepam|tizolam|zepam|zolam)s?$"),
        (
            "cannabinoid",
            "cannabinoid",
            r"^\w*(?:pinaca|binaca|butinaca|chminaca|fubinaca|hinaca|inaca|fubica|chmica|fubiata|piata"
            r"|poxizid|hexoxizid|oxizid|megaclone|pegaclone|picaa?)$|^(?:jwh|xlr|thj)\d{2,4}$",
        ),
        (
            "cathinone",
            "cathinone",
            r"\w{2,}(?:pentylone|butylone|tylone|hexylone|heptylone|hedrone|edrone|cathinone|pyrovalerone|phedrone)$",
        ),
        ("cathinone", "cathinone", r"^\w*(?:pihp|phip|pvp)$|^\d[cfbm]?mc$|^\d(?:cmc|mmc|bmc|fmc|cec|mec|bec|emc)$"),
        (
            "hallucinogen",
            "hallucinogen",
            r"^(?:25|30)\w{1,3}nbo\w+$|tryptamine$|\w{3,}phenethylamine$|^1\w{1,2}lsd$|\w+nbome$",
        ),
        ("dissociative", "dissociative", r"\w{3,}(?:ketamine|cyclidine|phenidine)$"),
        ("stimulant", "stimulant", r"\w{3,}(?:amphetamine|amfetamine|phenidate|finil)$"),
        ("alpha2_agonist", "alpha2_agonist", r"\w{2,}(?:etomidine|medetomidine|tomidine)$"),
        ("barbiturate", "barbiturate", r"\w{2,}barbital$"),
    )
)
# Codes whose letters and digits are written apart: "U-48520", "MDMB-5Br-PICA", "5F-XYZ-PINACA".
_CODE_STEMS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (looks_like, cls, re.compile(pattern, re.IGNORECASE))
    for looks_like, cls, pattern in (
        ("opioid", "opioid", r"\bU-?\d{5}\b"),
        ("opioid", "opioid", r"\b(?:AH|AP)-\d{3,4}\b"),
        (
            "cannabinoid",
            "cannabinoid",
            r"\b(?:\d['′]?[A-Z]{1,4}-)?(?:MDMB|ADMB|EDMB|ADB|AMB|MMB|EMB|BZO|CUMYL|APP|AB)"
            r"(?:-[A-Z0-9'′]{1,6})?-[A-Z0-9'′]*[A-Z]{4,}\b",
        ),
        ("cannabinoid", "cannabinoid", r"\b(?:JWH|XLR|THJ|UR|RCS|MAM|EAM|SDB)-\d{1,4}\b"),
        ("hallucinogen", "hallucinogen", r"\b4-(?:HO|AcO|PrO)-[A-Z]{2}[A-Za-z]{1,3}\b|\b5-MeO-[A-Z][A-Za-z]{2,4}\b"),
        ("hallucinogen", "hallucinogen", r"\b2C-[A-Z](?:-?\d{1,2})?\b"),
        ("dissociative", "dissociative", r"\b\d-(?:MeO|HO|Me|F|Cl)-PC[A-Z][a-z]?\b"),
        ("cathinone", "cathinone", r"\b(?:[αa]|alpha)-P[A-Z]{1,3}P\b"),
    )
)

# Parts that change a name into the name of a different substance when they stand before it.
_CHEMICAL_PART = re.compile(
    r"^(?:\d{1,2})?(?:(?:di|tri|tetra|penta|mono|bis|iso|sec|tert|neo|cyclo|nor|des|seco|homo|aza|thio|oxo|oxa|keto"
    r"|alpha|beta|gamma|p|o|m|n)*"
    r"(?:fluoro|chloro|bromo|iodo|\w*meth\w*|\w*eth[yo]\w*|\w*prop\w*|\w*but[yaeo]\w*|\w*pent[yaeo]\w*|\w*hex\w+"
    r"|\w*hept\w+|\w*oct[aey]\w+|\w+yl|\w+oyl|\w+oxy|\w*furan\w*|\w*thien\w*|\w*thiophen\w*|\w*pyrrolid\w*"
    r"|\w*piperid\w*|\w*morpholin\w*|nitro|amino|cyano|hydroxy|acetoxy|azido|oxo|keto|thio|benzodiox\w*"
    r"|carbamate|deschloro|desnitro|despropionyl|desethyl|desmethyl|nitrile|propionitrile))$"
)
_DERIVED = frozenset(
    {"nor", "iso", "desmethyl", "desethyl", "hydroxy", "dehydro", "deschloro", "dihydro", "homo", "thio"}
)

_METABOLITE_PREFIX = re.compile(
    r"^(?:nor|(?:n|o|nn|no)?(?:di|bis)?(?:desmethyl|desethyl|desalkyl)|(?:alpha|beta|\d{1,2})?hydroxy|dehydro)"
)


# The parts of which names of substituted phenylpiperidines are put together.
_PARTS = re.compile(
    r"^(?:di|tri|tetra|iso|sec|tert|cyclo|nor|des|homo|thio|aza|hydro|nitro|amino|hydroxy|acetoxy|keto|oxo"
    r"|fluoro|chloro|bromo|iodo|allyl|vinyl|(?:meth|eth|prop|but|pent|hex|hept|oct)(?:an|en|yn)?(?:yl|oyl|oxy|o)"
    r"|(?:form|acet|propion|butyr|valer|pival|acryl|methacryl|croton|tigl|senecio)(?:yl|oyl|oxy)?"
    r"|(?:tetrahydro)?furan|thien|then|benz|phenyl|phenethyl|benzodioxole|carbamate|yl|oyl|o|a|alpha|beta|gamma"
    r"|p|m|\d)+(?:fentan[iy]ls?)?$"
)


def is_well_formed(token: str) -> bool:
    """Whether a token is put together from parts of chemical names (and -fentanyl), and so is no slip."""
    return _PARTS.match(token) is not None


@lru_cache(maxsize=65536)
def token_stem(token: str) -> tuple[str, str] | None:
    """(looks_like, class) of one folded token by its stem, or None."""
    for looks_like, cls, pattern in _TOKEN_STEMS:
        if pattern.search(token):
            return looks_like, cls
    return None


def code_stems(text: str) -> list[tuple[int, int, str, str]]:
    """Places in text that read like a laboratory code of a class: start, end, looks_like, class."""
    found = []
    for looks_like, cls, pattern in _CODE_STEMS:
        found += [(m.start(), m.end(), looks_like, cls) for m in pattern.finditer(text)]
    return sorted(found)


def is_chemical_part(token: str) -> bool:
    """Whether a folded token reads like part of a chemical name that makes a different substance of what follows."""
    return token in _DERIVED or _CHEMICAL_PART.match(token) is not None


def without_metabolite_prefix(token: str) -> str | None:
    """The rest of a token after a prefix that usually names a metabolite ("nor", "desmethyl", "hydroxy"), or None."""
    match = _METABOLITE_PREFIX.match(token)
    rest = token[match.end() :] if match else ""
    return rest if len(rest) >= 6 else None

"""The nation a British postcode district lies in: a table of the 124 geographic areas and the districts that differ.

Areas: Royal Mail's postcode areas and the nations they lie in. Where an area straddles a border its districts are
listed; a district that itself straddles one goes with the nation of its post town.
"""

import re
from collections.abc import Mapping

_ENGLAND = """AL B BA BB BD BH BL BN BR BS CA CB CH CM CO CR CT CV CW DA DE DH DL DN DT DY E EC EN EX FY GL GU HA HD HG
HP HR HU HX IG IP KT L LA LE LN LS LU M ME MK N NE NG NN NR NW OL OX PE PL PO PR RG RH RM S SE SG SK SL SM SN SO SP SR
SS ST SW SY TA TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO"""
_SCOTLAND = "AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE"
_WALES = "CF LD LL NP SA"
AREAS: Mapping[str, str] = {
    **dict.fromkeys(_ENGLAND.split(), "GB-ENG"),
    **dict.fromkeys(_SCOTLAND.split(), "GB-SCT"),
    **dict.fromkeys(_WALES.split(), "GB-WLS"),
    "BT": "GB-NIR",
    "GY": "GG",
    "IM": "IM",
    "JE": "JE",
}
# Flintshire under Chester; Powys, Ceredigion and Gwynedd under Shrewsbury; Berwick under Galashiels.
DISTRICTS: Mapping[str, str] = {
    **dict.fromkeys(("CH5", "CH6", "CH7", "CH8"), "GB-WLS"),
    **dict.fromkeys(("SY15", "SY16", "SY17", "SY18", "SY19", "SY20", "SY21", "SY22", "SY23", "SY24", "SY25"), "GB-WLS"),
    "TD15": "GB-ENG",
}
NATIONS: Mapping[str, str] = {
    "england": "GB-ENG",
    "scotland": "GB-SCT",
    "wales": "GB-WLS",
    "northern ireland": "GB-NIR",
}
_SHAPE = re.compile(r"([A-Z]{1,2})(\d{1,2}[A-Z]?)?(?:\s*\d[A-Z]{2})?|([A-Z]{1,2})(\d{1,2})\d{1,2}[A-Z]?")


def nation(postcode: str) -> str | None:
    """The ISO 3166-2 code of the nation (or the code of a Crown dependency) of a postcode, district or area.

    A district with digits of the next part run on (B772 for B77 2) still tells its area. None where it tells nothing.
    """
    text = postcode.strip().upper()
    if text.lower() in NATIONS:
        return NATIONS[text.lower()]
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    area, district = found[1] or found[3], found[2] or found[4] or ""
    return DISTRICTS.get(area + district, AREAS.get(area))

"""A mapping proposed for a file nobody has described: by the names of its headers and by what stands under them."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from papaver.model.places import canonical, place
from papaver.model.records import Column, RecordType, record_types
from papaver.sources.cells import typed_column
from papaver.sources.distinct import Typed
from papaver.sources.mapping import ColumnMapping, folded
from papaver.sources.raw import Raw, as_text

_SAMPLE = 200
_NEAR = 0.86
# Words that stand over such columns in files seen so far; in English, then German, French, Spanish, Italian.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "period_start": (
        "date", "day", "week", "month", "quarter", "year", "period", "start", "start_date", "from", "date_start",
        "week_start", "week_starting", "week_commencing", "week_of", "epiweek", "isoweek", "date_of_death",
        "time_period", "date_received", "datum", "tag", "woche", "monat", "jahr", "jour", "semaine", "mois", "annee",
        "année", "fecha",
        "semana", "mes", "ano", "año", "data", "settimana", "mese", "anno", "time", "date_time",
    ),
    "period_end": ("end", "end_date", "to", "date_end", "week_end", "week_ending", "until"),
    "place": (
        "country", "country_code", "region", "state", "county", "province", "location", "area", "iso", "iso2", "geo",
        "territory", "jurisdiction", "land", "bundesland", "pays", "département", "pais", "país", "paese", "regione",
        "nuts", "ref_area", "reporting_country",
    ),
    "value": (
        "count", "counts", "number", "n", "cases", "deaths", "total", "observed", "obs_value", "events", "visits",
        "frequency", "anzahl", "fälle", "faelle", "nombre", "cas", "numero", "número", "casos", "numero_casi", "casi",
    ),
    "substance": (
        "drug", "drug_name", "substance_name", "analyte", "compound", "molecule", "substance_type", "drug_group",
        "substanz", "droge", "wirkstoff", "drogue", "sustancia", "droga", "sostanza",
    ),
    "substances": (
        "drugs", "found", "result", "results", "substances_found", "substances_detected", "detected_substances",
        "drugs_detected", "composition", "content", "major", "findings", "ergebnis", "resultat", "résultat",
    ),
    "series": ("series_name", "stream_name", "group", "category"),
    "indicator": ("measure", "metric", "variable", "measure_name", "kennzahl", "indicateur", "indicador"),
    "denominator": ("population", "pop", "tested", "n_tested", "persons_at_risk", "bevölkerung"),
    "specimen_id": ("sample_id", "sample", "sample_no", "sample_number", "specimen", "item_id", "exhibit", "probe"),
    "stream": ("sample_type", "stream_type", "setting_type"),
    "sold_as": ("intent", "bought_as", "purchased_as", "expected", "expected_substance", "sold_for", "marketed_as"),
    "colour": ("color", "farbe", "couleur"),
    "imprint": ("logo", "label", "marking_on_tablet"),
    "received_on": ("received", "date_received", "received_date"),
    "collected_on": ("collected", "date_collected", "collection_date", "sample_date"),
    "analysed_on": ("analysed", "analyzed", "date_analysed", "analysis_date", "test_date"),
    "text": ("cause_of_death", "cod", "description", "comment", "comments", "narrative", "remarks", "free_text"),
    "n_cases": ("cases", "number_of_cases", "affected"),
    "n_deaths": ("deaths", "fatal", "number_of_deaths"),
    "reported_on": ("reported", "date_reported", "report_date"),
    "known_from": ("known", "published", "published_on", "publication_date", "available_from", "release_date"),
    "age_group": ("age", "ages", "age_band", "altersgruppe"),
    "sex": ("gender", "geschlecht", "sexe"),
    "laboratory": ("lab", "laboratory_name", "labor", "laboratoire"),
    "unit": ("units", "einheit", "unité"),
    "status": ("state_of_data", "data_status"),
}  # fmt: skip


def propose(raw: Raw, record_type: str | None = None) -> ColumnMapping:
    """The mapping that fits best: of the record type named, else of the one that takes most of what it needs."""
    kinds = [record_types()[record_type]] if record_type else list(record_types().values())
    return max((_proposed(raw, kind) for kind in kinds), key=lambda scored: scored[0])[1]


def _proposed(raw: Raw, kind: RecordType) -> tuple[tuple[float, float, bool, bool], ColumnMapping]:
    pairs = sorted(
        (-score, i, j, header, column.name)
        for i, header in enumerate(raw.headers)
        for j, column in enumerate(kind.columns.values())
        if (score := similarity(header, column.name)) > 0 and fits(raw, header, column)
    )
    columns: dict[str, str] = {}
    total = 0.0
    for score, _, _, header, name in pairs:
        if header not in columns and name not in columns.values():
            columns[header] = name
            total -= score
    _date_by_content(raw, kind, columns)
    found = sum(name in columns.values() for name in kind.required)
    # A type that needs much and gets it says more than one that needs little.
    needed = found / max(len(kind.required), 1) + found / 10
    own = sum(1.0 for name in columns.values() if name in kind.own_columns)
    # Observations before registers: people bring data far more often than registers.
    rank = (needed + total / max(len(raw.headers), 1) / 4, own, not kind.register_, kind.name == "count")
    exact = {header: name for header, name in columns.items() if header != name}
    return rank, ColumnMapping(kind.name, {h: exact.get(h, n) for h, n in _in_order(raw, columns).items()})


def _in_order(raw: Raw, columns: Mapping[str, str]) -> dict[str, str]:
    return {header: columns[header] for header in raw.headers if header in columns}


def similarity(header: str, column: str, least: float = _NEAR) -> float:
    """How likely a header stands for a column by its name: 3 the same, 2 a synonym, `least` to 1 alike, else 0."""
    name = folded(header)
    if name == column:
        return 3.0
    words = SYNONYMS.get(column, ())
    if name in words:
        # The first synonyms are the commonest.
        return 2.0 - words.index(name) / 100
    if any(name == f"{word}_{tail}" for word in words for tail in ("code", "name", "id")):
        return 1.5
    near = SequenceMatcher(None, name, column).ratio()
    return near if near >= least else 0.0


def fits(raw: Raw, header: str, column: Column) -> bool:
    """Whether what stands under a header can mostly be read as the column: nine cells of ten in a sample."""
    sample = raw.column(header).slice(0, _SAMPLE).drop_null()
    if header == column.name or not len(sample) or column.type in ("text", "list", "substance"):
        return True
    if column.type == "place":
        texts = as_text(sample).to_pylist()
        return sum(place(canonical(text)).known for text in texts) >= 0.5 * len(texts)
    read = typed_column(sample, column)
    # A column that is wrong as a whole (dates open to two readings) is of the type nonetheless.
    return not isinstance(read, Typed) or len(read.faults) <= 0.1 * len(sample)


def _date_by_content(raw: Raw, kind: RecordType, columns: dict[str, str]) -> None:
    """Where no header names the period, the first column that holds dates does."""
    wanted = kind.columns["period_start"]
    if not wanted.required or "period_start" in columns.values():
        return
    for header in raw.headers:
        filled = raw.column(header).slice(0, _SAMPLE).drop_null()
        if header not in columns and len(filled) and fits(raw, header, wanted):
            columns[header] = "period_start"
            return

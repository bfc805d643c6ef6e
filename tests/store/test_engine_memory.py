"""Ten million counts through a kernel, under two gigabytes."""

import subprocess
import sys

import pytest

LIMIT_MIB = 2048
RUN = """
import resource, sys
from datetime import date
from pathlib import Path
import numpy as np
import ibis
from papaver.model.analysis import Kernel
from papaver.model.records import record_types
from papaver.model.records.schema import stored_schema
from papaver.store.connection import engine
from papaver.store.engine import DuckEngine
from papaver.store.known import known

folder = Path(sys.argv[1])
backend = engine(folder / "spill")
load = DuckEngine(backend).load
records = {name: load(stored_schema(kind).empty_table()) for name, kind in record_types().items()}
backend.raw_sql(f'''COPY (
    SELECT 'series-' || (i % 50000) AS series, 'deaths|' || (i % 50000 % 97) AS series_id,
        'overdose_death' AS indicator,
        'XX-' || (i % 50000 % 97) AS place, DATE '2020-01-06' + 7 * (i // 50000)::INT AS period_start,
        DATE '2020-01-12' + 7 * (i // 50000)::INT AS period_end, DATE '2020-02-12' + 7 * (i // 50000)::INT
            AS known_from,
        (hash(i) % 20)::DOUBLE AS value, md5(i::VARCHAR) AS record_id, 'batch' AS batch_id, 'file' AS source
    FROM range(10000000) t(i) WHERE i % 5000 <> 17 OR i // 50000 <> 30)
    TO '{folder}/counts.parquet' (FORMAT parquet)''')
rows = backend.read_parquet(folder / "counts.parquet")
schema = records["count"].schema()
given = rows.columns
records["count"] = rows.select(**{c: rows[c] if c in given else ibis.null(t) for c, t in schema.items()})
data = known(backend, records, date(2030, 1, 1), None)


def run(columns):
    value = columns["value"]
    mean = np.full(len(value), value.mean())
    return {"period_start": columns["period_start"], "expected": mean, "alarm": value > mean + 5}


kernel = Kernel(run, {"period_start": "date", "expected": "float64", "alarm": "boolean"})
counts = data["counts"].select("series", "period_start", "period_end", "every", "value", "denominator")
result = data.map_groups(counts, ["series"], kernel)
# Ten series have a hole in their thirtieth week, which is filled.
assert result.count().execute() == 10_000_000
assert counts.value.isnull().sum().execute() == 10
assert result.series.nunique().execute() == 50_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.torture
def test_ten_million_counts_stay_under_two_gigabytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)], capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < LIMIT_MIB

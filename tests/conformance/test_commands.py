"""The command line: exit codes, documents and words that scripts rely on."""

import json
from datetime import date, timedelta

import pytest

from papaver.app.cli import _call


def call(capsys, *words):
    """Exit code, standard output and standard error of a command."""
    code = _call([str(w) for w in words])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture
def workspace(tmp_path, capsys):
    folder = tmp_path / "workspace"
    assert call(capsys, "init", folder)[0] == 0
    return folder


@pytest.fixture
def counts(tmp_path):
    file = tmp_path / "counts.csv"
    rows = ["indicator,place,period_start,value", *(f"ed_visit,LV,2024-{m:02}-01,{m}" for m in range(1, 13))]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_words_that_mean_nothing_are_bad_arguments(capsys, counts):
    for words in (
        ["bogus"],
        ["run", "detct"],
        ["run", "detect", "--data", "count"],
        ["run", "detect", "--data", f"count={counts}", "--set", "alpa=0.1"],
        ["run", "detect", "--data", f"count={counts}", "--set", "alpha=2"],
        ["run", "detect", "--data", f"bogus={counts}"],
        ["replay", "detect", "--data", f"count={counts}"],
        ["replay", "detect", "--data", f"count={counts}", "--from", "2025-01-01", "--to", "2024-01-01"],
    ):
        code, out, err = call(capsys, *words)
        assert (code, out) == (2, ""), words
        assert err.startswith("papaver: "), words
    assert "Nearest: detect" in call(capsys, "run", "detct")[2]
    assert "Nearest: alpha" in call(capsys, "run", "detect", "--data", f"count={counts}", "--set", "alpa=0.1")[2]


def test_bad_input_names_file_row_column_value_and_the_mend(capsys, tmp_path, workspace):
    bad = tmp_path / "bad.csv"
    bad.write_text("place,period_start,value\nLV,2024-01-01,3\nLV,2024-02-30,4\nLV,2024-03-01,-5\n", encoding="utf-8")
    code, _, err = call(capsys, "add", bad, "--as", "count", "--workspace", workspace)
    assert code == 3
    for part in ("bad.csv", "row 3", "period_start", "2024-02-30", "row 4", "value", "-5"):
        assert part in err
    assert call(capsys, "run", "detect", "--data", f"count={bad}")[0] == 3
    assert call(capsys, "check", bad, "--as", "count")[0] == 3
    rejects = tmp_path / "rejects.csv"
    code, out, _ = call(
        capsys, "add", bad, "--as", "count", "--workspace", workspace, "--keep-good", "--rejects", rejects
    )
    assert code == 0
    assert "2 rows rejected" in out
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 3


def test_the_same_file_again_changes_nothing(capsys, workspace, counts):
    first = call(capsys, "add", counts, "--as", "count", "--workspace", workspace)
    assert first[0] == 0
    assert "12 new rows" in first[1]
    code, out, _ = call(capsys, "add", counts, "--as", "count", "--workspace", workspace)
    assert code == 0
    assert out.startswith("0 new rows, already in batch")


def test_a_folder_that_is_no_workspace_is_exit_5(capsys, tmp_path):
    code, _, err = call(capsys, "update", "--workspace", tmp_path)
    assert code == 5
    assert "papaver init" in err


def test_a_told_signal_becomes_a_finding_and_update_twice_adds_nothing(capsys, workspace):
    words = "--place IE --reported-on 2026-04-03 --n-cases 9 --exposure-status suspected --syndrome".split()
    first = call(
        capsys, "log", "event", *words, "opioid toxidrome", "--product-described", "brown powder sold as heroin",
        "--first-onset-at", "2026-04-03T17:00:00Z", "--last-onset-at", "2026-04-03T23:20:00Z", "--workspace", workspace,
    )  # fmt: skip
    assert first[0] == 0, first[2]
    assert call(capsys, "update", "--workspace", workspace)[0] == 0
    before = json.loads(call(capsys, "findings", "--json", "--workspace", workspace)[1])["findings"]
    assert [f["kind"] for f in before] == ["sentinel"]
    assert before[0]["priority"] == "now"
    told = json.loads(call(capsys, "update", "--json", "--workspace", workspace)[1])["updated"]
    assert all(not one.get(k) for one in told for k in ("new", "revised", "raised_again", "historical"))
    assert json.loads(call(capsys, "findings", "--json", "--workspace", workspace)[1])["findings"] == before


def test_log_refuses_a_column_that_does_not_exist(capsys, workspace):
    code, _, err = call(capsys, "log", "event", "--plaec", "IE", "--workspace", workspace)
    assert code == 2
    assert "plaec" in err


def test_settings_say_where_they_come_from(capsys, workspace, monkeypatch):
    monkeypatch.setenv("PAPAVER_PORT", "9001")
    told = json.loads(call(capsys, "config", "--json", "--workspace", workspace)[1])
    assert told["port"] == {"value": "9001", "origin": "PAPAVER_PORT"}
    assert told["name"] == {"value": "workspace", "origin": "papaver.toml"}
    assert told["workspace"]["origin"] == "option"
    (workspace / "papaver.toml").write_text("prot = 1\n", encoding="utf-8")
    code, _, err = call(capsys, "config", "--workspace", workspace)
    assert code == 2
    assert "Nearest: port" in err


def test_replay_prints_its_steps_and_unites_by_key(capsys, counts):
    words = ("--data", f"count={counts}", "--lag", "0", "--set", "method=ears-c1", "--set", "min_sigma=0.5")
    code, out, _ = call(
        capsys, "replay", "detect", "--from", "2024-06-30", "--to", "2024-12-31", "--every", "month", *words, "--json"
    )
    document = json.loads(out)
    assert code == 0
    assert (document["from"], document["to"], document["every"]) == ("2024-06-30", "2024-12-31", "month")
    keys = [f["key"] for f in document["findings"]]
    assert len(keys) == len(set(keys))
    assert all(f["known_on"] <= "2024-12-31" for f in document["findings"])


def test_out_writes_the_document_and_a_csv_per_table(capsys, counts, tmp_path):
    code, _, _ = call(capsys, "run", "detect", "--data", f"count={counts}", "--out", tmp_path / "out")
    assert code == 0
    assert json.loads((tmp_path / "out" / "document.json").read_text(encoding="utf-8"))["analysis"] == "detect"
    assert (tmp_path / "out" / "detect.csv").read_text(encoding="utf-8").startswith("series,")


def test_help_of_an_analysis_lists_its_parameters(capsys):
    code, out, _ = call(capsys, "run", "detect", "--help")
    assert code == 0
    for name in ("alpha", "threshold_method", "past_weeks_not_included", "compat"):
        assert f"--set {name}=" in out


def test_a_long_replay_says_the_same_in_one_process_and_in_two(monkeypatch, tmp_path):
    import papaver
    from papaver.app import replay

    file = tmp_path / "count.csv"
    days = [date(2022, 1, 3) + timedelta(weeks=i) for i in range(60)]
    values = [(7 * i) % 5 + (40 if i in (30, 31, 50) else 0) for i in range(60)]
    rows = [f"a,{day},{value}" for day, value in zip(days, values, strict=True)]
    file.write_text("\n".join(["series,period_start,value", *rows]), encoding="utf-8")
    asked = {"start": days[20], "end": days[-1], "lag": 7, "method": "ears-c1", "data": {"count": file}}
    alone = papaver.replay("detect", **asked).document()
    assert len(alone["findings"]) >= 2
    monkeypatch.setattr(replay, "WORTH_A_PROCESS", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert papaver.replay("detect", **asked).document() == alone


def test_a_replay_opens_no_second_item_for_an_episode_that_moves(tmp_path):
    """A revision moves the start of an episode; it stays one finding, told as it was first seen."""
    import papaver

    rows = ["series,period_start,value,known_from"]
    for i in range(40):
        day = date(2023, 1, 2) + timedelta(weeks=i)
        value = 60 if i in (35, 36) else 5 + i % 3
        rows.append(f"a,{day},{value},{day + timedelta(days=8)}")
        if i == 34:
            rows.append(f"a,{day},60,{day + timedelta(days=30)}")
    file = tmp_path / "count.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    asked = {"method": "ears-c1", "min_sigma": 1, "data": {"count": file}}
    replayed = papaver.replay("detect", start="2023-09-04", end="2023-10-23", **asked)
    at_the_end = papaver.run("detect", as_known_on="2023-10-23", **asked)
    assert len(at_the_end.findings) == 1
    assert len(replayed.findings) == 1
    assert replayed.findings[0].when.start > at_the_end.findings[0].when.start

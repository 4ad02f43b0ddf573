"""Break-even, side by side, many scenarios, files: against answers found in another way."""

from __future__ import annotations

import itertools
import json
import math
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from casebook import _whole, study
from casebook.cases import NAMES
from casebook.models import model
from casebook.shape import AssumptionError
from casebook.study import breakeven, export, quantiles


@pytest.fixture(autouse=True)
def few(monkeypatch) -> None:
    """Runs take time: the range is looked at in fewer points."""
    monkeypatch.setattr(breakeven, "POINTS", 9)


@pytest.mark.parametrize("name", NAMES)
def test_a_break_even_is_one(name: str) -> None:
    a = model(name).assumptions()
    slider = next(
        s for s in (a.spec.assumptions[n] for n in a.spec.words["explorer"]["sliders"])
        if isinstance(s.value, float)
    )  # fmt: skip
    run = model(name).simulate
    base, low = run(a).metrics, run(a.replace(**{slider.name: slider.low})).metrics
    numbers = [m for m in a.spec.words["explorer"]["metrics"] if isinstance(base[m], float)]
    metric = next(m for m in numbers if base[m] != low[m])
    ends = [run(a.replace(**{slider.name: x})).metrics[metric] for x in (slider.low, slider.high)]
    wanted = run(a.replace(**{slider.name: (slider.low + 2 * slider.high) / 3})).metrics[metric]
    found = study.solve(a, slider.name, f"{metric} == {wanted!r}")
    assert (found.at_low[0], found.at_high[0]) == tuple(map(float, ends))
    assert found.turns
    for turn in found.turns:
        there = run(a.replace(**{slider.name: turn.value})).metrics[metric]
        assert there == turn.left
        assert turn.jumps or there == pytest.approx(wanted, rel=1e-7, abs=1e-9)
        # beyond it the sides stand as it says
        step = (slider.high - slider.low) * 1e-6
        if turn.value + step < slider.high:
            beyond = run(a.replace(**{slider.name: turn.value + step})).metrics[metric]
            assert (beyond >= wanted) == turn.above


def test_the_break_even_chance_is_that_of_the_case() -> None:
    a = model("problem").assumptions()
    found = study.solve(a, "success_chance", "expected_value == liquidate.value")
    (turn,) = found.turns
    assert turn.value == pytest.approx(model("problem").simulate(a).metrics["break_even_chance"])
    assert turn.above and not turn.jumps


def test_a_whole_number_jumps_and_none_is_said() -> None:
    a = model("problem").assumptions()
    (turn,) = study.solve(a, "wait", "expected_value == liquidate.value").turns
    run = model("problem").simulate
    ahead = [r.metrics["expected_value"] >= r.alternative("liquidate").metrics["value"]
             for r in (run(a.replace(wait=w)) for w in range(7))]  # fmt: skip
    first = next(w for w in range(7) if ahead[w] != ahead[0])
    assert (turn.value, turn.jumps, turn.above) == (first, True, False)
    none = study.solve(a, "success_chance", "expected_value == 999")
    assert none.turns == ()
    assert none.at_low[1] == none.at_high[1] == 999


@pytest.mark.parametrize(
    ("name", "question", "says"),
    [
        ("sucess_chance", "value == 3", "did you mean 'success_chance'"),
        ("way_out", "value == 3", "a number is needed"),
        ("success_chance", "value", "left == right"),
        ("success_chance", "value == 3 == 4", "left == right"),
        ("success_chance", "value >= 3", "left == right"),
        ("success_chance", " == 3", "left == right"),
        ("success_chance", "valu == 3", "did you mean 'value'"),
        ("success_chance", "liquidat.value == 3", "did you mean 'liquidate'"),
        ("success_chance", "needed == 3", "a number is needed"),
    ],
)
def test_a_question_that_is_none(name: str, question: str, says: str) -> None:
    with pytest.raises(AssumptionError, match=says):
        study.solve(model("problem").assumptions(), name, question)


def test_a_range_that_is_none() -> None:
    a = model("problem").assumptions()
    with pytest.raises(AssumptionError, match="no range"):
        study.solve(a, "success_chance", "value == 3", 0.5, 0.5)
    with pytest.raises(AssumptionError, match="out of range"):
        study.solve(a, "success_chance", "value == 3", 0.5, 2.0)


@pytest.mark.parametrize("name", NAMES)
def test_two_clients_side_by_side(name: str) -> None:
    module = model(name)
    a = module.assumptions()
    sliders = [a.spec.assumptions[n] for n in a.spec.words["explorer"]["sliders"]][:3]
    b = a.replace(
        **{s.name: s.low if s.value == s.high else s.high for s in sliders if not s.choices}
    )
    found = study.compare(a, b)
    assert {d.name for d in found.differences} == {s.name for s in sliders if not s.choices}
    then, now = (module.simulate(x).metrics[found.metric] for x in (a, b))
    if found.together is not None:
        assert found.together == now - then
    for row in found.differences:
        alone = module.simulate(a.replace(**{row.name: row.second})).metrics[found.metric]
        assert row.effect is None or row.effect == alone - then
    sizes = [abs(d.effect or 0) for d in found.differences]
    assert sizes == sorted(sizes, reverse=True)
    assert study.compare(a, a).differences == ()


def test_two_models_are_not_compared() -> None:
    with pytest.raises(AssumptionError, match="the first is of 'growth'"):
        study.compare(model("growth").assumptions(), model("problem").assumptions())
    a = model("growth").assumptions()
    with pytest.raises(AssumptionError, match="there is no metric"):
        study.compare(a, a, "nothing")


@pytest.mark.parametrize("name", NAMES)
def test_quantiles_are_those_of_all_scenarios(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(quantiles, "PART", 200)
    module = model(name)
    a = module.assumptions()
    told: list[int] = []
    found = study.simulate(a, 500, tmp_path / "parts", seed=7, progress=told.append)
    assert told == [0, 200, 400, 500] and not (tmp_path / "parts").exists()
    seeds = [int(np.random.SeedSequence([7, k]).generate_state(1)[0]) for k in range(3)]
    runs = [module.simulate(a, module.sample(a, n, s)) for n, s in zip((200, 200, 100), seeds)]  # noqa: B905
    assert found.residual <= 1
    assert found.rows
    for metric, row in found.rows.items():
        values = np.concatenate([np.asarray(r.metrics[metric], float) for r in runs])
        event = a.spec.words["metrics"][metric]["unit"] == "period"
        there = values[values >= 0] if event else values[np.isfinite(values)]
        assert row[-1] == len(there) / 500
        if event:  # one that never comes is later than all others
            last = [math.inf] * (500 - len(there))
            late = [sorted(there.tolist() + last)[math.ceil(500 * q) - 1] for q in quantiles.SHARES]
        if len(there):
            at = late if event else np.quantile(there, quantiles.SHARES)
            wanted = (there.mean(), there.std(), *at)
            assert row[:-1] == pytest.approx(wanted, rel=1e-12, abs=1e-12)
        elif event:
            assert set(row[2:-1]) == {math.inf}


def test_a_study_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(quantiles, "PART", 100)
    a = model("transactional").assumptions()
    whole = study.simulate(a, 450, tmp_path / "whole")
    count = itertools.count()

    def stop(done: int) -> None:
        if next(count) == 2:
            raise KeyboardInterrupt

    folder = tmp_path / "parts"
    with pytest.raises(study.Unfinished) as error:
        study.simulate(a, 450, folder, progress=stop)
    assert (error.value.done, error.value.parts) == (2, 5)
    with pytest.raises(ValueError, match="something else"):
        study.simulate(a.replace(rate=0.05), 450, folder)
    with pytest.raises(ValueError, match="something else"):
        study.simulate(a, 450, folder, seed=2)
    told: list[int] = []
    assert study.simulate(a, 450, folder, progress=told.append) == whole
    assert told[0] == 200


def test_processes_share_the_work_and_not_the_answer(tmp_path: Path) -> None:
    a = model("transactional").assumptions()
    one, two = (study.simulate(a, 20_001, tmp_path / f"{w}", workers=w) for w in (1, 2))
    with ThreadPoolExecutor(2) as pool:  # as a Dask client gives one
        third = study.simulate(a, 20_001, tmp_path / "3", workers=2, executor=pool)
    assert one == two == third


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interruption_leaves_what_is_done(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "casebook", "simulate", "problem", "-n", "1000000", "-w", "2"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)  # fmt: skip
    folder = tmp_path / "problem.parts"
    try:
        for _ in range(600):
            if folder.exists() and len(list(folder.glob("[0-9]*.npy"))) >= 2:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=100)
    finally:
        process.kill()
    kept = len(list(folder.glob("[0-9]*.npy")))
    assert process.returncode == 2 and said.startswith("casebook: ") and f"{kept} of 100" in said
    assert not list(folder.glob(".*.npy"))


def test_files_of_a_run(tmp_path: Path) -> None:
    module = model("problem")
    a = module.assumptions()
    run, base = module.simulate(a.replace(sales=22.0)), module.simulate(a)
    for form in export.FORMS:
        study.save(run, base, tmp_path / f"x{form}")
    found = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert found["base"]["assumptions"] == {"sales": 20.0}
    assert found["assumptions"]["sales"] == 22.0
    for metric, value in run.metrics.items():
        wanted = None if isinstance(value, float) and not math.isfinite(value) else value
        assert found["metrics"][metric] == wanted
        assert found["alternatives"]["liquidate"][metric] == pytest.approx(
            run.alternative("liquidate").metrics[metric], nan_ok=True
        )
    table = pd.read_parquet(tmp_path / "x.parquet")
    for line, values in run.lines.items():
        assert found["lines"][line] == values.tolist() == table[line].tolist()
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").replace("\r\n", "\n") == (
        run.csv().replace("\r\n", "\n")
    )
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_table_in_every_form(tmp_path: Path) -> None:
    heads, rows = ["name", "value"], [["=1+1", 0.1 + 0.2], ["银行", float("nan")]]
    for form in export.FORMS:
        study.save_table(heads, rows, tmp_path / f"t{form}")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [c.value for c in sheet["A"]] == ["name", "=1+1", "银行"]
    assert sheet["A2"].data_type == "s" and sheet["B2"].value == 0.1 + 0.2
    assert json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))[1] == {
        "name": "银行", "value": None
    }  # fmt: skip
    for table in (pd.read_parquet(tmp_path / "t.parquet"), pd.read_csv(tmp_path / "t.csv")):
        assert table["name"].tolist() == ["=1+1", "银行"] and table["value"][0] == 0.1 + 0.2


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "x.json"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="must be one of"):
        export.checked(tmp_path / "x.txt")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        _whole.write(tmp_path / "nowhere" / "x.json", b"new")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        _whole.write(file, b"new")
    assert file.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_sides_of_a_question() -> None:
    base = model("problem").simulate(model("problem").assumptions())
    assert breakeven.side("1,200", base)(base) == 1200
    assert breakeven.side("5%", base)(base) == 0.05
    assert (
        breakeven.side("liquidate.value", base)(base)
        == base.alternative("liquidate").metrics["value"]
    )

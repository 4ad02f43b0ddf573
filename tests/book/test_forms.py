"""The forms: their formulas agree with the models, they can be filled in, and pages link them."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel

from casebook import credit, forms, profitability, timevalue, typology, workout
from casebook.cases import problem
from casebook.forms import content
from casebook.models import model
from casebook.strategies import classification, early_warning
from casebook.strategies.early_warning import thresholds

from .recalculated import OFFICE, Key, computed, filled_in

ROOT = Path(__file__).parents[2]
WORKBOOKS = [(s, n) for s in forms.STRATEGIES for n, file in forms.names(s).items()
             if file.endswith(".xlsx")]  # fmt: skip
each_workbook = pytest.mark.parametrize(("strategy", "name"), WORKBOOKS)
Filled = tuple[dict[Key, Any], dict[Key, Any]]  # inputs, what must come out
DAY = datetime.date(2026, 11, 2)


def rows(sheet: str, **values: Any) -> dict[Key, Any]:
    return {(sheet, name, None): value for name, value in values.items()}


def lines(sheet: str, **columns: Any) -> dict[Key, Any]:
    return {(sheet, name, k): value for name, column in columns.items()
            for k, value in enumerate(column)}  # fmt: skip


def some(x: np.random.Generator, low: float, high: float, n: int | None = None) -> Any:
    """Uniform numbers as Python floats."""
    value = x.uniform(low, high, n)
    return float(value) if n is None else value.tolist()


def scoring(x: np.random.Generator) -> Filled:
    facts: dict[str, Any] = {
        "days_past_due": int(x.choice([0, 0, 0, 29, 30, 80])), "signals": int(x.integers(0, 4)),
        "pd": float(x.choice([0.005, 0.02, 0.03, 0.1, 0.2])), "exposure": some(x, 1, 80),
        "wallet_share": some(x, 0, 1), "products": int(x.integers(0, 6)),
        "sales_growth": some(x, -0.2, 0.8), "years": some(x, 0, 12), "bank_share": some(x, 0, 1),
    }  # fmt: skip
    facts = {k: None if x.random() < 0.08 else v for k, v in facts.items()}
    ended = bool(x.random() < 0.1)
    clients = {k: np.nan if v is None else v for k, v in facts.items()}
    (kind,), _ = typology.classify(clients | {"ended_or_default": ended})
    a = classification.assumptions()
    income, ead, chance = some(x, 0.1, 2), some(x, 1, 80), x.dirichlet(np.ones(4))
    value = classification.worth(a, np.array([income]), np.array([ead]))
    expected = 1e6 * (chance @ value[0, :, :4])
    (best,) = classification.chosen_levels(a, chance[None], value)
    names = dict(zip(("p_strategic", "p_transactional", "p_growth", "p_problem"), chance.tolist(),
                     strict=True))  # fmt: skip
    inputs = rows("client", ended_or_default="yes" if ended else "no", **facts)
    inputs |= rows("cost", income=income, exposure=ead, **names)
    missing = sum(v is None for v in facts.values())
    expects = rows("client", type=str(kind), final=str(kind), missing=missing)
    expects |= rows("cost", best=typology.TYPES[best]) | lines("cost", value=expected)
    return inputs, expects


def service(x: np.random.Generator) -> Filled:
    a = classification.assumptions()
    clients, managers, capacity = x.integers(0, 900, 4), int(x.integers(1, 30)), some(x, 800, 1500)
    hours = clients * np.array(a.hours[:4])
    verdict = "more hours than there are" if hours.sum() > managers * capacity else (
        "within the hours there are")  # fmt: skip
    return (
        rows("hours", managers=managers, capacity=capacity)
        | lines("hours", clients=clients.tolist()),
        rows("hours", all_hours=hours.sum(), all_cost=1e6 * a.hour_cost * hours.sum(),
             needed=hours.sum() / capacity, verdict=verdict)
        | lines("hours", total=hours, cost=1e6 * a.hour_cost * hours, part=hours / hours.sum()),
    )  # fmt: skip


def class_list(x: np.random.Generator) -> Filled:
    kinds = np.array(typology.TYPES)
    force, before, now = (x.choice(kinds[:4], 12) for _ in range(3))
    before = np.where(x.random(12) < 0.5, now, before)
    override = [str(x.choice(kinds[:4])) if x.random() < 0.2 else None for _ in range(12)]
    rule = [n if n in ("problem", "terminated") or n == b else f
            for f, b, n in zip(force, before, now, strict=True)]  # fmt: skip
    final = [str(o or r) for o, r in zip(override, rule, strict=True)]
    moves = ["stays" if f == g else "changes" for f, g in zip(force, final, strict=True)]
    return (
        lines("list", in_force=force.tolist(), before=before.tolist(), now=now.tolist(),
              override=override),
        lines("list", final=final, moves=moves)
        | rows("list", n_strategic=final.count("strategic"), n_changed=moves.count("changes")),
    )  # fmt: skip


def year_plan(x: np.random.Generator) -> Filled:
    clients, hours, now = x.integers(1, 500, 6), x.uniform(0, 60, 6), x.uniform(0, 60, 6)
    q = x.dirichlet(np.ones(4))
    total, cost = float(clients @ hours), model("maintenance").assumptions().hour_cost
    return (
        rows("plan", managers=14, capacity=1200.0, q1=q[0], q2=q[1], q3=q[2])
        | lines("plan", clients=clients.tolist(), hours=hours.tolist(), now=now.tolist()),
        rows("plan", all_hours=total, mean_hours=total / clients.sum(), all_cost=1e6 * cost * total,
             busiest=total * q.max(), free=14 * 1200 - total)
        | lines("plan", change=clients * (hours - now)),
    )  # fmt: skip


def relationship_plan(x: np.random.Generator) -> Filled:
    balance, rate, fees = some(x, 1, 90), some(x, 0.02, 0.09), some(x, 0, 1)
    ftp = some(x, 0.01, 0.04)
    ead, pd, lgd, weight = some(x, 1, 120), some(x, 0, 0.2), some(x, 0, 1), some(x, 0.2, 1.5)
    hours, other = some(x, 0, 200), some(x, 0, 0.5)
    loan, a = model("loan").assumptions(), model("maintenance").assumptions()
    vat, terms = loan.vat_on_interest, {"tax": a.tax, "hurdle": a.hurdle}
    receipts = balance * rate + fees
    income = receipts - profitability.value_added_tax(receipts, vat) - balance * ftp
    parts = (credit.expected_loss(pd, lgd, ead), hours * a.hour_cost + other,
             ead * weight * loan.capital_ratio)  # fmt: skip
    profit = profitability.economic_profit(income, *parts, **terms)
    needed = profitability.break_even_income(*parts, **terms)
    return (
        rows("plan", balance=balance, rate=rate, fees=fees, ftp=ftp, ead=ead, pd=pd, lgd=lgd,
             hours=hours, other_cost=other, weight=weight),
        rows("plan", income=income, loss=parts[0], opex=parts[1], capital=parts[2], profit=profit,
             raroc=profitability.raroc(income, *parts, tax=a.tax),
             missing=max(0.0, needed - income),
             break_even=profitability.break_even_rate(balance, ftp, *parts, fees=fees, vat=vat,
                                                      **terms),
             verdict="earns its capital" if profit >= 0 else "does not earn its capital"),
    )  # fmt: skip


def decision_map(x: np.random.Generator) -> Filled:
    weight, stand, ago = x.integers(1, 4, 6), x.integers(-2, 3, 6), x.integers(0, 400, 6)
    last = [DAY - datetime.timedelta(int(n)) for n in ago]
    return (
        rows("map", dated=DAY)
        | lines("map", weight=weight.tolist(), stand=stand.tolist(), last=last),
        rows("map", attitude=weight @ stand / weight.sum(),
             met=weight[ago <= 180].sum() / weight.sum()),
    )  # fmt: skip


def seminar(x: np.random.Generator) -> Filled:
    number, price = x.integers(0, 60, 7), x.uniform(10, 9000, 7)
    invited, coming, limit, years = int(x.integers(10, 90)), some(x, 0.2, 1), some(x, 2, 90), 4.0
    total, a = float(number @ price), model("tools").assumptions()
    receipts, vat = a.product_income * limit * years, model("loan").assumptions().vat_on_interest
    one = 1e6 * (receipts - profitability.value_added_tax(receipts, vat))
    n, sold = x.integers(20, 90, 2), x.integers(1, 15, 2)
    share = sold / n
    error = float(np.sqrt((share * (1 - share) / n).sum()))
    difference = float(share[0] - share[1])
    return (
        rows("budget", invited=invited, coming=coming, limit=limit, years=years)
        | lines("budget", number=number.tolist(), price=price.tolist())
        | rows("guests", held=DAY) | lines("guests", came=["yes", "no"])
        | rows("measure", n_with=int(n[0]), sold_with=int(sold[0]), n_without=int(n[1]),
               sold_without=int(sold[1])),
        rows("budget", total=total, each=total / (invited * coming), one=one, needed=total / one,
             per_guest=100 * total / one / (invited * coming))
        | lines("guests", call=[working(DAY, 2), ""], offer=[working(DAY, 10), ""])
        | rows("measure", difference=difference, low=difference - 1.645 * error,
               high=difference + 1.645 * error, more=difference * n[0]),
    )  # fmt: skip


def working(day: datetime.date, days: int) -> float:
    """So many working days later, as a number of days."""
    return float(to_excel(np.busday_offset(day, days, roll="backward").astype(object)))


def signal_register(x: np.random.Generator) -> Filled:
    a = problem.assumptions()
    center = {"dso": a.dso_rise, "dio": a.dio_rise, "quick": a.quick_low, "cover": a.cover_low,
              "use": a.use_high, "dscr": a.dscr_low, "z": a.z_low}  # fmt: skip
    values = {k: v * x.uniform(0.5, 1.5, (12, 1)) for k, v in center.items()}
    values = {k: np.where(x.random((12, 1)) < 0.1, np.nan, v) for k, v in values.items()}
    values["use"] = np.minimum(values["use"], 1.0)
    for v in values.values():
        v[5] = np.nan  # a month without figures
    hits = problem.beyond(values, a)
    lit = sum(hit[:, 0].astype(int) for hit in hits.values())
    warned = ["yes" if w else "no" for w in problem.rule(hits, a)[:, 0]]
    shown = [None if np.isnan([v[k, 0] for v in values.values()]).all() else int(n)
             for k, n in enumerate(lit)]  # fmt: skip
    return (
        lines("client", **{k: [None if np.isnan(n) else float(n) for n in v[:, 0]]
                           for k, v in values.items()}),
        lines("client", lit=["" if n is None else n for n in shown],
              warned=["" if n is None else w for n, w in zip(shown, warned, strict=True)]),
    )  # fmt: skip


def alarm_list(x: np.random.Generator) -> Filled:
    a, t = early_warning.assumptions(), typology.assumptions()
    n = 10
    late, lit = x.choice([0, 0, 0, 29, 30, 60], n), x.integers(0, 6, n)
    pd, limit = x.choice([0.02, 0.08, 0.079, 0.1, 0.3], n), x.uniform(1, 60, n)
    frozen, warned, secured = (x.random(n) < p for p in (0.1, 0.3, 0.5))
    red = (late >= t.days_late) | frozen
    orange = warned | (pd >= t.pd_high)
    yellow = (pd >= a.threshold) | (lit >= problem.assumptions().signals_needed)
    colour = np.select([red, orange, yellow], ["red", "orange", "yellow"], "")
    loss = 1e6 * np.asarray(
        credit.expected_loss(pd, np.where(secured, a.lgd_secured, a.lgd_unsecured), limit)
    )
    weekdays = [k for k in range(14) if k % 7 < 5]  # the library is wrong from a weekend on
    alarm = [DAY + datetime.timedelta(int(k)) for k in x.choice(weekdays, n)]
    due = [working(d, {"red": 1, "orange": 5}.get(c, 20)) if c else ""
           for d, c in zip(alarm, colour, strict=True)]  # fmt: skip
    ead, lgd, income = some(x, 1, 60), some(x, 0.1, 0.9), some(x, 0.1, 2)
    lead = int(x.integers(1, 13))
    chance, share = (part[lead] for part in thresholds.avoided(a))
    saves = (chance + (1 - chance) * share) * lgd * ead
    wasted, review = a.alarm_leave * a.leaver * income, a.review_hours * a.hour_cost
    gap = saves - a.action_cost + wasted
    yes_no = [["yes" if f else "no" for f in flags] for flags in (frozen, warned, secured)]
    return (
        rows("list", today=DAY)
        | lines("list", alarm=alarm, late_days=late.tolist(), frozen=yes_no[0], warned=yes_no[1],
                signals=lit.tolist(), pd=pd.tolist(), limit=limit.tolist(), secured=yes_no[2])
        | rows("worth", ead=ead, lgd=lgd, income=income, lead=lead),
        lines("list", colour=colour.tolist(), loss=loss, due=due)
        | rows("list", open_red=int((colour == "red").sum()), loss_all=loss.sum())
        | rows("worth", saves=1e6 * saves, wasted=1e6 * wasted,
               even=(wasted + review) / gap if gap > 0 else ""),
    )  # fmt: skip


def field_list(x: np.random.Generator) -> Filled:
    should = x.integers(50, 1500, 22)
    filled = (should * x.uniform(0.5, 1, 22)).astype(int)
    weight = np.array(content.forms("tools")["field_list"]["sheets"]["fields"]["columns"]["weight"]
                      ["values"])  # fmt: skip
    return (
        lines("fields", filled=filled.tolist(), should=should.tolist()),
        rows("fields", complete=(weight @ filled) / (weight @ should),
             below=int((filled / should < 0.95).sum())),
    )  # fmt: skip


def pilot(x: np.random.Generator) -> Filled:
    a = model("tools").assumptions()
    before, after = x.uniform(5, 12, 20), x.uniform(4, 12, 20)
    given = x.permutation(np.arange(20) < 10)
    gain = before - after
    difference = gain[given].mean() - gain[~given].mean()
    error = np.sqrt(sum(gain[g].var(ddof=1) / g.sum() for g in (given, ~given)))
    run, build = some(x, 1, 5), some(x, 1, 9)
    needed = (run + build / 5) / (a.managers * a.weeks * a.used * a.hour_cost)
    low = difference - 1.734 * error
    return (
        rows("hours", run_cost=run, build_cost=build, life=5, other=0.0)
        | lines("hours", group=["with" if g else "without" for g in given],
                before=before.tolist(), after=after.tolist()),
        rows("hours", needed=needed, difference=difference, error=error, low=low,
             verdict="buy" if low > needed else "not shown: do not buy"),
    )  # fmt: skip


def checklist(x: np.random.Generator) -> Filled:
    state = x.choice(["open", "done", "not needed"], 26)
    days = [entry.content for entry in forms.workbook("exit", "checklist").sheet("steps").entries()
            if entry.name == "days"]  # fmt: skip
    read = int(x.integers(0, 200))
    late = sum(s == "open" and read > d for s, d in zip(state, days, strict=True))
    needed = int((state != "not needed").sum())
    return (
        rows("steps", decided=DAY, today=DAY + datetime.timedelta(read))
        | lines("steps", state=state.tolist()),
        rows("steps", needed=needed, finished=int((state == "done").sum()),
             share=(state == "done").sum() / needed, late=late)
        | lines("steps", due=[to_excel(DAY) + d for d in days]),
    )  # fmt: skip


def break_even(x: np.random.Generator) -> Filled:
    n = int(x.integers(3, 10))
    at, got, spent, chance = (x.uniform(0, high, n) for high in (48, 30, 2, 1))
    rate, claim, offer, price = some(x, 0.02, 0.12), some(x, 30, 80), some(x, 1, 40), some(x, 1, 30)
    months, cost, sell, care = some(x, 0, 12), some(x, 0, 1), some(x, 0, 1), some(x, 0, 3)
    value = workout.recovery_value(chance * got, chance * spent, at / 12, rate)
    settling = offer / (1 + rate) ** (months / 12) - cost
    return (
        rows("values", claim=claim, rate=rate, offer=offer, months=months, cost=cost, price=price,
             sell_cost=sell, care=care)
        | lines("values", at=at.tolist(), recovery=got.tolist(), spent=spent.tolist(),
                chance=chance.tolist()),
        rows("values", enforcing=value, difference=settling - value,
             lgd=workout.loss_given_default(claim, chance * got, chance * spent, at / 12, rate),
             threshold=workout.settlement_threshold(value, months / 12, rate, cost=cost),
             sale=workout.sale_threshold(value, cost=sell, carrying_cost=care),
             verdict="take the offer" if settling >= value else "enforce"),
    )  # fmt: skip


FILL = {f.__name__: f for f in (
    scoring, service, class_list, year_plan, relationship_plan, decision_map, seminar,
    signal_register, alarm_list, field_list, pilot, checklist, break_even,
)}  # fmt: skip


def test_every_workbook_is_recalculated():
    assert {name for _, name in WORKBOOKS} == set(FILL)


@each_workbook
def test_formulas_agree_with_the_models(strategy, name, tmp_path):
    book = forms.workbook(strategy, name)
    # without LibreOffice a file takes seconds: fewer of them
    cases = [FILL[name](np.random.default_rng(seed)) for seed in range(6 if OFFICE else 2)]
    files = [tmp_path / f"{name}{seed}.xlsx" for seed in range(len(cases))]
    for (inputs, _), file in zip(cases, files, strict=True):
        filled_in(book, inputs, file)
    for seed, (found, (_, expects)) in enumerate(zip(computed(files), cases, strict=True)):
        for (sheet, cell, line), value in expects.items():
            page = book.sheet(sheet)
            got = found[page.tab, page.entry(cell, line).address.replace("$", "")]
            where = f"{name}, seed {seed}: {sheet}.{cell} line {line}"
            if isinstance(value, str):
                assert got == value, where
            else:
                assert got == pytest.approx(value, rel=1e-9, abs=1e-6), where
        wrong = {k: v for k, v in found.items() if isinstance(v, str) and v.startswith("#")}
        assert not wrong, (name, seed, wrong)


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not there: the library alone is used")
def test_both_programs_compute_the_same(tmp_path):
    book = forms.workbook("exit", "break_even")
    filled_in(book, break_even(np.random.default_rng(7))[0], tmp_path / "both.xlsx")
    (office,), (library,) = (computed([tmp_path / "both.xlsx"], office=o) for o in (True, False))
    numbers = {k: v for k, v in office.items() if isinstance(v, float)}
    assert len(numbers) > 40
    assert all(library[k] == pytest.approx(v, rel=1e-9) for k, v in numbers.items())


def test_an_override_counts_only_when_it_is_complete(tmp_path):
    facts = rows("client", ended_or_default="no", pd=0.01, exposure=30.0)
    given = rows("client", other="growth", reason="orders", second="B", approved="C")
    late = rows("client", days_past_due=40)
    tried = [facts, facts | given, facts | given | rows("client", approved=None),
             facts | given | late]  # fmt: skip
    book = forms.workbook("classification", "scoring")
    files = [tmp_path / f"{k}.xlsx" for k in range(len(tried))]
    for inputs, file in zip(tried, files, strict=True):
        filled_in(book, inputs, file)
    page = book.sheet("client")
    found = [[f[page.tab, page.entry(cell).address.replace("$", "")] for cell in ("state", "final")]
             for f in computed(files)]  # fmt: skip
    assert found == [
        ["", "transactional"], ["complete", "growth"], ["approval missing", "transactional"],
        ["to the committee", "problem"],
    ]  # fmt: skip


# ------------------------------------------------------------------------- how the files are made


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    target = tmp_path_factory.mktemp("forms")
    files = forms.write_all(target)
    assert len(files) == sum(len(forms.names(s)) for s in forms.STRATEGIES)
    return target


@each_workbook
def test_a_workbook_can_be_filled_in(strategy, name, written):
    made = openpyxl.load_workbook(written / strategy / f"{name}.xlsx")
    book = forms.workbook(strategy, name)
    assert [p.title for p in made][1 : len(book.sheets) + 1] == [s.tab for s in book.sheets]
    assert any(sheet.example for sheet in book.sheets)
    for sheet in book.sheets:
        page = made[sheet.tab]
        assert page.protection.sheet and not page.protection.password and page.freeze_panes
        assert page.print_area and page.page_setup.fitToHeight == 1 and page.page_setup.paperSize
        for entry in sheet.entries():
            cell = page[entry.address.replace("$", "")]
            assert cell.protection.locked == (entry.kind != "input"), (sheet.tab, cell.coordinate)
            assert (cell.data_type == "f") == (entry.kind == "formula")
    assert any(page.data_validations.dataValidation for page in made)


@pytest.mark.parametrize("strategy", forms.STRATEGIES)
def test_letters_are_filled_in(strategy, written):
    for name, file in forms.names(strategy).items():
        if file.endswith(".md"):
            text = (written / strategy / file).read_text(encoding="utf-8")
            assert text.startswith(f"# {content.forms(strategy)[name]['title']}\n")
            assert not re.search(r"[{}]", text), file


def test_examples_have_no_error(written, tmp_path):
    found = computed([written / s / f"{n}.xlsx" for s, n in WORKBOOKS]) if OFFICE else []
    for (_, name), cells in zip(WORKBOOKS, found, strict=False):
        wrong = [k for k, v in cells.items() if isinstance(v, str) and v.startswith(("#", "Err"))]
        assert not wrong, (name, wrong)


@pytest.mark.parametrize("strategy", forms.STRATEGIES)
def test_the_page_links_every_form_and_no_other(strategy):
    text = (ROOT / f"book/strategies/{strategy}.md").read_text(encoding="utf-8")
    linked = re.findall(r'<a href="\.\./\.\./forms/([^"]+)" download>', text)
    assert len(linked) == text.count("forms/")
    assert sorted(linked) == sorted(f"{strategy}/{file}" for file in forms.names(strategy).values())


def test_days_that_a_page_says_in_words_are_those_of_the_tree():
    text = (ROOT / "book/strategies/early_warning.md").read_text(encoding="utf-8")
    assert "a payment thirty days or more late" in text
    assert typology.assumptions().days_late == 30


def test_the_break_even_is_that_of_the_case(tmp_path):
    """Enforcing as one certain flow of today gives the least offer and price of case 5."""
    t = model("terminated")
    a = t.assumptions()
    enforce = t.simulate(a).alternative("enforce").metrics
    book = forms.workbook("exit", "break_even")
    month, files = (1 + a.discount_rate) ** (1 / 12) - 1, []
    for months, cost in ((a.settle_months, a.settle_cost), (a.sell_months, a.sell_cost)):
        care = a.care_cost * float(timevalue.annuity_factor(month, months))
        today = care + cost / (1 + month) ** months
        inputs = rows("values", claim=enforce["ead"], rate=a.discount_rate, offer=20.0,
                      months=months, cost=today, sell_cost=0.0, care=0.0)  # fmt: skip
        inputs |= lines("values", at=[0], recovery=[float(enforce["expected_value"])])
        files.append(tmp_path / f"{months}.xlsx")
        filled_in(book, inputs, files[-1])
    page = book.sheet("values")
    at = page.entry("threshold").address.replace("$", "")
    found = [cells[page.tab, at] for cells in computed(files)]
    assert found == pytest.approx(
        [float(enforce[k]) for k in ("settle_break_even", "sell_break_even")], abs=1e-6
    )


def test_words_of_a_translation_are_laid_over(tmp_path):
    words = 'how = "填写说明"\n[words]\nyes = "是"\nno = "否"\n'
    (tmp_path / "common.toml").write_text(words, "utf-8")
    (tmp_path / "classification.toml").write_text('[service]\ntitle = "服务标准"\n', "utf-8")
    forms.write_all(tmp_path / "out", tmp_path)
    made = openpyxl.load_workbook(tmp_path / "out/classification/service.xlsx")
    assert made.sheetnames[0] == "填写说明" and made["填写说明"]["A1"].value == "服务标准"
    scoring = openpyxl.load_workbook(tmp_path / "out/classification/scoring.xlsx")
    formula = scoring["Client"][forms.workbook("classification", "scoring").sheet("client")
                                .entry("type").address.replace("$", "")].value  # fmt: skip
    assert '"是"' in formula and '"yes"' not in formula


def test_what_is_missing_is_said():
    with pytest.raises(KeyError, match="allowed: scoring"):
        forms.workbook("classification", "nothing")
    with pytest.raises(KeyError, match="allowed: classification"):
        forms.names("nothing")
    hide = "import sys; sys.modules['openpyxl'] = None\nfrom pathlib import Path\n"
    call = "from casebook import forms\nforms.write_all(Path(sys.argv[1]))"
    run = subprocess.run([sys.executable, "-c", hide + call, "."], capture_output=True, text=True,
                         cwd=ROOT / "tests", timeout=120)  # fmt: skip
    assert run.returncode != 0 and "casebook[forms]" in run.stderr


def test_a_form_that_is_written_later_is_the_same_file(tmp_path, monkeypatch):
    book = forms.workbook("exit", "break_even")
    for name in ("now", "later"):
        forms.sheets.write(book, tmp_path / name)
        monkeypatch.setattr(time, "time", lambda before=time.time: before() + 90_000.0)
        clock = SimpleNamespace(datetime=_Later, timezone=datetime.timezone)
        monkeypatch.setattr("openpyxl.writer.excel.datetime", clock)
    assert (tmp_path / "now").read_bytes() == (tmp_path / "later").read_bytes()


class _Later(datetime.datetime):
    """A clock two days ahead."""

    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=2)

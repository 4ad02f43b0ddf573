"""What is decided, what is checked before, and what came of it: the numbers of the analysis page.

`flips`: where a decision turns. `diligence`: what each finding about market, team and technology
changes (the assumptions it moves stand under `diligence` in the case file). `signed`: the loan as
the bank decided it, seen from that day. `failure`: the company that fails when round A should
close, its estate, and what bank and partner are left with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...shape import SingleRun, bisect
from . import endings, lender, run
from .record import COURT_LIMIT, POLICIES, QUARTERS_A_YEAR, Growth

#: What is tried: assets pledged to the bank, and the part of a loss that a chain of public
#: guarantors bears (assumed).
PLEDGE, PUBLIC_SHARE = 0.5, 0.8
#: Failures that come before the milestone if its test is later (tried); loans with one partner.
EARLIER, LOANS = 0.8, 10


def _loan(a: Growth) -> lender.Loan:
    """The loan priced over all endings."""
    return lender.appraise(a, endings.weigh(a))


def flips(a: Growth) -> dict[str, float]:
    """Where the bank's answer turns; NaN where it does not within the range looked at.

    `coverage_whole`: the warrant that pays for the whole promise; `rate_whole`: the linked loan's
    rate there; `coverage_if_kept`: the warrant at which the rate offered would pay if the partner
    kept its promise in full; `salvage_limit`: what assets must bring for the plain loan to come
    down to the courts' line; `promise_needed`: how much of a whole promise must be kept for the
    rate offered.
    """

    def linked(**changes: Any) -> lender.Loan:
        """The linked loan with some assumptions changed."""
        return _loan(a.replace(loan_form="linked", **changes))

    def dear(salvage: float) -> bool:
        """Whether the plain loan needs more than the courts' line."""
        return _loan(a.replace(salvage=salvage)).break_even["plain"] > COURT_LIMIT

    whole = bisect(lambda x: linked(coverage=x).cover < 1, 0.0, 1.0, 20)
    rest = a.replace(coverage=min(1.0, whole + 1e-6), loan_form="linked")
    return {
        "coverage_whole": whole,
        "rate_whole": _loan(rest).break_even["linked"],
        "coverage_if_kept": bisect(
            lambda x: linked(coverage=x, partner_pays=1.0).break_even["linked"] > a.loan_rate,
            0.0, 1.0, 20,
        ),
        "promise_needed": bisect(
            lambda x: _loan(rest.replace(partner_pays=x)).break_even["linked"] > a.loan_rate,
            0.0, 1.0, 20,
        ),
        "salvage_limit": bisect(dear, 0.0, 0.5, 20),
    }  # fmt: skip


def diligence(a: Growth) -> dict[str, float]:
    """What each finding changes: `dd_<finding>_irr`, `_default`, `_rate` and the inputs moved."""
    found: dict[str, float] = {}
    for name, changes in a.spec.words["diligence"].items():
        moved = a.replace(**changes)
        tree = endings.weigh(moved)
        loan = lender.appraise(moved, tree)
        rates = run.annual_irr(endings.expected_flows(moved, tree))
        found |= {f"dd_{name}_{key}": float(x) for key, x in changes.items()}
        found |= {
            f"dd_{name}_irr": float(rates[POLICIES.index(moved.policy)]),
            f"dd_{name}_default": loan.exposure.fails,
            f"dd_{name}_rate": loan.break_even["linked"],
        }
    return found


def signed(a: Growth) -> dict[str, float]:
    """The loan and the round as they were decided, on the day, with what was then expected."""
    epilogue = a.spec.words["epilogue"]
    decided = a.replace(**{k: epilogue["assumptions"][k] for k in epilogue["decided"]})
    decided = decided.replace(partner_pays=a.spec.assumptions["partner_pays"].value)
    tree = endings.weigh(decided)
    loan = lender.appraise(decided, tree)
    rates = run.annual_irr(endings.expected_flows(decided, tree))
    return {
        "signed_break_even": loan.break_even["linked"],
        "signed_raroc": loan.form.raroc,
        "signed_profit": loan.form.economic_profit,
        "signed_cover": loan.cover,
        "signed_expected_loss": float(loan.form.loss.sum()),
        "signed_irr": float(rates[POLICIES.index(decided.policy)]),
    }


def failure(a: Growth) -> dict[str, float]:
    """The company that fails when round A should close, and who is left with what."""
    r: SingleRun[Growth] = run.simulate(a.replace(path="fails"))
    tree = endings.weigh(a)
    agreed = lender.appraise(a, tree).form
    paths, company, _ = run.told(a, "fails")
    _, form = lender.came(a, company, paths, agreed)
    end, left = int(company.end[0]), company.estate
    cash, owed = (r.lines[k].ravel() for k in ("closing", "loan_balance"))
    whole = np.flatnonzero(cash[:end] >= owed[:end])
    promised = agreed.cover * float(left.lost[0])
    plan = run.simulate(a.replace(path="plan")).lines["spending"].ravel()
    return {
        "late_chance": float(tree.chance[endings.LATE]),
        "late_quarter": float(end),
        "late_years": end / QUARTERS_A_YEAR,
        "late_estate": float(left.value[0]),
        "late_first_claims": float(left.paid[0][0]),
        "late_owed": float(left.owed[1][0]),
        "late_bank": float(left.paid[1][0]),
        "late_suppliers": float(left.paid[2][0]),
        "late_lost": float(left.lost[0]),
        "late_promised": promised,
        "late_partner": promised * a.partner_pays,
        "late_bank_loss": float(form.loss.sum()),
        "late_profit": form.economic_profit,
        "late_spending": -float(r.lines["spending"].ravel()[1]),
        "planned_spending": -float(plan[1]),
        "late_last_covered": float(whole[-1]),
        "late_cash_then": float(cash[whole[-1]]),
        "late_cash_before": float(cash[end - 1]),
        "late_lgd": float(left.lost[0] / left.balance[0]) if left.balance[0] else 0.0,
        "early_estate": float(tree.company.estate.value[endings.EARLY, 0]),
        "early_first_claims": float(tree.company.estate.owed[0][endings.EARLY, 0]),
    }


def help_of_others(a: Growth) -> dict[str, float]:
    """A pledge of half the assets, and a public fund that bears most of the loss of the loan."""
    pledged = a.replace(pledged=PLEDGE)
    loan = _loan(pledged)
    # a promise of the whole loss, of which the fund's share is paid
    public = _loan(a.replace(loan_form="linked", coverage=1.0, partner_pays=PUBLIC_SHARE))
    return {
        "pledge_share": PLEDGE,
        "pledge_lgd": loan.exposure.lgd,
        "pledge_linked": loan.break_even["linked"],
        "pledge_plain": loan.break_even["plain"],
        "public_share": PUBLIC_SHARE,
        "public_rate": public.break_even["linked"],
    }


def tranche(a: Growth) -> dict[str, float]:
    """What the second tranche keeps back on average, and if more failures came before its test.

    `price_rise`: the price of a share in round A over that of the seed, on the plan.
    """

    def kept(early: float) -> float:
        """Money not paid out, CNY million, on average."""
        chance = endings.chances(a.replace(early_failure=early))[endings.EARLY]
        return float(a.tranche * a.cheque * chance)

    _, plan, _ = run.told(a, "plan")
    return {
        "tranche_saved": kept(a.early_failure),
        "tranche_later": kept(EARLIER),
        "tranche_later_share": EARLIER,
        "early_chance": float(endings.chances(a)[endings.EARLY]),
        "price_rise": float(np.ravel(plan.price[1])[0] / np.ravel(plan.price[0])[0]),
    }


def many_loans(a: Growth) -> dict[str, float]:
    """A book of equal linked loans with one partner: failures, losses and promises expected."""
    loan = _loan(a)
    lost = LOANS * float(loan.exposure.lost.sum())
    return {
        "ten_fail": LOANS * loan.exposure.fails,
        "ten_lost": lost,
        "ten_promised": lost * loan.cover,
        "ten_warrants": LOANS * loan.warrant_value,
    }


def own_estimates(a: Growth) -> dict[str, float]:
    """The loan at a bank that may use estimates of its own: risk weight and rate of both forms."""
    found = {}
    for name, form in (("", "plain"), ("_linked", "linked")):
        loan = _loan(a.replace(approach="irb", loan_form=form))
        found[f"irb_weight{name}"] = loan.form.weight
        found["irb_plain" if form == "plain" else "irb_linked"] = loan.break_even[form]
    return found


def findings(a: Growth) -> dict[str, float]:
    """All of them, each with its unit in the case file."""
    return {
        **flips(a),
        **diligence(a),
        **signed(a),
        **failure(a),
        **help_of_others(a),
        **tranche(a),
        **many_loans(a),
        **own_estimates(a),
    }

"""The words around the numbers of the teaching notes are true: one line for each claim."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casebook import numbers
from casebook.explore import setting as settings


def value(case: str, path: str) -> float:
    """A number of the base case, of what came (`epilogue.…`) or of a moved setting (`a=1|…`)."""
    setting, bar, rest = path.partition("|")
    if bar:
        return float(numbers.found(settings.run(case, setting), rest).value)
    if path.startswith("epilogue."):
        rest = path.removeprefix("epilogue.")
        stated = numbers.findings(case, True)
        return float(numbers.found(numbers.realised(case), rest, lambda: stated).value)
    stated = numbers.findings(case)
    return float(numbers.found(numbers.base(case), path, lambda: stated).value)


Claim = Callable[[Callable[[str], float]], bool]
F, A, E = "findings.", "assumptions.", "epilogue."
CLAIMS: dict[str, dict[str, Claim]] = {
    "problem": {
        "works, then liquidation, then nothing, then the failed plan": lambda v: (
            v("restructure.value")
            > v("liquidate.value")
            > v("do_nothing.value")
            > v("failed.value")
        ),
        "more yuan from liquidation than from a failing plan": lambda v: (
            v("liquidate.received") > v("failed.received")
        ),
        "the plan is ahead, on the desk's chance": lambda v: (
            v("advantage") > 0 and v(A + "success_chance") == 0.5
        ),
        "the review lowers the chance needed by a lot": lambda v: (
            v(F + "review_needed") < v("break_even_chance") - 0.1
        ),
        "at 0.4 liquidation is ahead; the needed chance stays": lambda v: (
            v("success_chance=0.4|advantage") < 0
            and v("success_chance=0.4|break_even_chance") == v("break_even_chance")
        ),
        "the argument about price is worth less than half a million": lambda v: (
            0 < v("rate_cut=0|advantage") - v("advantage") < 0.5
            and v(F + "price_gain") < v(F + "review_gain")
        ),
        "with the review the plan bears the doubt": lambda v: (
            v("stop_months=9,success_chance=0.4|advantage") > 0
            and v("stop_months=9|advantage") > v("advantage")
            and v(F + "review_month") == 9
        ),
        "a tenth forgiven: liquidation ahead, nearly all of it lost, no cash": lambda v: (
            v("haircut=0.1|advantage") < 0
            and 0.9 < v(F + "haircut_cost") / (0.1 * v("owed")) <= 1
            and abs(v(F + "haircut_cash")) < 0.05
            and v(F + "flip_haircut") < 0.1
        ),
        "the rule was known before the renewal, the renewal before the miss": lambda v: (
            v("warning") < v(A + "renewal_month") < v("first_missed")
        ),
        "the score never fired": lambda v: (
            v(F + "lowest_z") > v(A + "z1_low") and v(F + "known_z") < 0
        ),
        "the rule has no false alarm, cover alone rings on nearly half": lambda v: (
            v(F + "false_rule") == 0 and 0.4 < v(F + "false_dscr") < 0.5
        ),
        "time itself is a small part of waiting": lambda v: (
            v(F + "wait_time") < 0.1 * v(F + "wait_cost")
            and v(F + "wait_cost") > v(F + "wait_cost_liquidate")
        ),
        "without new money the plan's first payment is missed": lambda v: (
            v(F + "poor_missed") == v(A + "decision_month") + 1
        ),
        "receivables and stock grew, suppliers lent less": lambda v: (
            min(v(F + x) for x in ("receivables_grew", "stock_grew", "suppliers_shrank")) > 0
        ),
        "in June the oldest miss is more than ninety days late": lambda v: (
            60 < v(F + "days_at_decision") <= 90 < v(F + "days_at_decision") + 30
        ),
        "the strict reader provides more": lambda v: (
            v(F + "strict_allowance") > v("restructure.peak_allowance")
        ),
        "what came: failed below the review below liquidation": lambda v: (
            v(E + "findings.failure_value")
            < v(E + "findings.review_value")
            < v(E + "liquidate.value")
        ),
    },
    "transactional": {
        "instalments fail on time, the others do not": lambda v: (
            v("equal_principal.first_missed") == v("level.first_missed") > 0
            and v("bullet.first_missed") < 0
            and v("first_missed") < 0
        ),
        "one month of delay is the difference": lambda v: (
            v(F + "flexible_misses_at_slip") - v(F + "bullet_misses_at_slip") == 1
        ),
        "three months late: the bullet costs, the sweep earns": lambda v: (
            v("slip=3,form=bullet|first_missed") > 0 > v("slip=3,form=flexible|first_missed")
            and v("slip=3,form=bullet|run_profit") < 0 < v("slip=3,form=flexible|run_profit")
        ),
        "four months late the sweep fails too": lambda v: (
            v("slip=4,form=flexible|first_missed") > 0
        ),
        "the days move the PD, half a point on the rate does not": lambda v: (
            v("collection_days=60|pd") > 5 * v("pd") and abs(v("rate=0.051|pd") - v("pd")) < 0.005
        ),
        "the revolving line: lowest PD, highest rate, smallest bill": lambda v: (
            v("revolving.pd") < v("pd") < v("bullet.pd")
            and v("revolving.all_in_effective")
            > max(v(f"{x}.all_in_effective") for x in ("bullet", "level", "equal_principal"))
            and v("revolving.total_cost") < v("total_cost")
            and v("revolving.break_even_rate") > v("bullet.break_even_rate")
        ),
        "the lowest quote loses, the middle of the market earns": lambda v: (
            v("rate=0.036|economic_profit") < 0 < v("economic_profit")
            and v(F + "lowest_quote") == pytest.approx(0.036)
            and v(F + "lowest_quote") < v("break_even_rate")
        ),
        "flexible breaks even lower, and the leak is above where it turns": lambda v: (
            v("break_even_rate") < v("bullet.break_even_rate")
            and v(F + "leakage_break_even") < v(A + "leakage")
        ),
        "break-even, with the door, without it; all below five per cent": lambda v: (
            v("break_even_rate") < v("best_quote") < v(F + "quote_without_repeat") < 0.05
            and v(F + "best_days_quote") < 0.05
        ),
        "he asks for twice the need; safest between, richest above": lambda v: (
            1.9 < v(A + "principal") / v(F + "peak_need") < 2.1
            and v(F + "peak_need")
            < v(F + "safest_amount")
            < v(A + "principal")
            < v(F + "richest_amount")
            and v(F + "safest_missed") < v("missed_probability")
        ),
        "straight payment: a little less leak, fewer misses, a dearer loan": lambda v: (
            v(F + "entrusted_leaked") < v(F + "owed_leaked")
            and v(F + "all_entrusted_missed") < v(F + "entrusted_missed") < v("missed_probability")
            and v(F + "entrusted_break_even") > v("break_even_rate")
            and 0.4 < v(F + "supplier_bills") / v(A + "principal") < 0.6
        ),
        "a small loan needs more, a short one most": lambda v: (
            v("break_even_rate") < v(F + "small_rate") < v(F + "small_short_rate")
        ),
        "uncured it would have cost; the bullet would have lacked more": lambda v: (
            v(E + "findings.uncured_loss") > 0
            and v(E + "bullet.shortfall") > v(E + "shortfall") > 0
        ),
    },
    "strategic": {
        "the hurdle lies between the loans and the client": lambda v: (
            v("raroc_loans") < v(A + "hurdle") < v("raroc")
        ),
        "the sum of the decision": lambda v: (
            v(F + "old_profit") - v(F + "cut_cost") + v(F + "mandate_value")
            == pytest.approx(v("economic_profit"), abs=0.2)
        ),
        "the sum of basis points": lambda v: (
            v(F + "cut") - v("mandate_points") == pytest.approx(v(F + "cut_rest"))
            and v(F + "cut") == pytest.approx(0.0020)
            and v(F + "wallet_for_rest") * 10 * v("points_per_wallet")
            == pytest.approx(v(F + "cut_rest"), rel=0.01)
        ),
        "half of the wallet is below the hurdle": lambda v: (
            v("wallet_share=0.2|economic_profit") < 0
            and v("wallet_share=0.2|raroc") < v(A + "hurdle")
            and v(A + "wallet_share") == 0.4
            and v(F + "half_wallet_profit") < 0
        ),
        "a year late is borne, two are not": lambda v: (
            v("delay=2|first_missed") < 0 < v("delay=4|first_missed")
            and v(F + "two_years_profit") < 0
        ),
        "at the old margin the same client is worth more": lambda v: (
            v("margin=0.0145|economic_profit") > v("economic_profit")
            and v(A + "old_margin") == pytest.approx(0.0145)
        ),
        "the limits ask less than the rule, the rule less than the best": lambda v: (
            v("needed_sale") < v(A + "least_distributed") < v(F + "best_sale")
            and v(F + "best_sale") == pytest.approx(0.35)
            and v("sold=0.5|economic_profit")
            < v("economic_profit")
            < v("sold=0.35|economic_profit")
            and v(F + "unsold_profit") < 0
        ),
        "later plants at the bank's own margin": lambda v: (
            v(F + "later_profit") > v("economic_profit") > 0
        ),
        "the tax takes as much as the cut": lambda v: (
            v(F + "vat_points") == pytest.approx(v(F + "cut"), abs=0.0001)
        ),
        "support lowers the futures with a miss": lambda v: (
            v(F + "missed_supported") < v(F + "missed_unsupported")
        ),
        "its own estimates: nearer to the hurdle": lambda v: (
            v("raroc_loans") < v(F + "irb_raroc") < v(A + "hurdle")
        ),
        "the limit breaks when nothing is sold": lambda v: v(F + "unsold_over") > 0,
        "what came: nothing missed, below the hurdle, less lost when priced later": lambda v: (
            v(E + "first_missed") < 0
            and v(E + "raroc") < v(A + "hurdle")
            and v(E + "economic_profit") < v(E + "findings.later_profit") < 0
            and v(F + "stress_profit") > 0
            and v(E + "assumptions.wallet_share") < v(A + "wallet_share")
        ),
    },
    "growth": {
        "mean above one, median far below": lambda v: v("mean_multiple") > 1 > v("median_multiple"),
        "about two thirds lose": lambda v: abs(v("loss_share") - 2 / 3) < 0.03,
        "half as dear again: the mean falls, the share that loses stays": lambda v: (
            v("pre_money=60|mean_multiple") < v("mean_multiple")
            and v("pre_money=60|loss_share") == pytest.approx(v("loss_share"), abs=0.0005)
            and v(A + "pre_money") * 1.5 == 60
            and v("pre_money=60|expected_irr") < v("expected_irr")
        ),
        "lower odds take about as much, and more deals lose": lambda v: (
            abs(v("graduation_odds=0.7|mean_multiple") - v("pre_money=60|mean_multiple")) < 0.1
            and v("graduation_odds=0.7|loss_share") > v("loss_share") + 0.02
        ),
        "odds two fifths higher earn about what is asked": lambda v: (
            v("graduation_odds=1.4|expected_irr")
            == pytest.approx(v(A + "partner_return"), abs=0.005)
        ),
        "the price that earns it is below the founders'": lambda v: (
            v(F + "highest_pre_money") < v(A + "pre_money")
            and v("expected_irr") < v(A + "partner_return")
        ),
        "numbers protect": lambda v: (
            v("fund_size=5|fund_loss_probability") > 0.5 > v("fund_size=60|fund_loss_probability")
        ),
        "per yuan committed always, per yuan spent the milestone": lambda v: (
            v("pro_rata.multiple_committed")
            > v("milestone.multiple_committed")
            > v("none.multiple_committed")
            and v("milestone.multiple_spent") > v("pro_rata.multiple_spent")
            and v(F + "follow_milestone") > v(F + "follow_pro_rata")
        ),
        "no rate works for the plain loan; the linked one needs more than is offered": lambda v: (
            v("break_even_plain") > v(F + "limit")
            and v("break_even_linked") > v(A + "loan_rate")
            and v("economic_profit") < 0
        ),
        "the fund's widest span is the market, the bank's the technology": lambda v: (
            all(_span(v, "market", "irr") > _span(v, x, "irr") for x in ("team", "technology"))
            and all(
                -_span(v, "technology", "rate") > -_span(v, x, "rate") for x in ("team", "market")
            )
            and _span(v, "team", "irr") < _span(v, "technology", "irr")
        ),
        "first claims take all of an early estate": lambda v: (
            v(F + "early_first_claims") > v(F + "early_estate")
        ),
        "the fund is deepest in its fourth year": lambda v: 12 < v(F + "deepest_quarter") <= 16,
        "warrants are worth about the promise, on average": lambda v: (
            v(F + "ten_warrants") == pytest.approx(v(F + "ten_promised"), rel=0.1)
        ),
        "then the account held more than the loan, a quarter later less": lambda v: (
            v(E + "findings.late_cash_then")
            > v(E + "findings.late_owed")
            > v(E + "findings.late_cash_before")
            and v(E + "findings.late_quarter") == 7
        ),
        "the bank got a small part": lambda v: (
            v(E + "findings.late_bank") < 0.2 * v(E + "findings.late_owed")
        ),
    },
    "terminated": {
        "the letter lies between the two thresholds": lambda v: (
            v("settle_all_in") < v("settlement") < v("settle_break_even")
            and v("settle_break_even") - v("settle_all_in")
            == pytest.approx(v(F + "timing_and_capital"))
        ),
        "two points off the rate: above the cousin on both": lambda v: (
            v("discount_rate=0.06|settle_all_in") > v("settlement")
        ),
        "at eleven even the plain threshold is below": lambda v: (
            v("discount_rate=0.11|settle_break_even") < v("settlement")
            and v(F + "turn_discount") < v(A + "discount_rate") < v(F + "turn_discount_plain")
        ),
        "a fast court turns it, a slow one does not": lambda v: (
            v("judgment_months=6|settle_all_in")
            > v("settlement")
            > v("judgment_months=18|settle_all_in")
        ),
        "an appraisal of fifty turns it": lambda v: (
            v("collateral_value=50|settle_all_in") > v("settlement")
            and v(A + "collateral_value") < v(F + "turn_collateral") < 50
        ),
        "at 42% of the claim the plain threshold is met": lambda v: (
            v("settlement_offer=0.42|settlement") >= v("settle_break_even")
        ),
        "the likely path flatters; in a quarter of futures nobody bids": lambda v: (
            v(F + "plan_above_expectation") > 0
            and 0.2 < v(F + "chance_in_kind") < 0.3
            and v("enforce.value") > v("settlement")
        ),
        "nominal above economic": lambda v: (
            v("enforce.expected_nominal") > v("enforce.expected_recovery")
        ),
        "settling is worth more on average, enforcing in more than half": lambda v: (
            v("settle.expected_all_in") - v("enforce.expected_all_in")
            == pytest.approx(v(F + "settle_gain"), abs=0.01)
            and v(F + "beats_all_in") > 0.5
            and v(F + "settle_gain") > 0
        ),
        "the bid for the loan is too low on both": lambda v: (
            v("sale") < v("sell_all_in") < v("sell_break_even")
        ),
        "the guarantor found: above the cousin; not found: below": lambda v: (
            v(F + "found_all_in") > v("settlement") > v(F + "lost_all_in")
            and v(F + "search_value") > 0
        ),
        "the short way would refuse the cousin": lambda v: (
            min(v(F + "fast_all_in"), v(F + "fast_plain")) > v("settlement")
        ),
        "wages empty the pot; the two courts are close": lambda v: (
            v(A + "wages") > v(A + "free_assets") and v(F + "forced_gap") < 0.5
        ),
        "with twice the old tax bankruptcy is ahead": lambda v: (
            v(F + "forced_gap") < v(A + "prior_tax")
            and v("enforce.expected_value") > v("bankruptcy.expected_value")
        ),
        "the rule saves more than twelve months; the alarms": lambda v: (
            v(F + "saved_rule") > v(F + "saved_twelve") > 0
            and int(v(F + "saved_rule") / (5 * v("clean_year"))) == v(F + "alarms")
        ),
        "what came: the court would have brought more": lambda v: (
            v(E + "enforce.all_in") - v(E + "settle.all_in")
            == pytest.approx(v(E + "findings.regret"), abs=0.01)
            and v(E + "assumptions.market_share") > v(A + "market_share")
        ),
    },
}


def _span(v: Callable[[str], float], check: str, what: str) -> float:
    """How far a check moves a number, from a bad finding to a good one."""
    return v(f"findings.dd_{check}_good_{what}") - v(f"findings.dd_{check}_bad_{what}")


@pytest.mark.parametrize(
    ("case", "claim"), [(case, claim) for case, claims in CLAIMS.items() for claim in claims]
)
def test_a_claim_is_true(case: str, claim: str) -> None:
    assert CLAIMS[case][claim](lambda path: value(case, path)), claim


def test_a_claim_that_is_false_is_seen() -> None:
    assert not CLAIMS["problem"]["works, then liquidation, then nothing, then the failed plan"](
        lambda path: 1.0
    )

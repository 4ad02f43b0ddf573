"""A client book to write in many ways: the same clients, other units, encodings and files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

CLIENTS = 240
#: Column of the tree -> the head of a Chinese bank, and of an English one.
HEADS = {
    "id": ("客户号", "Client ID"),
    "name": ("客户名称", "Client name"),
    "ended_or_default": ("是否违约", "Ended or default"),
    "days_past_due": ("逾期天数", "Days past due"),
    "signals": ("预警信号数", "Signals"),
    "pd": ("违约概率", "PD"),
    "exposure": ("授信额度", "Limit"),
    "wallet_share": ("结算占比", "Wallet share"),
    "products": ("产品数", "Products"),
    "sales_growth": ("销售增长率", "Sales growth"),
    "years": ("合作年限", "Years as client"),
    "bank_share": ("贷款占比", "Share of bank debt"),
    "income": ("综合收益", "Income"),
}


def book(n: int = CLIENTS, seed: int = 13) -> dict[str, list[Any]]:
    """n clients in the units of the models; some figures are missing (None).

    Amounts have whole yuan, so that every unit can say them exactly.
    """
    random = np.random.default_rng(seed)

    def gaps(values: Sequence[Any], share: float = 0.05) -> list[Any]:
        gone = random.random(n) < share
        return [None if no else v for no, v in zip(gone, values, strict=True)]

    def yuan(middle: float) -> list[float]:
        return [round(x, 2) for x in random.lognormal(np.log(middle), 1.2, n).tolist()]

    return {
        "id": [f"{k:06d}" for k in range(n)],
        "name": [f"华东第{k}机械有限公司" for k in range(n)],
        "ended_or_default": (random.random(n) < 0.05).tolist(),
        "days_past_due": gaps(random.choice([0, 0, 0, 0, 3, 29, 30, 95], n).tolist()),
        "signals": gaps(random.choice([0, 0, 0, 1, 2, 3], n).tolist()),
        "pd": gaps([round(x, 4) for x in np.minimum(random.lognormal(-4.4, 1, n), 1).tolist()]),
        "exposure": gaps(yuan(14.0)),
        "wallet_share": gaps([round(x, 2) for x in random.random(n).tolist()]),
        "products": gaps(random.integers(0, 6, n).tolist()),
        "sales_growth": gaps([round(x, 3) for x in random.normal(0.12, 0.2, n).tolist()]),
        "years": gaps([round(x, 1) for x in (20 * random.random(n)).tolist()]),
        "bank_share": gaps([round(x, 2) for x in random.random(n).tolist()]),
        "income": gaps(yuan(0.4)),
    }  # fmt: skip


def plain(value: Any) -> str:
    """A figure as a file has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def yuan(value: float | None) -> str:
    """CNY million as yuan with thousands separators."""
    return "" if value is None else f"{round(value * 1e6):,d}"


def wan(value: float | None) -> str:
    """CNY million as 万元."""
    return "" if value is None else f"{round(value * 1e2):d}"


def written(
    table: Mapping[str, Sequence[Any]],
    path: Path,
    *,
    encoding: str = "utf-8",
    heads: int = 1,
    head: Mapping[str, str] | None = None,
    delimiter: str = ",",
    how: Mapping[str, Callable[[Any], str]] | None = None,
) -> Path:
    """The book as CSV. heads: 0 Chinese, 1 English; head: other heads; how: column -> its text."""
    how, head = how or {}, head or {}
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([head.get(k, HEADS[k][heads] if k in HEADS else k) for k in table])
        columns = [[how.get(k, plain)(v) for v in values] for k, values in table.items()]
        writer.writerows(zip(*columns, strict=True))
    return path


def merged(table: Mapping[str, Sequence[Any]], path: Path) -> Path:
    """The book as a workbook: a title, a note, and heads in two rows with merged cells."""
    file = openpyxl.Workbook()
    sheet = file.active
    assert sheet is not None
    sheet.title = "客户清单"
    sheet.append(["二〇二六年六月末客户清单"])
    sheet.append(["单位：见表头"])
    names = list(table)
    upper = [HEADS[k][0] for k in names]
    lower = [""] * len(names)
    at = names.index("exposure")  # "授信" over "额度(万元)" and over the next head
    upper[at], lower[at] = "授信", "额度(万元)"
    upper[at + 1], lower[at + 1] = "授信", HEADS[names[at + 1]][0]
    sheet.append(upper)
    sheet.append(lower)
    sheet.merge_cells(start_row=3, end_row=3, start_column=at + 1, end_column=at + 2)
    for k in range(len(names)):
        if k not in (at, at + 1):
            sheet.merge_cells(start_row=3, end_row=4, start_column=k + 1, end_column=k + 1)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(names))
    for row in zip(*table.values(), strict=True):
        cells: list[Any] = [plain(v) if isinstance(v, bool) else v for v in row]
        if cells[at] is not None:
            cells[at] = round(cells[at] * 100)
        sheet.append(cells)
    file.save(path)
    return path

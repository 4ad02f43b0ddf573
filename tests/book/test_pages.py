"""What makes the pages: style sheets without what is not used, formulas, Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.web.build import kept
from casebook.web.sphinx import han, maths, purge

ROOT = Path(__file__).resolve().parents[2]
TEMML = ROOT / maths.TEMML

SHEET = """/* gone */ /*! licence */
.used, .unused { color: red }
.unused > a { color: blue }
.made-by-script { margin: 0 }
a:hover, p:not(.unused) { top: 0 }
.bs-tooltip-top { left: 0 }
.put-together { right: 0 }
@media print { .unused { width: 0 } }
@media (max-width: 9em) { .used .unused { width: 1px } .used { width: 2px } }
@font-face { font-family: X; src: url(x.woff2) }
"""


def test_rules_that_no_page_can_use_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MARKS", tmp_path / "marks")
    static = tmp_path / "_static"
    static.mkdir()
    (static / "a.css").write_text(SHEET, encoding="utf-8")
    (static / "a.js").write_text(
        "e.classList.add('made-by-script', `put-${what}`)", encoding="utf-8"
    )
    named = purge.classes("<p class='other used'>unused</p>")
    text = purge.purged([static / "a.css"], named)
    assert text.splitlines() == [
        "/*! licence */.used{color: red}",
        ".made-by-script{margin: 0}",
        "a:hover,p:not(.unused){top: 0}",
        ".bs-tooltip-top{left: 0}",
        ".put-together{right: 0}",
        "@media (max-width: 9em) {.used{width: 2px}",
        "}",
        "@font-face { font-family: X; src: url(x.woff2) }",
    ]


@pytest.mark.skipif(not TEMML.is_file(), reason="Temml is not there: run make book")
def test_formulas_are_set_and_keep_their_tex() -> None:
    inline, block = maths.mathml([(r"a < b", False), (r"\frac{1}{2}", True)], TEMML)
    assert inline.startswith("<math") and "&lt;" in inline
    assert "<mfrac" in block and 'display="block"' in block
    assert r'<annotation encoding="application/x-tex">\frac{1}{2}</annotation>' in block


@pytest.mark.skipif(not TEMML.is_file(), reason="Temml is not there: run make book")
def test_a_formula_that_cannot_be_set_is_named() -> None:
    with pytest.raises(ValueError, match=r"nosuch"):
        maths.mathml([(r"\nosuch{x}", False)], TEMML)


def test_a_lacking_temml_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make book"):
        maths.mathml([("x", False)], tmp_path / "temml.cjs")


def test_chinese_is_marked_and_nothing_else() -> None:
    assert list(han.parts("a 银行 b")) == [("a ", False), ("银行", True), (" b", False)]
    assert list(han.parts("银行，客户")) == [("银行，客户", True)]
    assert list(han.parts("plain")) == [("plain", False)]
    html = '<td title="银行">银行 (bank)</td>'
    assert han.marked(html) == '<td title="银行"><span lang="zh">银行</span> (bank)</td>'
    for left in ("<head>\n<title>银行</title></head>", "<svg><text>银行</text></svg>",
                 '<script type="a">"银行"</script>'):  # fmt: skip
        assert han.marked(f"{left}<b>银行</b>") == f'{left}<b><span lang="zh">银行</span></b>'

"""The stand-in for matplotlib: the same figures, part by part, as matplotlib's own.

Run as a program, with the stand-in where Python looks first, this file draws every explorer: in
both forms, whole at the base case, and moved to both ends of each slider and to each choice.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tarfile
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from casebook.explore import explore
from casebook.figures import FORMS
from casebook.models import MODELS, model
from casebook.web.explorer import stand_in
from casebook.web.explorer.recorder import lines, markers, patches, path, ticker, transforms
from casebook.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
#: Points by which a place may differ: matplotlib's digits are cut, those of the stand-in rounded.
CLOSE = 0.02
NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?")
#: Attributes that say where something is; the others are compared letter by letter.
PLACES = {"d", "x", "y", "width", "height", "transform", "viewBox", "data-panels"}
Drawn = tuple[str, str, Any]  # form and where the sliders are, an <svg>, the order of painting


def drawn(name: str) -> list[Drawn]:
    """Every figure of one explorer that is compared."""
    module: Any = model(name)
    explorer = explore(module)
    found: list[Drawn] = []
    pictures: dict[str, Any] = {}

    def show(where: str, **moved: Any) -> None:
        result = module.simulate(explorer.base.replace(**moved))
        for form in FORMS:
            pictures[form] = module.figure(result, onto=pictures.get(form), form=form)
            found.append((f"{form}, {where}", *pictures[form].moved()))

    show("base")
    found += [(f"{form}, whole", picture.svg(), None) for form, picture in pictures.items()]
    for control in explorer.controls:
        few = control.values if control.spec.choices else (control.values[0], control.values[-1])
        for value in few:
            show(f"{control.spec.name} {value}", **{control.spec.name: value})
    return found


if __name__ == "__main__":
    print(json.dumps({name: drawn(name) for name in MODELS}))
    sys.exit()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Python that finds the stand-in as matplotlib."""
    folder = tmp_path_factory.mktemp("names")
    stand_in.write(folder, stand_in.signs())
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def ask(there: dict[str, str], *arguments: str) -> Any:
    """The JSON that a program writes with the stand-in."""
    command = [sys.executable, *arguments]
    run = subprocess.run(command, env=there, capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def recorded(there: dict[str, str]) -> dict[str, list[Drawn]]:
    """What the stand-in draws."""
    found: dict[str, list[Drawn]] = ask(there, __file__)
    return found


def elements(svg: str) -> list[tuple[str, dict[str, str], str]]:
    """(tag, attributes, text) of every element; the marks are called by their number.

    The id of a mark is made of its path, digit by digit. Those of points must be the same, since
    a legend may use what the data define; that of a ground between lines need not.
    """
    root = ElementTree.fromstring(svg)
    grounds: dict[str, str] = {}
    for use in root.iter("{http://www.w3.org/2000/svg}use"):
        if "stroke" not in use.attrib["style"]:
            link = use.attrib["{http://www.w3.org/1999/xlink}href"][1:]
            grounds.setdefault(link, f"ground {len(grounds)}")
    found = []
    for element in root.iter():
        plain = {name.split("}")[-1]: value for name, value in element.attrib.items()}
        for name in ("id", "href"):
            known = grounds.get(plain.get(name, "").lstrip("#"))
            plain |= {name: known} if known else {}
        found.append((element.tag.split("}")[-1], plain, (element.text or "").strip()))
    return found


def differences(one: str, two: str) -> list[str]:
    """What differs in two <svg>s by more than places that are `CLOSE`."""
    found = []
    for mine, other in zip_longest(elements(one), elements(two)):
        if mine is None or other is None or (mine[0], mine[2], list(mine[1])) != (
            other[0], other[2], list(other[1])
        ):  # fmt: skip
            return [*found, f"{mine} | {other}"]
        for name, value in mine[1].items():
            there = other[1][name]
            if name not in PLACES:
                same = value == there
            else:
                forms = (NUMBER.sub("#", " ".join(v.split())) for v in (value, there))
                pairs = zip(NUMBER.findall(value), NUMBER.findall(there), strict=False)
                same = len(set(forms)) == 1 and all(
                    abs(float(a) - float(b)) <= CLOSE for a, b in pairs
                )
            if not same:
                found.append(f"{mine[0]} {mine[1].get('id', mine[2])}: {name} {value} | {there}")
    return found


@pytest.mark.parametrize("name", MODELS)
def test_every_part_is_as_matplotlib_draws_it(name, recorded):
    theirs, ours = drawn(name), recorded[name]
    assert len(theirs) == len(ours) > 20
    for (where, svg, order), (_, own_svg, own_order) in zip(theirs, ours, strict=True):
        assert not differences(svg, own_svg), where
        assert order == own_order, where


def test_a_difference_is_seen():
    svg = next(svg for where, svg, _ in drawn("loan") if where == "wide, whole")
    assert not differences(svg, svg)
    place = re.search(r'y="(\d+)\.\d+"', svg)
    assert place is not None
    further = svg.replace(place[0], f'y="{int(place[1]) + 1}.5"', 1)
    for other in (
        further,
        svg.replace("#1c3d7c", "#1c3d7d", 1),
        svg.replace("Bullet", "Ballet"),
        svg.replace("data-0", "data-1", 1),
        re.sub(r"<use [^>]*/>", "", svg, count=1),
    ):
        assert other != svg and differences(svg, other)


def test_a_line_is_cut_where_matplotlib_cuts_it():
    """Random lines that leave the figure, jump and have holes."""
    from matplotlib import _path
    from matplotlib.path import Path as Theirs
    from matplotlib.transforms import IdentityTransform

    convert: Any = _path.convert_to_string  # type: ignore[attr-defined]
    draw = np.random.default_rng(5)
    for _ in range(300):
        points = draw.uniform(-60, 160, (draw.integers(1, 12), 2))
        points[draw.random(len(points)) < 0.15] = np.nan
        points[draw.random(len(points)) < 0.2, 1] = 50.0
        box = (0.0, 0.0, 100.0, 100.0)
        letters = [b"M", b"L", b"Q", b"C", b"z"]
        known = convert(
            Theirs(points), IdentityTransform(), box, False, None, 6, letters, False
        ).decode()
        ours = path.polyline(points, 100, 100)
        assert re.findall("[ML]", ours) == re.findall("[ML]", known), points
        pairs = zip(NUMBER.findall(ours), NUMBER.findall(known), strict=True)
        assert all(abs(float(a) - float(b)) < 0.006 for a, b in pairs), points


def test_the_marks_are_those_of_matplotlib_to_the_last_digit():
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.markers import MarkerStyle
    from matplotlib.transforms import Affine2D

    convert: Any = RendererSVG.__new__(RendererSVG)._convert_path
    for name in markers.SHAPES:
        style = MarkerStyle({"tick down": 3, "tick left": 0}.get(name, name))
        for size in (3, 3.5, 6, 7, 9, 13):
            turn = style.get_transform().scale(size) + Affine2D().scale(1, -1)
            known = convert(style.get_path(), turn, simplify=False)
            assert markers.marker(name, size) == (known, style.get_joinstyle()), name


def test_ticks_stand_where_matplotlib_puts_them():
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    draw = random.Random(3)
    for _ in range(300):
        low = draw.choice([0.0, draw.uniform(-50, 100)])
        high = low + 10 ** draw.uniform(-1, 3.5)
        ax: Axes = Figure(figsize=(1, draw.uniform(0.5, 3)), dpi=72).add_axes((0, 0, 1, 1))
        ax.set_ylim(low, high)
        length = ax.bbox.height / (2 * 10)
        known = [t for t in ax.get_yticks() if low <= t <= high]
        ours = [t for t in ticker.AutoLocator().ticks(low, high, length) if low <= t <= high]
        assert ours == pytest.approx(known, abs=1e-9), (low, high)


def test_texts_are_as_wide_and_high_as_matplotlib_measures_them(there):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    from casebook.figures import STYLE, style

    phrases = sorted({w for w in catalogue()["explorer"].values() if isinstance(w, str)})
    phrases += ["Level payment: 3.80% is 19 basis points short", "AVATAR To Ty", "−1,200 × 3"]
    code = (
        "import json, sys; from matplotlib.text import measure; weight, *texts = sys.argv[1:];"
        "print(json.dumps([measure(text, int(weight)) for text in texts]))"
    )
    measure: Any = TextToPath().get_text_width_height_descent
    for weight in (400, 700):
        own = ask(there, "-c", code, str(weight), *phrases)
        with style.worn():
            font = FontProperties(family=STYLE["font.family"], weight=weight, size=1)
            for phrase, ours in zip(phrases, own, strict=True):
                width, height, descent = measure(phrase, font, ismath=False)
                assert ours == pytest.approx([width, height - descent, descent], abs=2e-3), phrase


def test_what_is_not_known_fails_when_the_explorers_are_packed():
    with pytest.raises(ValueError, match="#rrggbb here, not 'red'"):
        patches.Patch(facecolor="red")
    with pytest.raises(TypeError, match="linehight"):
        lines.Line2D([0], [0], color="#000000", linehight=3)
    with pytest.raises(ValueError, match="steps-post"):
        lines.stepped(np.zeros((3, 2)), "steps-post")
    with pytest.raises(KeyError, match="logit"):
        transforms.scale("logit")
    with pytest.raises(KeyError, match="h"):
        markers.marker("h", 6)
    with pytest.raises(ValueError, match="give it a formatter"):
        ticker.ScalarFormatter().format_ticks([1.0])


@pytest.mark.parametrize("name", ["linear", "log", "symlog"])
def test_a_scale_goes_back(name):
    scale = transforms.scale(name, linthresh=1.0, linscale=0.6)
    values = np.array([0.001, 0.3, 1.0, 2.0, 500.0])
    values = values if name == "log" else np.concatenate([-values, [0.0], values])
    assert scale.back(scale.forward(values)) == pytest.approx(values)
    assert (np.diff(scale.forward(np.sort(values))) > 0).all()


def test_a_page_fetches_nothing_of_matplotlib(site):
    """In the bundle its name is the stand-in's, and numpy the only package."""
    with tarfile.open(site / "_static" / "live" / "explorers.tar.gz") as archive:
        names = archive.getnames()
    ours = {name.removesuffix("c") for name in names if name.startswith("matplotlib/")}
    there = {p.relative_to(stand_in.RECORDER) for p in stand_in.RECORDER.rglob("*.py")}
    assert ours == {f"matplotlib/{p.as_posix()}" for p in there} | {"matplotlib/fonts.json"}
    compiled = {name.split("/")[0] for name in names if name.endswith(".so")}
    assert compiled == {"numpy"}

"""The series of a figure are told apart in greyscale and by eyes that do not see all colours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from casebook.figures import PALETTE

from ..figures import FIGURES, pictures


def lab(colour, kind="none"):
    """CIELAB of a colour, as somebody with the eyes of `kind` sees it (Machado 2009, in full)."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    eyes = {
        "none": np.eye(3),
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                   [-0.011820, 0.042940, 0.968881]],
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    }  # fmt: skip
    linear = np.clip(np.array(eyes[kind]) @ linear, 0, 1)
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339, 0.1191920, 0.9503041]]) @ linear  # fmt: skip
    f = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(f > 0.008856, np.cbrt(f), 7.787 * f + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one, two):
    """CIEDE2000 (Sharma, Wu and Dalal 2005) of two colours in CIELAB."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    more = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25**7))
    a1, a2 = a1 * more, a2 * more
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    hue = np.degrees(np.arctan2(b1, a1))
    turn = (np.degrees(np.arctan2(b2, a2)) - hue + 180) % 360 - 180
    light, mean, at = (l1 + l2) / 2, (c1 + c2) / 2, hue + turn / 2
    across = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    waves = sum(k * np.cos(np.radians(n * at + x)) for k, n, x in
                ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63)))  # fmt: skip
    far = (light - 50) ** 2
    parts = np.array([
        (l2 - l1) / (1 + 0.015 * far / np.sqrt(20 + far)),
        (c2 - c1) / (1 + 0.045 * mean),
        across / (1 + 0.015 * mean * (1 + waves)),
    ])  # fmt: skip
    bend = np.sin(np.radians(60 * np.exp(-((((at % 360) - 275) / 25) ** 2))))
    turned = -2 * np.sqrt(mean**7 / (mean**7 + 25**7)) * bend
    return np.sqrt(parts @ parts + turned * parts[1] * parts[2])


def test_the_difference_of_colours_is_the_published_one():
    pairs = {  # from the table of test data of Sharma, Wu and Dalal
        ((50, 2.6772, -79.7751), (50, 0, -82.7485)): 2.0425,
        ((50, 2.5, 0), (73, 25, -18)): 27.1492,
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)): 1.2644,
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514)): 0.9082,
    }
    for pair, known in pairs.items():
        assert difference(*pair) == pytest.approx(known, abs=1e-4)


#: Lightness apart (L*, of 100) at which two greys are told apart across a figure and its key, and
#: not only edge to edge: a printer's screen of 65 lines gives some 15 steps that hold. A smaller
#: step needs a second cue.
GREYS = 15
#: CIEDE2000 at which thin lines and small marks of two hues are told apart from memory. 1 is just
#: seen in large fields side by side; small ones need about ten times as much.
HUES = 10


def alike(one, two):
    """Whether two colours of the palette may be taken for each other in grey or by a weak eye."""
    a, b = PALETTE[one], PALETTE[two]
    near = abs(lab(a)[0] - lab(b)[0]) < GREYS
    return near or any(
        difference(lab(a, eyes), lab(b, eyes)) < HUES for eyes in ("deutan", "protan")
    )


def cue(series, across):
    """What tells a series apart beside its colour: its kind, dash, marker; its named row."""
    artist = series.artist
    where = tuple(np.round(series.at, 2)) if across else ()
    if series.kind == "line":
        dash = str(artist._dash_pattern), artist.get_linewidth()
        return "line", *dash, artist.get_marker(), where
    if series.kind == "point":
        hollow = to_hex(artist.get_markerfacecolor()) == "#ffffff"
        return "point", artist.get_marker(), artist.get_markersize(), hollow, where
    return (series.kind,)


def touching(one, two):
    """Whether bars of two series stand upon each other, so that an edge would be between them."""
    for at, foot, top in zip(two.at, two.base, two.value, strict=True):
        same = np.isclose(one.at, at)
        if np.any(same & (np.isclose(one.value, foot) | np.isclose(one.base, top))
                  & (one.value != one.base)) and top != foot:  # fmt: skip
            return True
    return False


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_series_are_told_apart_without_colour(name, figure):
    wide, _ = pictures(name, figure)
    for ax in wide.axes:
        drawn = [s for s in wide.series if s.ax is ax and s.colour in PALETTE]
        lines = {s.colour for s in drawn if s.kind == "line"}
        drawn = [s for s in drawn if s.kind != "point" or s.colour not in lines]  # a point on it
        across = wide.spaces[ax].across
        for one, two in combinations(drawn, 2):
            if one.colour == two.colour or not alike(one.colour, two.colour):
                continue
            if one.kind == two.kind == "bar":  # in the order of the key: each needs an edge
                edged = max(one.artist.get_linewidth(), two.artist.get_linewidth()) >= 0.5
                assert edged or not touching(one, two), (one.colour, two.colour)
            else:
                assert cue(one, across) != cue(two, across), (one.colour, two.colour, one.kind)


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_what_is_drawn_upon_bars_has_a_ground_of_the_paper(name, figure):
    """A line in front of a bar may be as dark as the bar: paper at either side tells them apart."""
    wide, _ = pictures(name, figure)
    for ax in wide.axes:
        known = list(wide.series)
        for k, series in enumerate(known):
            under = [s for s in known[:k] if s.ax is ax and s.kind == "bar"]
            artist = series.artist
            if not under or series.ax is not ax or not series.at.size:
                continue
            stroke = series.kind == "point" and artist.get_marker() in ("_", "|")
            if stroke and series.colour != "paper":  # it is all rim, and would be seen no more
                assert to_hex(artist.get_markeredgecolor()) == PALETTE[series.colour]
                ground = ax.lines[list(ax.lines).index(artist) - 1]
                assert to_hex(ground.get_markeredgecolor()) == PALETTE["paper"]
                assert ground.get_markeredgewidth() >= artist.get_markeredgewidth() + 2
            elif stroke:
                continue
            elif series.kind == "line":
                ground = ax.lines[list(ax.lines).index(artist) - 1]
                assert to_hex(ground.get_color()) == PALETTE["paper"]
                assert ground.get_linewidth() >= artist.get_linewidth() + 2
            elif series.kind == "point" and to_hex(artist.get_markerfacecolor(), True)[7:] != "00":
                rim = to_hex(artist.get_markeredgecolor())
                assert rim == PALETTE["paper"] and artist.get_markeredgewidth() >= 1


def test_types_have_their_colours():
    from casebook.typology.charts import PLACES

    colours = {name: place[2] for name, place in PLACES.items()}
    assert colours == {"strategic": "c1", "transactional": "c6", "growth": "c3",
                       "problem": "c2", "terminated": "c4"}  # fmt: skip

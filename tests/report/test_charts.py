"""Charts on their own: where things lie, as a file, as a figure."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from fullmenu.errors import MissingExtra
from fullmenu.report import svg
from fullmenu.report.forms import Axis, Lane, Lanes, Line, Mark, Picture, Plot, Points
from fullmenu.report.report import Report

from . import documents

NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_labels_never_overlap_and_stay_inside() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 2, 5, 12):
        wanted = rng.uniform(0, 240, n)
        tall = rng.choice([14.0, 28.0], n) if n < 12 else np.full(n, 18.0)
        found = svg.dodged(wanted, tall, 0, 240)
        order = np.argsort(found)
        edges = [(found[k] - tall[k] / 2, found[k] + tall[k] / 2) for k in order]
        assert edges[0][0] >= -1e-9 and edges[-1][1] <= 240 + 1e-9
        assert all(a[1] <= b[0] + 1e-9 for a, b in itertools.pairwise(edges))
        assert [wanted[k] for k in order] == sorted(wanted)
    assert svg.dodged([50, 120], [14, 14], 0, 240) == [50, 120]


@pytest.mark.parametrize("low, high", [(0, 1), (0.2, 0.9), (3, 4_000), (-2, 7), (0, 1e6)])
def test_axes_have_a_few_round_numbers(low: float, high: float) -> None:
    found = svg.round_numbers(low, high)
    assert 3 <= len(found) <= 6 and low <= found[0] and found[-1] <= high
    steps = np.diff(found)
    assert np.allclose(steps, steps[0])
    assert float(f"{steps[0]:.1g}") == pytest.approx(steps[0])


@pytest.mark.parametrize("low, high", [(0.01, 40), (0.8, 1.3), (1, 3), (1, 1e6), (0.3, 0.7)])
def test_equal_ratios_are_equally_far(low: float, high: float) -> None:
    found = svg.round_numbers(low, high, log=True)
    assert 2 <= len(found) <= 7 and low <= found[0] and found[-1] <= high
    scale = svg.scale(Axis(log=True), [low, high])
    middle = (low * high) ** 0.5
    assert scale.at(middle) == pytest.approx(0.5)


def test_an_axis_may_run_backwards() -> None:
    scale = svg.scale(Axis(log=True, low=1.0, high=0.05, ticks=[1.0, 0.1]), [])
    assert scale.at(1.0) == 0 and scale.at(0.05) == pytest.approx(1)
    assert scale.ticks() == [1.0, 0.1]


def test_one_value_alone_has_an_axis() -> None:
    for value in (0.0, 3.0):
        form = Plot(lines=[Line(x=[1.0], y=[value], name="one")])
        assert "NaN" not in svg.drawn(form) and "inf" not in svg.drawn(form)
    assert svg.drawn(Lanes(x=Axis(log=True), lanes=[Lane(name="r", marks=[Mark(value=2.0)])]))


@pytest.mark.parametrize("n", [3, 8, 30, 100])
def test_names_of_many_versions_fit(n: int) -> None:
    names = [f"checkpoint-{k}" for k in range(n)]
    points = Points(x=[float(k) for k in range(n)], y=[1.0] * n)
    chart = ET.fromstring(svg.drawn(Plot(x=Axis(names=names), points=[points])))
    shown = [x.text or "" for x in chart.iter("text") if "-" in (x.text or "")]
    assert min(n, 8) <= len(shown) <= 11 and len(set(shown)) == len(shown)
    assert shown[0].endswith("-0") and shown[-1].endswith(f"-{n - 1}")
    assert max(svg.width(x) for x in shown) <= max(svg.SLANTED, svg.width("checkpoint-2"))


@pytest.mark.parametrize("name", list(documents.ALL))
def test_a_report_is_saved_as_a_picture(name: str, tmp_path: Path) -> None:
    for document in (documents.ALL[name](), documents.hostile(documents.ALL[name]())):
        path = Report(document).save(tmp_path / "report.svg")
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert root.tag == f"{NAMESPACE}svg"
        assert {x.tag.removeprefix(NAMESPACE) for x in root.iter()} <= {
            "svg", "title", "style", "rect", "line", "path", "circle", "text"
        }  # fmt: skip
        assert (root.findtext(f"{NAMESPACE}title") or "").strip()
        assert len(list(root.iter(f"{NAMESPACE}text"))) > 8


@pytest.mark.parametrize("name", list(documents.ALL))
def test_a_report_is_a_figure(require: Callable[..., Any], name: str, tmp_path: Path) -> None:
    require("matplotlib")
    report = Report(documents.ALL[name]())
    drawn = report.plot()
    assert drawn._repr_png_().startswith(b"\x89PNG")
    assert drawn.axes and all(ax.has_data() for ax in drawn.axes)
    assert report.save(tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


def test_text_is_no_formula(require: Callable[..., Any]) -> None:
    require("matplotlib")
    from fullmenu.report import figure

    row = Lane(name="$\\frac{1}{$ and $x^2$", marks=[Mark(value=1.0)])
    figure.png(figure.figure(Picture(title="costs $5 to $9", forms=[Lanes(lanes=[row])])))


def test_without_matplotlib_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingExtra, match=r'pip install "fullmenu\[plots\]"'):
        Report(documents.compare()).plot()


@pytest.mark.parametrize("low", [0.0, 1.0, -1.0, 250.0, 25_000.0])
@pytest.mark.parametrize("spread", [3e-6, 2e-3, 0.5, 1_000.0])
@pytest.mark.parametrize("percent", [False, True])
def test_values_at_an_axis_differ_where_they_are_written(low, spread, percent):
    made = svg.scale(Axis(percent=percent), [low, low + spread], whole=True)
    ticks = made.ticks()
    assert len({made.text(t) for t in ticks}) == len(ticks) > 1

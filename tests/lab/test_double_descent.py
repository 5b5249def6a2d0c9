"""Random features around N = n: the peak, the ridge, the threshold that the log shows."""

from dataclasses import replace

import pytest

from fullmenu.lab.registry import experiment
from fullmenu.lab.runs import run

ARMS = ("features", "ridge", "more data")


@pytest.fixture(scope="module")
def result(require):
    require("sklearn")
    require("torch")
    found = experiment("double-descent")
    return run(replace(found, arms={a: found.arms[a] for a in ARMS}), seeds=3, workers=0)


def test_the_peak_is_at_the_threshold(result):
    from fullmenu.lab.experiments.double_descent import at_threshold, judged

    assert result.values("features", "peak") == [300.0] * 3
    assert at_threshold(result, "features") == [300.0] * 3
    assert at_threshold(result, "more data") == [300.0] * 3
    assert judged(result, "features").verdict == "warning"
    assert judged(result, "more data", 300).verdict == "warning"
    assert judged(result, "more data", 1200).verdict == "ok"


def test_a_ridge_removes_it(result):
    from fullmenu.lab.experiments.double_descent import judged

    assert result.mean("ridge", "middle") < 0.15 < 0.7 < result.mean("features", "middle")
    assert judged(result, "ridge").verdict != "warning"


def test_a_net_is_trained_and_says_the_same_again(require):
    require("torch")
    found = experiment("double-descent")
    settings = {**found.settings, "steps": 30}
    first, again = (found.cell("small net", 0, settings) for _ in range(2))
    assert first == again
    assert first.verdicts == {"one seed": "inconclusive"}

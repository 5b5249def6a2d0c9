"""Right and wrong outputs in reports: pass@k, yield, and whether mass only concentrates."""

import numpy as np

import fullmenu as fm
from fullmenu.samples import Record, Samples


def graded(chances, seed, scores=(0.0, 1.0)):
    rng = np.random.default_rng(seed)
    rows = []
    for i, p in enumerate(chances):
        for _ in range(8):
            right = rng.random() < p
            said = f"way {rng.integers(4)} works" if right else f"no {rng.integers(50)} at all"
            rows.append(Record(said, f"Task {i}?", f"t{i}", None, score=scores[int(right)]))
    return Samples.from_records(rows)


def test_compare_says_that_mass_only_concentrates():
    report = fm.compare(graded([0.3] * 40, 0), graded([0.95, 0.0] * 20, 1))
    signals = report.document["signals"]
    assert signals["pass_1"]["difference"]["value"] > 0
    assert signals["pass_8"]["difference"]["high"] < 0
    assert signals["without_gradient"]["after"]["value"] > 0.6
    assert 0 < signals["yield"]["before"]["value"] < 0.5
    names = {n["name"]: n["sentence"] for n in report.document["notices"]}
    assert "pass@8 -0." in names["concentrated mass"]
    assert "More is right at the first try" in str(report)


def test_compare_says_that_it_can_do_more():
    report = fm.compare(graded([0.4, 0.0] * 20, 0), graded([0.5, 0.4] * 20, 1))
    assert "new capability" in {n["name"] for n in report.document["notices"]}


def test_check_counts_them_and_scores_that_are_no_grades_stay_scores():
    found = fm.check(graded([0.5] * 10, 0)).document["signals"]
    assert found["pass_8"]["value"]["value"] > found["pass_1"]["value"]["value"]
    assert "pass_1" not in fm.check(graded([0.5] * 10, 0, (0.2, 0.9))).document["signals"]

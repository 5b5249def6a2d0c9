"""Transfer and forgetting from a matrix, each variant by hand."""

import numpy as np
import pytest

from fullmenu.diagnose import forgetting, learned_and_last, transfer
from fullmenu.diagnose.checkpoints.results import ItemScore, Results
from fullmenu.diagnose.checkpoints.transfers import ACC, BWT, FIRST, FWT, MAX, named_transfer
from fullmenu.errors import BadInput, NotEnoughData

R = np.array([[0.9, 0.3, 0.2], [0.95, 0.8, 0.4], [0.5, 0.6, 0.7]])
START = [0.1, 0.1, 0.15]


def test_every_variant_by_hand():
    found = {name: float(x[0]) for name, x in named_transfer(R, START).items()}
    assert found[ACC] == pytest.approx((0.5 + 0.6 + 0.7) / 3)
    assert found[BWT] == pytest.approx(((0.5 - 0.9) + (0.6 - 0.8)) / 2)
    assert found[FWT] == pytest.approx(((0.3 - 0.1) + (0.4 - 0.15)) / 2)
    assert found[MAX] == pytest.approx(((0.95 - 0.5) + (0.8 - 0.6)) / 2)
    assert found[FIRST] == pytest.approx(-found[BWT])


def test_chaudhry_can_be_negative_and_counts_stages_before_the_own():
    r = np.array([[0.5, 0.9], [0.8, 0.6]])
    assert named_transfer(r)[MAX][0] == pytest.approx(-0.3)
    r = np.array([[0.5, 0.9, 0.1], [0.5, 0.6, 0.1], [0.5, 0.6, 0.1]])
    assert named_transfer(r)[MAX][0] == pytest.approx((0 + 0.3) / 2)
    assert named_transfer(r)[FIRST][0] == 0


def test_noise_alone_makes_chaudhrys_positive_but_earns_no_verdict():
    rng = np.random.default_rng(0)
    found = transfer(0.8 + rng.normal(0, 0.03, (8, 6, 6)))
    assert found.evidence[MAX].low > 0
    assert found.verdict not in ("failure", "warning")


def test_verdicts_over_seeds():
    rng = np.random.default_rng(1)

    def runs(loss, n=5):
        r = 0.8 + rng.normal(0, 0.01, (n, 4, 4))
        r[:, -1, :-1] -= loss
        return r

    assert transfer(runs(0.3)).verdict == "failure"
    assert transfer(runs(0.0)).verdict == "ok"
    assert transfer(runs(0.1), margin=0.15).verdict == "ok"
    assert transfer(runs(0.025)).verdict == "warning"
    one = transfer(runs(0.3, 1))
    assert (one.verdict, one.gap.low) == ("inconclusive", None)
    assert "one training run" in one.why


def test_what_was_not_evaluated_may_be_missing_above_the_diagonal():
    r = np.where(np.tril(np.ones((3, 3))) > 0, R, np.nan)
    found = transfer(r, START)
    assert FWT not in found.evidence
    assert found.evidence[MAX].value == pytest.approx(((0.95 - 0.5) + (0.8 - 0.6)) / 2)
    r[2, 0] = np.nan
    with pytest.raises(BadInput, match="below the diagonal is missing"):
        transfer(r)


@pytest.mark.parametrize("wrong", [np.ones((2, 3)), [1, 2], "matrix", np.ones((0, 2, 2))])
def test_shapes(wrong):
    with pytest.raises(BadInput, match="matrix of shape"):
        transfer(wrong)


def test_too_little():
    with pytest.raises(NotEnoughData, match="one stage"):
        transfer([[0.5]])
    with pytest.raises(BadInput, match="at_start"):
        transfer(R, [0.1])
    with pytest.raises(BadInput, match="margin=2"):
        transfer(R, margin=2)


def sequence(scores):
    rows = [
        ItemScore(
            f"suite {j}", f"{i}", float(i < round(100 * scores[k, j])), checkpoint=f"stage {k}"
        )
        for k in range(3)
        for j in range(3)
        for i in range(100)
    ]
    return Results(tuple(rows))


def test_a_sequence_by_its_items_agrees_with_its_matrix():
    before, after = learned_and_last(sequence(R))
    found = forgetting(before, after)
    changes = [found.evidence[f"suite {k}: change, over items"].value for k in (0, 1)]
    assert np.mean(changes) == pytest.approx(named_transfer(R)[BWT][0])
    assert found.verdict == "warning"
    with pytest.raises(BadInput, match="1 checkpoints on 3 suites"):
        learned_and_last(sequence(R).only("stage 0"))

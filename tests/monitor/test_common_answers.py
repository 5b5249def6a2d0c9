"""The commonest of the last answers, and which of them are canned."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from fullmenu.monitor.common_answers import Kept, RecentAnswers, canned_since, common, usual_share
from fullmenu.samples import Record, Samples
from fullmenu.views import registry
from fullmenu.watch import Baseline, Monitor, Visit

PHRASING = [registry.get("phrasing")]
WORDS = [a + b for a in ("ba", "de", "fi", "go", "lu", "ma", "ne", "po") for b in
         ("lan", "rik", "tos", "vem", "dur", "pin")]  # fmt: skip


def fresh(rng, n=12):
    return " ".join(rng.choice(WORDS, n))


def kept(texts, prompts=None):
    return [Kept(i + 1, f"q{i if prompts is None else prompts[i]}", None, t)
            for i, t in enumerate(texts)]  # fmt: skip


def test_only_the_last_hundred_visits_are_kept():
    recent = RecentAnswers()
    for i in range(1, 251):
        recent.add(i, Visit(f"q{i}", tuple("abcdefg")))
    assert len(recent.kept) == 500 and recent.kept[0].visit == 151
    assert [x.text for x in recent.kept][:5] == list("abcde")


def test_equal_and_nearly_equal_texts_count_together():
    rng = np.random.default_rng(0)
    long = fresh(rng, 40)
    texts = [long, long + ".", fresh(rng), fresh(rng), fresh(rng)]
    [top], of = common(kept(texts), PHRASING, usual=0.5)
    assert (top.count, top.of, top.prompts, top.canned) == (2, 5, 2, False)
    assert of.tolist() == [0, 0, -1, -1, -1]
    assert common([], PHRASING)[0] == []


def test_canned_needs_several_prompts_and_more_than_chance():
    rng = np.random.default_rng(1)
    texts = [fresh(rng) for _ in range(17)] + ["Please ask again later, thank you."] * 3
    [top], _ = common(kept(texts), PHRASING, usual=0.01)
    assert top.canned and binom.sf(2, 20, 0.01) < 0.01 / 3
    [top], _ = common(kept(texts), PHRASING, usual=0.03)
    assert not top.canned and binom.sf(2, 20, 0.03) > 0.01 / 3
    [top], _ = common(kept(texts, [*range(17), 3, 3, 4]), PHRASING, usual=0.01)
    assert not top.canned
    # the same three, further back than the last twenty: among fifty they are no wonder at 1 %
    later = texts + [fresh(rng) for _ in range(30)]
    [top], _ = common(kept(later), PHRASING, usual=0.01)
    assert not top.canned and binom.sf(2, 50, 0.01) > 0.01 / 3


def test_the_usual_share_counts_answers_to_several_prompts():
    visits = [Visit(f"q{i}", ("Yes.",) if i < 6 else (f"{WORDS[i]} {WORDS[-i]}",))
              for i in range(20)]  # fmt: skip
    assert usual_share(visits, PHRASING) == pytest.approx(7 / 21)
    one_prompt = [Visit("q0", ("Yes.",) * 5), *visits[6:]]
    assert usual_share(one_prompt, PHRASING) == pytest.approx(2 / 20)


def test_canned_answers_are_dated_by_hand():
    # canned: o o o x o x x x; the share lately is ½, h ≈ ¼: Σ from the first x on is largest
    rng = np.random.default_rng(4)
    text = "Please ask again later, thank you."
    texts = [text if c == "x" else fresh(rng) for c in "ooooxoxxx"]
    answers, of = common(kept(texts), PHRASING, usual=0.01)
    # 4 of the last 5: k before pass without one with chance .2^k; log .05/log .2 = 1.9
    assert canned_since(kept(texts), answers, of, 0.01) == (5, 4)
    # one that came long before by chance does not count: −h for each of the twelve between
    texts = [text if c == "x" else fresh(rng) for c in "ox" + "o" * 12 + "xxx"]
    answers, of = common(kept(texts), PHRASING, usual=0.01)
    assert canned_since(kept(texts), answers, of, 0.01)[0] == 15
    # from the very first that is kept on: it began before
    answers, of = common(kept([text] * 5), PHRASING, usual=0.01)
    assert canned_since(kept([text] * 5), answers, of, 0.01) is None


def test_an_alarm_names_canned_answers_first_and_dates_them():
    rng = np.random.default_rng(2)
    before = Samples.from_records(Record(fresh(rng), prompt_id=f"b{i}") for i in range(200))
    monitor = Monitor(Baseline.fit(before))
    calm = [Visit(f"c{i}", (fresh(rng),)) for i in range(60)]
    assert monitor.update(calm) == [] and monitor.common_answers() == []
    text = "Thanks for asking! Our help centre has the answer."
    stale = [Visit(f"s{i}", (text if rng.random() < 0.6 else fresh(rng),)) for i in range(40)]
    alarm = monitor.update(stale)[0]
    assert [a.output for a in alarm.answers] == [text]
    assert 56 <= alarm.since <= 66
    top = monitor.common_answers()[0]
    assert top.output == text and top.of == 100 and top.canned
    again = Monitor.from_bytes(monitor.to_bytes())
    assert again.common_answers() == monitor.common_answers()

"""What a view says, as it is and at matched lengths; and the word for all views."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate, Verdict
from fullmenu.judge.case import pair
from fullmenu.judge.judgement import Opinion, Opinions, conclude, judge
from fullmenu.judge.lengths import by_cutting
from fullmenu.judge.look import look
from fullmenu.judge.premises import examine


def word(name, ratio=0.5):
    return Verdict(name, f"{name}!", Estimate(ratio, ratio, ratio, 9, "ratio", "given"))


def opinion(raw, matched=None, view="phrasing", question="within"):
    return Opinion(view, question, (), raw, matched)


@pytest.mark.parametrize(
    ("raw", "matched", "stands", "at_matched_lengths"),
    [
        ("collapsed", "collapsed", "collapsed", True),
        ("collapsed", "narrowed", "narrowed", True),
        ("narrowed", "collapsed", "narrowed", False),
        ("narrowed", "narrowed", "narrowed", True),
        ("narrowed", "held", "held", True),
        ("narrowed", "unclear", "unclear", True),
        ("collapsed", "widened", "unclear", True),
        ("widened", "widened", "widened", True),
        ("widened", "held", "held", True),
        ("widened", "collapsed", "unclear", True),
        ("held", "collapsed", "held", False),
        ("unclear", "narrowed", "narrowed", True),
        ("unclear", "widened", "unclear", False),
    ],
)
def test_a_change_must_stand_at_matched_lengths(raw, matched, stands, at_matched_lengths):
    said = opinion(word(raw, 0.4), word(matched, 0.6))
    assert said.verdict.name == stands
    assert said.verdict.ratio.value == (0.6 if at_matched_lengths else 0.4)
    assert said.at_matched_lengths == at_matched_lengths
    assert opinion(word(raw)).verdict.name == raw
    assert not opinion(word(raw)).at_matched_lengths


@pytest.mark.parametrize(
    ("raw", "matched", "printed"),
    [(0.45, 0.8, 0.8), (0.8, 0.6, 0.8), (2.4, 1.12, 1.12), (1.2, 2.0, 1.2), (0.5, 1.5, 1.5)],
)
def test_where_both_say_the_same_word_the_milder_ratio_is_printed(raw, matched, printed):
    for name in ("collapsed", "narrowed", "held", "unclear", "widened"):
        said = opinion(word(name, raw), word(name, matched))
        assert said.verdict.name == name
        assert said.verdict.ratio.value == printed
        assert said.at_matched_lengths == (printed == matched)
    bare = Verdict("unclear", "one prompt carries it")
    assert opinion(bare, word("unclear", matched)).verdict.ratio.value == matched


@pytest.mark.parametrize(
    ("first", "anywhere", "stands", "printed"),
    [
        ("narrowed", "narrowed", "narrowed", 0.8),
        ("collapsed", "narrowed", "narrowed", 0.8),
        ("narrowed", "collapsed", "narrowed", 0.6),
        ("narrowed", "widened", "unclear", 0.8),
        ("narrowed", "held", "held", 0.8),
        ("narrowed", "unclear", "unclear", 0.8),
        ("held", "unclear", "unclear", 0.8),
    ],
)
def test_a_word_at_matched_lengths_stands_in_both_windows(first, anywhere, stands, printed):
    said = Opinion(
        "phrasing", "within", (), word("collapsed", 0.3), word(first, 0.6), word(anywhere, 0.8)
    )
    assert said.length_matched.name == stands
    assert said.length_matched.ratio.value == printed
    assert said.verdict.name == stands
    assert said.window == ("anywhere" if printed == 0.8 else "first")
    assert Opinion("phrasing", "within", (), word("narrowed")).window is None


@pytest.mark.parametrize(
    ("times", "ratio", "stands"),
    [(1.2, 0.85, "narrowed"), (2.4, 0.85, "unclear"), (2.4, 0.7, "narrowed"), (8, 0.7, "unclear")],
)
def test_the_more_lengths_differ_the_larger_a_change_must_be(times, ratio, stands):
    cutting = by_cutting(100, 100 * times)
    shown = word("narrowed", ratio)
    said = Opinion("phrasing", "within", (), word("narrowed"), shown, shown, cutting=cutting)
    assert said.verdict.name == stands
    assert ("cutting alone" in said.verdict.reason) == (stands == "unclear")


def test_both_reasons_are_said_where_lengths_alone_changed():
    reason = opinion(word("narrowed"), word("held")).verdict.reason
    assert reason.startswith("narrowed as it is (narrowed!), but held at matched lengths (held!)")


def test_the_worst_is_concluded_and_placed(serve):
    premises = examine(look(pair(serve(prompts=8), serve(prompts=8))))
    said = {
        "phrasing": {"within": word("held"), "across": word("narrowed")},
        "outline": {"within": None, "across": word("narrowed")},
        "answer": {"within": word("unclear"), "across": None},
    }
    opinions = Opinions(
        premises,
        {v: {q: opinion(x, None, v, q) for q, x in each.items()} for v, each in said.items()},
    )
    ruling = conclude(opinions)
    assert ruling.verdict.name == "narrowed"
    assert ruling.reason == "narrowed in phrasing across prompts, outline across prompts: narrowed!"
    assert [opinions.leading(v).question for v in said] == ["within", "across", "within"]
    nothing = Opinions(premises, {"phrasing": {q: opinion(None) for q in ("within", "across")}})
    assert nothing.leading("phrasing") is None
    with pytest.raises(NotEnoughData, match="no view could be judged"):
        conclude(nothing)


def test_views_and_comparisons_share_the_error_rate(serve):
    case = pair(serve(prompts=12, outputs=20), serve(prompts=12, outputs=20, seed=1))
    said = judge(examine(look(replace(case, comparisons=4)))).by_view["answer"]["within"]
    assert said.verdict.ratio.level == pytest.approx(1 - 0.05 / (3 * 2 * 4))

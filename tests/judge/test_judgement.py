"""What a view says, as it is and at matched lengths; and the word for all views."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.estimate import Estimate, Verdict
from fullmenu.judge.case import pair
from fullmenu.judge.judgement import Opinion, Opinions, conclude, judge
from fullmenu.judge.look import look
from fullmenu.judge.premises import examine


def word(name, ratio=0.5):
    return Verdict(name, f"{name}!", Estimate(ratio, ratio, ratio, 9, "ratio", "given"))


def opinion(raw, matched=None, view="phrasing", question="within"):
    return Opinion(view, question, (), raw, matched)


@pytest.mark.parametrize(
    ("raw", "matched", "stands", "at_matched_lengths"),
    [
        ("collapsed", "collapsed", "collapsed", False),
        ("collapsed", "narrowed", "narrowed", True),
        ("narrowed", "collapsed", "narrowed", False),
        ("narrowed", "narrowed", "narrowed", False),
        ("narrowed", "held", "held", True),
        ("narrowed", "unclear", "unclear", True),
        ("collapsed", "widened", "unclear", True),
        ("widened", "widened", "widened", False),
        ("widened", "held", "held", True),
        ("widened", "collapsed", "unclear", True),
        ("held", "collapsed", "held", False),
        ("unclear", "narrowed", "unclear", False),
    ],
)
def test_a_change_must_stand_at_matched_lengths(raw, matched, stands, at_matched_lengths):
    said = opinion(word(raw, 0.4), word(matched, 0.6))
    assert said.verdict.name == stands
    assert said.verdict.ratio.value == (0.6 if at_matched_lengths else 0.4)
    assert said.at_matched_lengths == at_matched_lengths
    assert opinion(word(raw)).verdict.name == raw
    assert not opinion(word(raw)).at_matched_lengths


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

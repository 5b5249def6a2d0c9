"""What a verdict rests on: tested, said, and felt by the word."""

from __future__ import annotations

import pytest

from fullmenu.judge.case import pair, single
from fullmenu.judge.judgement import judge
from fullmenu.judge.look import look
from fullmenu.judge.premises import OF_ONE, OF_TWO, examine, unseen
from fullmenu.samples import Record, Samples


def premises(case):
    return {p.name: p for p in examine(look(case)).tested}


def test_everything_holds_of_two_draws_of_one_model(serve):
    case = pair(serve(prompts=12), serve(prompts=12, seed=1))
    tested = examine(look(case))
    assert [p.name for p in tested.tested if not p.holds] == ["all prompts seen"]
    assert tested.caveats == [
        "The verdict is about these 12 prompts: of prompts like them, up to 22 % may behave in a "
        "way that none of them shows."
    ]
    assert tested.effects == {"none"}
    assert len({p.name for p in tested.tested}) == len(OF_TWO) + 1, "read whole, and all plates"


@pytest.mark.parametrize("prompts", [12, 5])
def test_of_one_log(serve, prompts):
    caveats = examine(look(single(serve(prompts=prompts)))).caveats
    assert [c.startswith("The numbers are about these 12") for c in caveats] == [True] * (
        prompts > 5
    )
    tested = premises(single(serve(prompts=prompts), "mine"))
    assert len(tested) == len(OF_ONE) + (prompts > 5)
    once = premises(single(serve(outputs=1)))["asked twice"]
    assert (once.holds, once.count, once.effect) == (False, 0, "across only")


def test_other_prompts_are_not_paired(serve):
    before = serve(prompts=8)
    after = Samples.from_records(Record(o, f"other {g}") for o, g in zip(
        before.outputs, before.groups, strict=True))  # fmt: skip
    sights = look(pair(before, after))
    tested = examine(sights)
    assert "unpaired" in tested.effects
    assert "share no prompt (8 and 8)" in tested.caveats[0]
    apart = judge(tested).by_view["answer"]["within"].verdict.ratio
    together = judge(examine(look(pair(before, before)))).by_view["answer"]["within"].verdict.ratio
    assert (together.low, together.high) == pytest.approx((1, 1), abs=0.001)
    assert apart.low < together.low
    assert together.high < apart.high


@pytest.mark.parametrize(
    ("prompts", "share"), [(10, "26"), (30, "9.5"), (200, "1.5"), (3000, "0.1")]
)
def test_what_so_many_prompts_may_miss(prompts, share):
    # (1 − s)^P = .05
    assert f"{unseen(prompts):.2g}" == share
    assert (1 - unseen(prompts) / 100) ** prompts == pytest.approx(0.05)


def test_one_output_each_is_judged_across_prompts_only(serve):
    tested = examine(look(pair(serve(outputs=1), serve(outputs=1, seed=1))))
    assert tested.judged == "across prompts only"
    assert {x.question for x in judge(tested).judged} == {"across"}


def test_few_prompts_speak_of_themselves(serve):
    tested = premises(pair(serve(prompts=5), serve(prompts=5, seed=1)))["enough prompts"]
    assert (tested.holds, tested.count, tested.effect) == (False, 5, "these prompts only")
    assert premises(pair(serve(prompts=6), serve(prompts=6)))["enough prompts"].holds


def test_lengths_that_differ_are_matched_where_there_are_words_enough():
    def log(words):
        texts = [" ".join(f"w{k}x{(i + k) % 9}" for k in range(words)) for i in range(6)]
        return Samples.of({f"p{k}": texts for k in range(8)})

    longer = premises(pair(log(20), log(40)))["same length"]
    assert (longer.holds, longer.count, longer.effect) == (False, 20, "matched lengths")
    short = premises(pair(log(10), log(40)))["same length"]
    assert (short.holds, short.effect) == (False, "none")
    assert "too short to cut" in short.sentence
    assert premises(pair(log(40), log(41)))["same length"].holds
    opinions = judge(examine(look(pair(log(20), log(40)))))
    assert all(x.length_matched for x in opinions.judged)
    opinions = judge(examine(look(pair(log(10), log(40)))))
    assert not any(x.length_matched for x in opinions.judged)


def test_large_logs_are_read_in_part(serve):
    tested = premises(pair(serve(prompts=10, outputs=410), serve(prompts=10)))
    assert [tested[name].count for name in ("read whole", "all plates")] == [4100, 4100]
    assert not tested["read whole"].holds
    assert not tested["all plates"].holds
    alone = premises(single(serve(prompts=10, outputs=410)))
    assert not alone["read whole"].holds
    assert alone["all plates"].holds


def test_a_prompt_that_carries_what_repeats_is_named():
    def log(fixed):
        return Samples.of({
            f"Question {p}?": ["Always the same sentence here."] * 6
            if p == fixed
            else [f"{word}{p} {word}{p + 1}" for word in "abcdef"]
            for p in range(9)
        })  # fmt: skip

    (premise,) = (p for p in examine(look(single(log(4)))).tested if p.name.startswith("no prompt"))
    assert (premise.holds, premise.count, premise.effect) == (False, 1, "none")
    assert premise.sentence.startswith(
        "A single prompt carries what repeats: “Question 4?” (phrasing within prompts, "
    )
    assert premise.sentence.endswith("the interval is over the outputs of these prompts only.")
    case = pair(log(4), log(7))
    two = premises(case)["no prompt carries it"]
    assert two.count == 2
    assert "“Question 4?” (phrasing within prompts, before, " in two.sentence
    assert "“Question 7?” (phrasing within prompts, after, " in two.sentence
    assert two.sentence.endswith(
        "the difference of the rates was tested, at equal numbers of outputs."
    )
    assert case.called(4) == "“Question 4?”"
    assert premises(pair(log(None), log(None)))["no prompt carries it"].holds

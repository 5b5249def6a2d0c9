"""Two logs on one numbering: what is left out is said, and the order of rows is nothing."""

from __future__ import annotations

import pytest

from fullmenu.errors import NotEnoughData
from fullmenu.judge.case import ids_by_text, named_alike, pair
from fullmenu.judge.look import look
from fullmenu.judge.premises import same_prompts
from fullmenu.samples import Record, Samples


def caveats(case):
    return [premise.sentence for premise in same_prompts(look(case)) if not premise.holds]


def test_prompts_on_one_side_are_left_out_and_said():
    before = Samples.of({"a": ["1", "2"], "b": ["3"], "c": ["4", "5", "6"]})
    after = Samples.of({"b": ["7"], "a": ["8"], "d": ["9"]})
    case = pair(before, after)
    assert case.paired
    assert sorted(case.ids) == ["a", "b"]
    assert sorted(case.logs[0].outputs) == ["1", "2", "3"]
    assert sorted(case.logs[1].outputs) == ["7", "8"]
    assert caveats(case) == [
        "Left out, since only before has them: 1 prompt, 3 outputs.",
        "Left out, since only after has them: 1 prompt, 1 output.",
    ]


def test_both_sides_number_prompts_alike():
    case = pair(Samples.of({"a": ["1"], "b": ["2"]}), Samples.of({"b": ["3"], "a": ["4"]}))
    for side in case.logs:
        for prompt, group in zip(side.prompts, side.groups, strict=True):
            assert case.ids[group] == prompt
    assert not caveats(case)


def test_nothing_shared_is_unpaired_with_a_caveat():
    case = pair(Samples.of({"a": ["1"], "b": ["2"]}), Samples.of({"c": ["3"]}))
    assert not case.paired
    assert len(case.ids) == 3
    assert {*case.logs[0].groups.tolist()}.isdisjoint(case.logs[1].groups.tolist())
    assert len(caveats(case)) == 1
    assert "share no prompt (2 and 1)" in caveats(case)[0]


def test_ids_pair_where_texts_differ():
    before = Samples.from_records([Record("x", prompt="Fruit?", prompt_id="q1")])
    after = Samples.from_records([Record("y", prompt="A fruit, please.", prompt_id="q1")])
    assert pair(before, after).paired


def test_rows_in_another_order_are_the_same_pair(serve, shuffled, menu):
    before = serve(menu[:3], prompts=4)
    after = serve(menu[:2], prompts=4, seed=1)
    one, other = pair(before, after), pair(shuffled(before, 1), shuffled(after, 2))
    assert one.ids == other.ids
    for a, b in zip(one.logs, other.logs, strict=True):
        assert a.outputs == b.outputs
        assert a.groups.tolist() == b.groups.tolist()


def test_the_first_outputs_of_a_prompt_are_no_choice_by_alphabet(serve):
    first = [pair(log, log).logs[0].outputs[0] for log in (serve(seed=s) for s in range(12))]
    assert len(set(first)) > 3


@pytest.mark.parametrize("empty", ["before", "after"])
def test_an_empty_log_is_refused(empty):
    logs = {"before": Samples.of({"a": ["1"]}), "after": Samples.of({"a": ["1"]})}
    logs[empty] = Samples.of({})
    with pytest.raises(NotEnoughData, match=f"{empty} holds no outputs"):
        pair(**logs)


def named(**prompts):
    return Samples.from_records(
        Record(output, text, name) for name, texts in prompts.items() for text, output in texts
    )


def test_prompts_of_one_text_are_one_prompt_whatever_their_ids():
    before = named(q1=[("A fruit?", "fig")], q2=[("A tree?", "elm")])
    plain = Samples.of({"A tree?": ["oak"], "A fruit?": ["kiwi"], "A fish?": ["cod"]})
    again = named(run2=[("A fish?", "eel")], q2=[("A fruit?", "plum")])
    logs = named_alike([before, plain, again])
    assert logs[0] is before
    assert dict(zip(logs[1].prompts, logs[1].column("prompt_id"), strict=True)) == {
        "A tree?": "q2",
        "A fruit?": "q1",
        "A fish?": "A fish?",
    }
    assert set(logs[2].prompt_ids) == {"A fish?", "q2"}, "an id that logs share stays"


def test_a_text_with_several_ids_names_no_prompt():
    twice = named(a=[("A fruit?", "fig")], b=[("A fruit?", "kiwi")], c=[("", "x"), ("", "y")])
    assert ids_by_text(twice) == {}
    assert ids_by_text(named(a=[("A fruit?", "fig"), ("A tree?", "elm")])) == {}
    other = Samples.of({"A fruit?": ["plum"]})
    assert named_alike([twice, other])[1] is other
    assert named_alike([other, twice])[1] is twice

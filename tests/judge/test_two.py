"""Two small logs, from end to end."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.report.words import headline
from fullmenu.samples import Samples

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "nul\x00bell\x07 \x1b[31mred\x1b[0m",
    "[bold red]markup[/bold red] [/] {{ 7 * 7 }}",
    "\u202eesrever\u202c \u2028 \u2029",
    "lone \ud800 surrogate, \U0001f372",
    "NaN",
    "x" * 5000,
    " \n\t ",
)


@pytest.fixture(scope="module")
def collapsed(serve, menu):
    """A menu of twelve, of which two are left, and a little of four."""
    p = [0.45, 0.45, 0.025, 0.025, 0.025, 0.025]
    return fm.compare(serve(prompts=30), serve(menu[:6], prompts=30, seed=1, p=p))


def test_a_planted_collapse_is_seen_and_named(collapsed, menu, valid):
    document = collapsed.document
    valid(document)
    assert collapsed.verdict == "collapsed"
    assert collapsed.lost
    for view in ("phrasing", "answer"):
        block = document["views"][view]
        assert (block["judged"], block["verdict"]) == ("within", "collapsed")
        assert block["across"]["verdict"] == "collapsed"
        assert block["ratio"]["high"] < 0.5
    assert {card["example"] for card in document["lost"]} == set(menu[6:])
    assert document["dishes"]["lost"] == 6
    assert all(card["after"]["plates"] == 0 for card in document["lost"])
    assert {card["example"] for card in document["fallback"][:2]} == set(menu[:2])
    assert document["dishes"]["after"]["top_3_share"]["value"] > 0.85
    assert "phrasing within prompts" in collapsed.document["reason"]


def test_the_numbers_agree_with_one_another(collapsed):
    block = collapsed.document["views"]["phrasing"]
    sides = [block[s]["effective_number"]["value"] for s in ("before", "after")]
    assert sides[1] / sides[0] == pytest.approx(block["ratio"]["value"])
    for side in ("before", "after"):
        curve = block[side]["curve"]
        rate = block[side]["repeat_rate"]["value"]
        assert curve["value"][0] == pytest.approx(1)
        assert curve["value"][-1] == pytest.approx(1 / (0.01 + 0.99 * rate))
        assert all(np.diff(curve["value"]) > 0)


def test_the_repeat_rate_is_what_the_dishes_say(serve, menu):
    """Dishes that share no word: the rate is that of the labels, and what they have in common."""
    log = serve(prompts=40)
    labels = [menu.index(t) for t in log.outputs]
    rates = [
        ((np.bincount(own) ** 2).sum() - len(own)) / (len(own) * (len(own) - 1))
        for own in np.split(np.array(labels), 40)
    ]
    block = fm.compare(log, log, views=["phrasing"]).document["views"]["phrasing"]
    assert block["before"]["repeat_rate"]["value"] == pytest.approx(np.mean(rates), abs=0.01)


def test_the_same_few_dishes_for_everybody_is_a_loss_across(menu):
    """Each guest had two dishes of their own; now all have the same two."""
    asked = [f"Guest {k} asks" for k in range(24)]
    own = [[menu[2 * k % 12], menu[(2 * k + 1) % 12]] * 5 for k in range(24)]
    before = Samples.of(dict(zip(asked, own, strict=True)))
    after = Samples.of({p: [menu[0], menu[1]] * 5 for p in asked})
    report = fm.compare(before, after, views=["phrasing"])
    block = report.document["views"]["phrasing"]
    assert (block["verdict"], block["across"]["verdict"]) == ("held", "collapsed")
    assert report.verdict == "collapsed"
    assert report.document["reason"].startswith("collapsed in phrasing across prompts:")


def test_a_dish_still_served_once_is_not_lost(serve, menu):
    before = serve(menu[:4])
    served = {p: list(menu[:2]) * 5 for p in before.prompt_ids}
    served["Guest 0 asks"][0] = menu[2]
    document = fm.compare(before, Samples.of(served), views=["phrasing"]).document
    assert [card["example"] for card in document["lost"]] == [menu[3]]
    assert document["half_of_plates"] == {"before": 2, "after": 1}


def test_the_same_log_twice_has_held(serve, valid):
    log = serve()
    report = fm.compare(log, log)
    valid(report.document)
    assert report.verdict == "held"
    assert not report.lost
    assert report.document["lost"] == []
    (caveat,) = report.document["caveats"]
    assert caveat.startswith("The verdict is about these")


def test_two_draws_of_one_menu_have_not_lost(serve, menu):
    logs = (serve(menu[:4], prompts=40, outputs=20, seed=s) for s in (0, 1))
    report = fm.compare(*logs, views=["phrasing"])
    assert report.verdict == "held"


def test_back_again_is_widened(serve, menu):
    narrow = serve(menu[:2], prompts=30)
    assert fm.compare(narrow, serve(prompts=30), views=["phrasing"]).verdict == "widened"


def test_shorter_is_not_less_varied():
    openings = [" ".join(f"o{k}{i}" for i in range(16)) for k in range(12)]

    def served(words):
        rng = np.random.default_rng(0)
        chosen = rng.choice(openings, 300).tolist()
        tails = [[f"w{i}" for i in rng.integers(0, 4000, words)] for _ in range(300)]
        plates = [" ".join([o, *t]) for o, t in zip(chosen, tails, strict=True)]
        return Samples.of({f"Guest {k}": plates[10 * k : 10 * k + 10] for k in range(30)})

    report = fm.compare(served(60), served(0), views=["phrasing"])
    block = report.document["views"]["phrasing"]
    assert block["raw"]["verdict"] == "collapsed", "this test needs a loss that is one of length"
    assert block["length_matched"]["verdict"] == "held"
    assert report.verdict == "held"
    assert "at matched lengths" in block["reason"]
    before, after = (
        block[f"matched_{side}"]["effective_number"]["value"] for side in ("before", "after")
    )
    assert after / before == pytest.approx(block["ratio"]["value"])
    raw = [block[side]["effective_number"]["value"] for side in ("before", "after")]
    assert raw[1] / raw[0] == pytest.approx(block["raw"]["ratio"]["value"])
    assert "at matched lengths." in headline(report.content)
    assert any("Mean length went from 76 to 16 words" in c for c in report.document["caveats"])


def test_a_collapse_stands_at_matched_lengths(serve, menu):
    wordy = Samples.of(
        {
            f"Guest {k} asks": [" ".join([menu[0]] * 5) + ", as we always do it here"] * 10
            for k in range(20)
        }
    )
    before = serve()
    before = before.with_outputs([" ".join([o] * 5) for o in before.outputs])
    report = fm.compare(before, wordy, views=["phrasing"])
    block = report.document["views"]["phrasing"]
    assert block["length_matched"]["verdict"] == block["verdict"] == "collapsed"


def test_one_output_a_prompt_is_judged_across_only(serve, menu, valid):
    before = serve(prompts=60, outputs=1)
    after = serve(menu[:1], prompts=60, outputs=1)
    report = fm.compare(before, after)
    valid(report.document)
    assert report.verdict == "collapsed"
    assert report.document["judged"] == "across prompts only"
    assert any(c.startswith("One output per prompt") for c in report.document["caveats"])
    block = report.document["views"]["phrasing"]
    assert block["judged"] == "across"
    assert "undefined" in block["before"]
    assert block["verdict"] == block["across"]["verdict"] == "collapsed"


@pytest.mark.parametrize("after", [50, 40])
def test_one_prompt_and_many_outputs(serve, menu, valid, after):
    before = serve(prompts=1, outputs=50)
    lost = fm.compare(before, serve(menu[:2], prompts=1, outputs=after, seed=1))
    valid(lost.document)
    block = lost.document["views"]["phrasing"]
    assert block["verdict"] == "collapsed"
    assert "outputs of these prompts only" in block["ratio"]["method"]
    assert block["ratio"]["n"] == 50
    assert "undefined" in block["across"]["before"]
    kept = fm.compare(before, serve(prompts=1, outputs=after, seed=1), views=["phrasing"])
    assert not kept.lost


def test_prompts_are_known_by_their_text_where_ids_differ(serve, menu):
    before, after = serve(prompts=12), serve(menu[:2], prompts=12, seed=1)
    renamed = after.with_prompt_ids(f"run 2, {i}" for i in after.column("prompt_id"))
    renamed = renamed.with_prompts(after.column("prompt_id"))
    known = fm.compare(before.with_prompts(before.column("prompt_id")), renamed)
    assert known.document["shared_prompts"] == 12
    assert known.document["views"] == fm.compare(before, after).document["views"]


@pytest.mark.parametrize("prompts", [2, 5])
def test_few_prompts_count_as_fixed(serve, menu, valid, prompts):
    after = serve(menu[:1], prompts=prompts, outputs=9, seed=1)
    report = fm.compare(serve(prompts=prompts, outputs=12), after, views=["phrasing"])
    valid(report.document)
    block = report.document["views"]["phrasing"]
    assert block["verdict"] == "collapsed"
    assert block["ratio"]["n"] == 12 * prompts


@pytest.mark.parametrize(("prompts", "dishes"), [(1, 12), (5, 12), (5, 1)])
def test_few_other_prompts_tell_nothing_of_the_model(serve, menu, valid, prompts, dishes):
    before = serve(prompts=12, outputs=30)
    after = serve(menu[:dishes], prompts=prompts, outputs=30, seed=1)
    other = fm.Samples.of(
        {
            f"another {n}": texts
            for n, texts in enumerate(np.split(np.array(after.outputs), prompts))
        }
    )
    for pair in ((before, other), (other, before)):
        report = fm.compare(*pair, views=["phrasing"])
        valid(report.document)
        block = report.document["views"]["phrasing"]
        assert (block["verdict"], block["ratio"]) == ("unclear", None)
        assert "ask both the same prompts, or six or more each" in block["reason"]


def test_a_twin_by_chance_is_no_collapse(serve):
    before = serve(prompts=3, outputs=4, seed=1)
    report = fm.compare(before, serve(prompts=3, outputs=4), views=["phrasing"])
    assert report.verdict == "unclear", "two twins among twelve plates carry the whole rate"


def test_two_outputs_of_few_prompts_say_what_would_do(serve):
    with pytest.raises(NotEnoughData, match="three, with fewer than six prompts"):
        fm.compare(serve(prompts=4, outputs=2), serve(prompts=4, outputs=2, seed=1))


def test_nothing_to_judge_is_an_error(serve):
    with pytest.raises(NotEnoughData):
        fm.compare(serve(prompts=2, outputs=1), serve(prompts=2, outputs=1))
    with pytest.raises(NotEnoughData, match="holds no outputs"):
        fm.compare(serve(), Samples.of({}))
    with pytest.raises(BadInput, match="no view"):
        fm.compare(serve(), serve(), views=[])


def test_an_empty_output_is_a_dish(serve, menu, valid):
    before = serve([*menu[:5], ""])
    gone = Samples.of({p: [""] * 10 for p in before.prompt_ids})
    report = fm.compare(before, gone)
    valid(report.document)
    assert report.verdict == "collapsed"
    assert report.document["after"]["empty"] == len(gone)
    assert report.document["fallback"][0]["example"] == ""
    for block in report.document["views"].values():
        assert block["after"]["repeat_rate"]["value"] == 1
    filled = Samples.of({p: list(menu[:5]) * 2 for p in before.prompt_ids})
    found = fm.compare(before, filled, views=["phrasing"]).document
    assert [card["example"] for card in found["lost"]] == [""]


def test_the_same_text_everywhere_is_exactly_one(valid):
    same = Samples.of({f"Guest {k}": ["The soup of the day."] * 7 for k in range(12)})
    report = fm.compare(same, same)
    valid(report.document)
    assert report.verdict == "unclear"
    assert "mostly alike already" in report.document["reason"]
    for block in report.document["views"].values():
        for found in (block["before"], block["after"], block["across"]["after"]):
            assert found["repeat_rate"]["value"] == 1.0
            assert found["effective_number"]["value"] == 1.0


def test_rows_in_another_order_give_the_same_document(serve, menu, shuffled):
    before, after = serve(), serve(menu[:5], seed=1)
    before = before.with_outputs([" ".join([o] * 5) for o in before.outputs])
    tails = [f"{t}. {k % 7} {k % 3}" * (5 + k % 2) for k, t in enumerate(after.outputs)]
    after = after.with_outputs(tails)
    one = fm.compare(before, after).document
    assert one["views"]["phrasing"]["length_matched"] is not None
    assert fm.compare(shuffled(before, 1), shuffled(after, 2)).document == one


def test_the_same_seed_gives_the_same_document(serve, menu):
    logs = serve(prompts=130), serve(menu[:9], prompts=130, seed=1)
    one, again = (fm.compare(*logs, views=["phrasing"], seed=3).document for _ in range(2))
    assert one == again


def test_hostile_outputs_survive(valid):
    before = Samples.of({f"{h} {k}": list(HOSTILE) for k, h in enumerate(HOSTILE)})
    after = Samples.of({p: [HOSTILE[0]] * 9 for p in before.prompt_ids})
    labels = (HOSTILE[2], HOSTILE[1])
    report = fm.compare(before, after, labels=labels)
    valid(report.document)
    assert report.verdict == "collapsed"
    assert "\x1b" not in str(report)
    page = report.to_html()
    assert HOSTILE[0] not in page
    assert "<img src=x" not in page


def test_views_and_margins_are_taken(serve, menu):
    logs = serve(prompts=30), serve(menu[:7], prompts=30, seed=1)
    plain = fm.compare(*logs, views=["phrasing"])
    strict = fm.compare(*logs, views=["phrasing"], margins=fm.Margins(collapsed=0.85))
    assert (plain.verdict, strict.verdict) == ("narrowed", "collapsed")
    assert strict.document["margins"]["collapsed"] == 0.85
    assert list(plain.document["views"]) == ["phrasing"]
    levels = [
        fm.compare(*logs, views=v).document["views"]["phrasing"]["ratio"]["level"]
        for v in (["phrasing"], ["phrasing", "outline"])
    ]
    assert levels == pytest.approx([0.975, 0.9875])


def test_an_encoder_makes_answer_semantic(serve, menu):
    seen = []

    def encode(texts):
        seen.append(list(texts))
        return np.array([[1.0, t.count("soup"), t.count("stew")] for t in texts])

    logs = serve(menu[:4], prompts=6), serve(menu[:4], prompts=6, seed=1)
    found = fm.compare(*logs, views=["answer"], encoder=encode, ruler="counts of soup")
    assert seen
    assert found.document["views"]["answer"]["ruler"] == "counts of soup"


def test_the_logs_are_left_alone(serve):
    log = serve(prompts=6)
    kept = copy.deepcopy(log.table.to_pydict())
    fm.compare(log, log, views=["phrasing"])
    assert log.table.to_pydict() == kept


def test_progress_names_the_steps(serve):
    steps = []
    fm.compare(serve(), serve(), progress=steps.append)
    assert [s for s in steps if s.startswith("view")] == [
        "view phrasing", "view outline", "view answer",
    ]  # fmt: skip


def test_prompts_that_lost_most_come_first(serve, menu):
    before = serve(prompts=12)
    served = {p: list(menu[:10]) for p in before.prompt_ids}
    served["Guest 7 asks"] = [menu[0]] * 10
    first = fm.compare(before, Samples.of(served), views=["phrasing"]).document["prompts"][0]
    assert first["prompt_id"] == "Guest 7 asks"
    assert first["views"]["phrasing"]["after"]["value"] == pytest.approx(1)
    assert first["rise"] > 0.5


def test_dishes_lost_by_chance_are_dealt_within_prompts(serve):
    """A dish of one prompt, served once on each side, cannot look lost by chance."""
    prompts = {f"Guest {k} asks": [f"dish number {k} of its own kind"] for k in range(40)}
    one = fm.compare(fm.Samples.of(prompts), fm.Samples.of(prompts), views=["phrasing"])
    assert one.document["dishes"]["by_chance_lost"] == 0
    paths = {k: v * 2 for k, v in prompts.items()}
    two = fm.compare(fm.Samples.of(paths), fm.Samples.of(paths), views=["phrasing"])
    assert two.document["dishes"]["by_chance_lost"] == 0, "four plates do not fit on one side"


def test_paths_in_place_of_samples_are_read(tmp_path):
    with pytest.raises(fm.BadInput, match="no such file"):
        fm.compare("before.jsonl", "after.jsonl")
    served = {f"Dish {i}?": ["soup", "rice", "figs", "stew"] for i in range(8)}
    path = tmp_path / "before.json"
    path.write_text(json.dumps(served))
    report = fm.compare(path, {asked: ["soup"] * 4 for asked in served}, views=["phrasing"])
    assert report.verdict == "collapsed"
    rows = [{"q": asked, "said": text} for asked, texts in served.items() for text in texts]
    names = {"prompt": "q", "output": "said"}
    same = fm.compare(rows, rows, columns=names, views=["phrasing"])
    assert same.document["shared_prompts"] == 8


def test_a_fall_to_one_short_refusal_is_not_hidden_by_length(serve):
    before = serve(prompts=20, outputs=6)
    before = before.with_outputs([" ".join([o] * 5) for o in before.outputs])
    refusal = before.with_outputs(["I cannot help with that."] * len(before))
    report = fm.compare(before, refusal, views=["phrasing"])
    assert report.verdict == "collapsed"
    assert report.document["views"]["phrasing"]["length_matched"] is None


def words(rng, n):
    """A text of n made-up words of 336."""
    parts = [
        a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("lan", "rik", "tos", "vem")
    ]
    return " ".join(rng.choice(parts, n))


@pytest.mark.parametrize(("refused", "then"), [(6, 7), (10, 4)])
def test_an_unchanged_model_has_not_lost_where_numbers_changed(refused, then):
    rng = np.random.default_rng(refused)

    def log(others):
        return {
            f"{p}?": [f"I am sorry, but I cannot help with this. {words(rng, 3)}"] * 10
            if p < refused
            else [words(rng, 30) for _ in range(others)]
            for p in range(30)
        }

    for numbers in ((10, then), (then, 10)):
        report = fm.compare(*map(log, numbers), views=["phrasing"])
        assert report.verdict == "held"
        across = report.document["views"]["phrasing"]["across"]
        assert across["ratio"]["value"] == pytest.approx(1, abs=0.05)


def test_a_prompt_with_a_fixed_answer_is_named_and_hides_nothing():
    rng = np.random.default_rng(0)
    asked = ["The capital of France?", *(f"Story {p}?" for p in range(29))]

    def much_alike():
        one = words(rng, 30)
        return [f"{words(rng, 2)} {one} {words(rng, 2)}" for _ in range(10)]

    before, after = (
        {p: ["Paris."] * 10 if k == 0 else answers() for k, p in enumerate(asked)}
        for answers in (lambda: [words(rng, 30) for _ in range(10)], much_alike)
    )
    report = fm.compare(before, after, views=["phrasing"])
    assert report.verdict == "collapsed"
    assert "“The capital of France?”" in report.document["reason"]
    within = report.document["views"]["phrasing"]["ratio"]
    assert within["low"] <= within["value"] <= within["high"] < 0.5
    assert "“The capital of France?”" in str(report)
    unchanged = fm.compare(before, before, views=["phrasing"])
    assert unchanged.document["views"]["phrasing"]["verdict"] == "unclear"


def test_few_repeats_on_fewer_outputs_are_no_loss():
    # two outputs of a prompt seldom agree; eight do now and then: the model is the same
    rng = np.random.default_rng(4)
    menu = [words(rng, 12) for _ in range(40)]
    logs = [
        {f"{p}?": [f"{menu[k]} {p}" for k in rng.integers(0, 40, n)] for p in range(12)}
        for n in (2, 8)
    ]
    report = fm.compare(*logs, views=["phrasing"])
    assert report.document["views"]["phrasing"]["verdict"] == "unclear"


def test_what_is_asked_for_beside_never_changes_the_verdict(serve, menu):
    logs = serve(prompts=30), serve(menu[:7], prompts=30, seed=1)
    plain, more = (fm.compare(*logs, measures=m).document for m in ((), ("self_bleu", "openings")))
    assert (plain["verdict"], plain["reason"]) == (more["verdict"], more["reason"])
    assert plain["views"] == more["views"]
    assert plain["error_rates"]["verdict"] == {"rate": 0.05, "decisions": 6}
    assert [x["error_rates"]["beside"]["decisions"] for x in (plain, more)] == [6, 8]
    levels = [x["signals"]["length"]["difference"]["level"] for x in (plain, more)]
    assert levels == pytest.approx([1 - 0.05 / 6, 1 - 0.05 / 8])
    change = more["measures"][0]["within"]["change"]
    assert change["level"] == pytest.approx(1 - 0.05 / 8)

"""The turns of phrase that a model overuses: found, checked on other prompts, and never made up."""

from __future__ import annotations

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.report.phrases.words import headline

WORDS = [
    f"{a}{b}" for a in "bdfgklmnprst" for b in ("ake", "ill", "orn", "une", "ock", "irt", "and")
]


def log(prompts=60, seed=0, said=(), share=0.5, small="the of and to in", length=80):
    """Texts of words by lot; each of ``said`` stands in a share of them."""
    rng = np.random.default_rng(seed)
    small_words = small.split()
    found = {}
    for k in range(prompts):
        words = [
            str(rng.choice(WORDS)) if rng.random() < 0.5 else str(rng.choice(small_words))
            for _ in range(length)
        ]
        for turn in said:
            if rng.random() < share:
                words.insert(int(rng.integers(length)), turn)
        found[f"Question {k}?"] = [" ".join(words)]
    return found


def test_what_came_and_what_went_since_a_baseline():
    report = fm.phrases(
        log(120, seed=1, said=["a rich tapestry"]),
        against=log(120, seed=2, said=["sense of wonder"]),
    )
    content = report.content
    (came,), gone = content.logs, content.gone
    assert came.turns[0].text.endswith("rich tapestry")
    assert gone.turns[0].text.startswith("sense of wonder")
    assert came.turns[0].other_prompts == 0 < came.turns[0].prompts
    assert came.held_out.again == came.held_out.found == 2  # in each half
    assert came.held_out.rate.low > came.held_out.other_rate.high
    assert "moved" in headline(content)


def test_a_plain_loss_is_no_move():
    content = fm.phrases(log(seed=1), against=log(seed=2, said=["sense of wonder"])).content
    assert content.gone.turns and not content.logs[0].turns
    assert "moved" not in headline(content)


def test_nothing_is_found_between_two_logs_of_one_kind():
    found = 0
    for seed in range(5):
        content = fm.phrases(
            log(seed=seed, said=["a b"]), against=log(seed=50 + seed, said=["a b"])
        ).content
        found += bool(content.logs[0].turns or content.gone.turns)
    assert found <= 1


def test_a_turn_of_one_prompt_is_no_turn():
    new = log(seed=1)
    first = next(iter(new))
    new[first] = [f"{text} heart of hearts" for text in new[first] * 30]
    assert not fm.phrases(new, against=log(seed=2)).content.logs[0].turns


def test_marks_are_shown_as_they_are_written():
    new = {q: [f"{texts[0]} It wasn’ a dog."] for q, texts in log(seed=1).items()}
    shown = fm.phrases(new, against=log(seed=2)).content.logs[0].turns[0].text
    assert "wasn’ a dog" in shown


def test_other_languages_work_against_a_log_and_have_no_score():
    dutch = "de het een van en"
    content = fm.phrases(
        log(seed=1, small=dutch, said=["aan de slag"]), against=log(seed=2, small=dutch)
    ).content
    assert "aan de slag" in content.logs[0].turns[0].text
    assert not content.logs[0].score
    with pytest.raises(BadInput, match="do not look English"):
        fm.phrases(log(small=dutch))


def test_against_people_a_turn_is_found_where_it_comes_back():
    content = fm.phrases(log(120, said=["voice barely above a whisper"])).content
    (found,) = content.logs
    assert [turn.text for turn in found.turns] == ["voice barely above a whisper"]
    turn = found.turns[0]
    assert turn.other_rate.low == 0 and turn.rate.low > 20 * turn.other_rate.value
    assert found.held_out.again > 0
    assert found.score.low > 0


def test_words_of_the_prompt_do_not_count():
    asked = "Tell of the old brass lantern."
    new = {f"{asked} {k}": [f"{t[0]} old brass lantern"] for k, t in enumerate(log(80).values())}
    assert not fm.phrases(new).content.logs[0].turns


def test_nothing_of_texts_by_lot_is_overused_against_people():
    (found,) = fm.phrases(log(150, seed=3)).content.logs
    assert not found.turns
    assert found.score.value == found.score.low == 0 < found.score.high


def test_several_logs_stand_in_the_order_of_their_scores():
    logs = [log(160, seed=k, said=["voice barely above a whisper"], share=k / 4) for k in (0, 3, 1)]
    content = fm.phrases(*logs, against="people", labels=["none", "much", "some"]).content
    assert [x.log.label for x in content.logs] == ["much", "some", "none"]
    others = fm.phrases(*logs, labels=["none", "much", "some"]).content
    assert others.against == "others"
    assert "barely above a whisper" in others.logs[0].turns[0].text


def test_one_log_is_cut_by_model():
    rows = [
        {"prompt": q, "output": texts[0], "model": model}
        for model, said in (("a", ["a rich tapestry"]), ("b", []))
        for q, texts in log(seed=len(said), said=said).items()
    ]
    content = fm.phrases(rows, by="model").content
    assert {x.log.label for x in content.logs} == {"a", "b"}


def test_a_log_cannot_be_judged_so():
    with pytest.raises(NotEnoughData, match="3 prompts"):
        fm.phrases(log(3))
    with pytest.raises(BadInput, match="against others needs several"):
        fm.phrases(log(), against="others")
    with pytest.raises(BadInput, match="one log, and 2 are given"):
        fm.phrases(log(), log(seed=1), against=log(seed=2))
    with pytest.raises(BadInput, match="2 labels for 1 logs"):
        fm.phrases(log(), labels=["a", "b"])


def test_the_document_reads_back_and_is_drawn(tmp_path, valid):
    report = fm.phrases(log(seed=1, said=["<b>rich tapestry</b> of it"]), against=log(seed=2))
    valid(report.document)
    again = type(report)(report.document)
    assert again.to_json() == report.to_json()
    page = report.save(tmp_path / "phrases.html").read_text(encoding="utf-8")
    assert "<b>rich" not in page and "rich" in page
    assert len(str(report).splitlines()) <= 25
    with pytest.raises(BadInput, match=r"\.html or \.json"):
        report.save(tmp_path / "phrases.txt")


def test_a_cure_that_moved_slop(data):
    """The cure takes the listed phrases away; new ones come, one of them broken English."""
    before, after = (
        fm.read(data / "slop_score" / f"gemma-3-27b-it{name}.jsonl.xz")
        for name in ("", "-antislop")
    )
    content = fm.phrases(after, against=before).content
    came = {turn.text: (turn.other_prompts, turn.prompts) for turn in content.logs[0].turns}
    assert came["instead of"] == (23, 120)
    assert came["wasn’ a"] == (0, 72)
    assert content.logs[0].score.high < content.gone.score.low


def test_of_many_prompts_some_are_read_the_same_of_every_log():
    many = {f"Q{k}?": ["so it is said"] for k in range(2_500)}
    content = fm.phrases({q: ["well well it is"] for q in many}, against=many).content
    (came,) = content.logs
    assert came.log.prompts == 1_000
    assert "1,000 of 2,500 prompts, by lot" in came.log.read
    assert came.turns[0].prompts == came.turns[0].of == 1_000


def test_scripts_without_spaces_are_shown_without():
    rng = np.random.default_rng(0)
    signs = [chr(0x4E00 + k) for k in range(300)]
    old, new = (
        {f"{k}": ["".join(rng.choice(signs, 60)) + said] for k in range(60)}
        for said in ("", "，总而言之。")
    )
    content = fm.phrases(new, against=old).content
    assert content.logs[0].turns[0].text == "总而言之"
    assert not content.logs[0].score


def test_how_texts_end_is_seen_where_lengths_differ():
    new = {q: [f"{texts[0]} so let me know what you think"] for q, texts in log(seed=1).items()}
    found = fm.phrases(new, against=log(seed=2)).content.logs[0].turns[0]
    assert "let me know what you think" in found.text


def test_longer_texts_alone_bring_no_turn():
    found = 0
    for seed in range(4):
        said = ["a rich tapestry", "sense of wonder", "in the end"]
        longer = log(seed=seed, length=200, said=said * 5, share=0.25)
        content = fm.phrases(longer, against=log(seed=50 + seed, said=said * 2, share=0.25)).content
        found += bool(content.logs[0].turns or content.gone.turns)
    assert found <= 1

"""Which shifts break what: found, named, and only where there is something."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import pytest

import fullmenu as fm
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.report.stress.document import StressDocument
from fullmenu.samples import Record, Samples
from fullmenu.sampling import Prompt
from fullmenu.stress import judge_shifts, shifted, stress_test

WORDS = [
    "amber", "bench", "cedar", "delta", "ember", "fable", "grove", "haven", "inlet", "jewel",
    "kiosk", "lemon", "maple", "north", "olive", "pearl", "quartz", "river", "stone", "tulip",
]  # fmt: skip


def answer(rng: np.random.Generator) -> str:
    return f"A dish of {' '.join(rng.choice(WORDS, 12))}."


def log(broken=None, prompts=12, each=8, seed=0, **more) -> Samples:
    """Outputs to prompts inside and in two settings; ``broken(rng, p)`` answers in "odd"."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(prompts):
        for shift in ("inside", "odd", "plain"):
            for _ in range(each):
                text = broken(rng, p) if broken and shift == "odd" else answer(rng)
                if text is not None:
                    extra = {"shift": shift, "origin": str(p)}
                    rows.append(Record(text, f"Dinner {p}?", f"{p} {shift}", extra=extra, **more))
    return Samples.from_records(rows)


def by_name(report):
    return {shift.name: shift for shift in report.content.shifts}


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("empty", lambda rng, p: "" if rng.random() < 0.5 else answer(rng)),
        ("error", lambda rng, p: "Error 500" if rng.random() < 0.5 else answer(rng)),
        ("cut", lambda rng, p: answer(rng)[:40] if rng.random() < 0.7 else answer(rng)),
        ("caution", lambda rng, p: f"I'm sorry, but I cannot help with {answer(rng)}"),
        ("variety", lambda rng, p: f"A dish of {WORDS[p]} {' '.join(WORDS[:11])}."),
    ],
)
def test_a_breakage_is_found_and_named(name, broken):
    report = judge_shifts(log(broken))
    assert report.verdict == "broken"
    shifts = by_name(report)
    assert name in shifts["odd"].broken
    assert shifts["plain"].verdict in ("held", "unclear")
    assert report.content.shifts[0].name == "odd"
    assert shifts["odd"].worst


def test_what_moved_is_no_fault():
    short = judge_shifts(log(lambda rng, p: f"A dish of {' '.join(rng.choice(WORDS, 3))}."))
    assert "length" in by_name(short)["odd"].changed
    moved = judge_shifts(log(lambda rng, p: "Ein Gericht aus " + " ".join(
        f"{w}ung" for w in rng.choice(WORDS, 12)) + "."))  # fmt: skip
    assert "answers" in by_name(moved)["odd"].changed


def test_scores_fall_and_missing_outputs_count():
    wrong = judge_shifts(
        log(lambda rng, p: answer(rng).replace("dish", "fish" if rng.random() < 0.6 else "dish")),
        scorer=lambda output: "dish" in output,
    )
    shift = by_name(wrong)["odd"]
    assert "score" in shift.broken
    (score,) = (x for x in shift.outcomes if x.name == "score")
    assert score.inside == 1.0
    assert score.change.value == pytest.approx(score.outside - 1.0)
    assert score.change.below(0)
    gone = judge_shifts(log(lambda rng, p: None if rng.random() < 0.5 else answer(rng)))
    assert "missing" in by_name(gone)["odd"].broken


def test_scores_of_the_log_are_used():
    samples = log()
    rows = [
        Record(r["output"], r["prompt"], r["prompt_id"],
               score=0.0 if "odd" in r["prompt_id"] else 1.0,
               extra={"shift": r["prompt_id"].split()[1], "origin": r["prompt_id"].split()[0]})
        for r in samples.to_arrow().to_pylist()
    ]  # fmt: skip
    report = judge_shifts(Samples.from_records(rows))
    assert by_name(report)["odd"].broken == ["score"]
    assert report.content.scorer == "scores in the log"


def test_a_breakage_on_some_prompts_is_of_these_prompts():
    report = judge_shifts(
        log(lambda rng, p: "fish" if p < 3 else answer(rng)), scorer=lambda output: "dish" in output
    )
    (score,) = (x for x in by_name(report)["odd"].outcomes if x.name == "score")
    assert score.verdict == "broken"
    assert score.these_prompts_only
    assert "on these prompts" in by_name(report)["odd"].reason
    assert {x.origin for x in by_name(report)["odd"].worst} == {"0", "1", "2"}


def test_a_version_without_any_output_is_missing():
    versions = [
        Prompt(f"Dinner {p}, {shift}?", f"{p} {shift}", {"shift": shift, "origin": str(p)})
        for p in range(12) for shift in ("inside", "odd", "plain")
    ]  # fmt: skip
    samples = log(lambda rng, p: None if p % 2 else answer(rng))
    report = judge_shifts(samples, versions=versions)
    (missing,) = (x for x in by_name(report)["odd"].outcomes if x.name == "missing")
    assert missing.outside == pytest.approx(0.5)
    assert missing.verdict == "broken"


def test_versions_are_found_by_id_or_text():
    samples = log(lambda rng, p: "")
    plain = Samples.from_records(
        Record(r["output"], f"{r['prompt_id']} asked") for r in samples.to_arrow().to_pylist()
    )
    versions = [
        Prompt(f"{p} {s} asked", f"number {p} {s}", {"shift": s, "origin": str(p)})
        for p in range(12) for s in ("inside", "odd", "plain")
    ]  # fmt: skip
    with pytest.raises(BadInput, match="do not say of which shift and origin"):
        judge_shifts(plain)
    assert "empty" in by_name(judge_shifts(plain, versions=versions))["odd"].broken


def test_few_prompts_are_these_prompts_only():
    report = judge_shifts(log(lambda rng, p: "", prompts=3, each=10))
    assert by_name(report)["odd"].broken
    assert any("says nothing of others" in caveat for caveat in report.content.caveats)


def test_what_cannot_be_judged_is_said():
    with pytest.raises(NotEnoughData, match="no outputs"):
        judge_shifts(Samples.from_records([]))
    with pytest.raises(BadInput, match="no output is of a prompt as it is"):
        judge_shifts(
            Samples.from_records([Record("a", "b", extra={"shift": "odd", "origin": "1"})])
        )
    rows = [Record("a", "b", f"{s}", extra={"shift": s, "origin": "1"}) for s in ("inside", "odd")]
    with pytest.raises(NotEnoughData, match="2 prompts with outputs both inside and outside"):
        judge_shifts(Samples.from_records(rows))


def test_sound_models_are_left_in_peace():
    verdicts = [
        judge_shifts(log(seed=100 + seed), views=["phrasing"]).verdict for seed in range(20)
    ]
    assert sum(verdict in ("broken", "changed") for verdict in verdicts) <= 3


def test_a_live_model_end_to_end(tmp_path):
    draw = Random(0)

    def model(prompt):
        if isinstance(prompt, str) and prompt.islower():
            return "Error: 500"
        return f"A dish of {' '.join(draw.sample(WORDS, 6))}."

    asked = [f"Name Dinner number {k}, Please." for k in range(8)]
    report = stress_test(
        asked, model, 6, shifts=["casing", "role", "no_template"], path=tmp_path / "s.jsonl"
    )
    assert "error" in by_name(report)["casing"].broken
    assert "no_template" not in by_name(report)
    assert any("no_template was left out" in caveat for caveat in report.content.caveats)
    again = judge_shifts(tmp_path / "s.jsonl")
    assert [x.verdict for x in again.content.shifts] == [x.verdict for x in report.content.shifts]


def test_samples_carry_what_versions_say(tmp_path):
    from fullmenu.stress.versions import write

    write(shifted({"a": "Name A Fruit.", "b": "Name A Tree."}, ["casing"]), tmp_path / "v.jsonl")
    fm.sampling.sample(tmp_path / "v.jsonl", lambda prompt: prompt, 2, path=tmp_path / "s.jsonl")
    samples = fm.read(tmp_path / "s.jsonl")
    assert samples.column("shift").count("casing") == 4
    assert set(samples.column("origin")) == {"a", "b"}


def test_the_document_fits_its_schema_and_comes_back(valid):
    report = judge_shifts(log(lambda rng, p: "<script>alert(1)</script>\x1b[31m"))
    valid(report.document)
    again = type(report)(report.document)
    assert again.content == report.content
    assert isinstance(again.content, StressDocument)
    page = report.to_html()
    assert "<script>alert(1)" not in page
    assert "\x1b" not in page + str(report)
    assert all(len(line) <= 80 for line in str(report).splitlines())
    with pytest.raises(BadInput, match=r"ending in \.html or \.json"):
        report.save("stress.pdf")


def test_what_is_unclear_says_how_many_prompts_would_settle_it():
    def rarely(rng, p):
        return "" if rng.random() < 0.05 else answer(rng)

    def empty(report):
        (outcome,) = (x for x in by_name(report)["odd"].outcomes if x.name == "empty")
        return outcome.verdict

    reports = [judge_shifts(log(rarely, seed=seed), views=["phrasing"]) for seed in range(6)]
    unclear = [
        r for r in reports if empty(r) == "unclear" and by_name(r)["odd"].verdict == "unclear"
    ]
    wanted = [
        int(re.search(r"about ([\d,]+) prompts would settle", by_name(r)["odd"].reason)[1])
        for r in unclear
    ]
    assert len(wanted) >= 3
    assert 13 < np.median(wanted) < 400
    many = int(2 * np.median(wanted))
    settled = judge_shifts(log(rarely, prompts=many, seed=50), views=["phrasing"])
    assert empty(settled) == "broken"

"""One review of one log: what is asked, and what the answers so far say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fullmenu.errors import BadInput, MissingExtra, NotEnoughData
from fullmenu.estimate import Estimate
from fullmenu.review.agreement import Agreement, estimate_agreement
from fullmenu.review.behind import pairs_behind
from fullmenu.review.calibration import Calibration, calibrate
from fullmenu.review.human_repeat_rate import Answers, HumanRepeatRate, human_rate
from fullmenu.review.labels import Kind, Label
from fullmenu.review.looks import FreeLook, LookedAt, looked_at, rate_of_looks, sizes_of
from fullmenu.review.pairs import LikelyPairs, pairs_of, squared_likeness
from fullmenu.review.questions import drawn
from fullmenu.review.queue import Question
from fullmenu.review.ratings import Preference, Rating, rate_versions
from fullmenu.samples import Samples
from fullmenu.views.human_kernel import HumanKernel
from fullmenu.views.registry import get
from fullmenu.views.resemblance import traits

PRECISE = 0.05
"""Half an interval of the repeat rate that settles it."""

LOOKED_AT = 12
"""Outputs of a prompt that a free look shows, drawn at random where there are more."""

BESIDE = 4
"""One question in so many is about what stands behind a verdict, where one was given."""


class Stratum(NamedTuple):
    """Pairs that questions are drawn from, and which of them each question is about, by its id."""

    pairs: LikelyPairs
    pair_of: dict[str, int]


@dataclass(frozen=True, slots=True)
class Campaign:
    """The questions about one log.

    Parameters
    ----------
    samples
        The log.
    kind
        What is asked.
    questions
        In order. The same log, number and seed make the same questions; a larger number goes on.
    whole
        All pairs of the log, where it is asked which outputs are the same.
    behind
        Those behind a verdict, an alarm or a finding: a stratum of its own, asked about beside.
    """

    samples: Samples
    kind: Kind
    questions: tuple[Question, ...]
    whole: Stratum | None
    behind: Stratum | None = None

    def shown(self, question: Question) -> tuple[str, list[str]]:
        """Return the prompt and the outputs that a question shows, the first one first."""
        rows = [int(row) for row in (question.first, question.second) if row]
        if question.kind == "look":
            groups = self.samples.groups
            there = np.flatnonzero(groups == groups[rows[0]])
            lot = np.random.default_rng(int(question.id, 16)).permutation(there)[:LOOKED_AT]
            rows = sorted(lot.tolist())
        outputs, prompts = (self.samples.table.column(name) for name in ("output", "prompt"))
        return prompts[rows[0]].as_py() or "", [outputs[i].as_py() for i in rows]

    def counted(
        self, labels: Iterable[Label], stratum: Stratum | None
    ) -> tuple[Answers, list[str]]:
        """Return the answers that tell of pairs of one stratum, and the names of their raters."""
        pair_of = {} if stratum is None else stratum.pair_of
        told = [x for x in labels if x.value is not None and x.question in pair_of
                and not x.settles]  # fmt: skip
        of = {question.id: question for question in self.questions}
        names = sorted({x.rater for x in told})
        return Answers(
            np.array([pair_of[x.question] for x in told], np.int64),
            np.array([of[x.question].place for x in told], np.float64),
            np.array([of[x.question].chance for x in told], np.float64),
            np.array([names.index(x.rater) for x in told], np.int64),
            np.array([x.value for x in told], np.float64),
        ), names


def plan_review(
    samples: Samples,
    n: int = 300,
    kind: Kind = "same",
    *,
    kernel: HumanKernel | None = None,
    behind: Any = None,
    seed: int = 0,
) -> Campaign:
    """Choose n questions about a log.

    Parameters
    ----------
    samples
        The log; of texts.
    n
        How many questions.
    kind
        ``same``: same or different? ``better``: which is better, of two models' outputs to one
        prompt? ``look``: a free look at a prompt's outputs.
    kernel
        Says where people are unsure; by default the view ``answer``.
    behind
        A report, an alarm or a finding, as JSON is read: every fourth question is about what it
        names, and told apart. For ``same`` only.
    seed
        Another one, other questions.

    Raises
    ------
    NotEnoughData
        No prompt has two outputs, or, for ``better``, outputs of two models; nothing of the log
        stands behind what was given.

    Examples
    --------
    >>> log = Samples.of({"A fruit?": ["a fig", "a plum"], "A tree?": ["an oak", "an oak"]})
    >>> [len(plan_review(log, 6, kind).questions) for kind in ("same", "look")]
    [6, 2]
    """
    if samples.media != "text":
        raise BadInput(f"people are asked about texts, and this log holds {samples.media}s")
    ids = samples.prompt_ids
    groups = samples.groups
    if behind is not None and kind != "same":
        raise BadInput(f"what stands behind a verdict is asked by 'same', not {kind!r}")
    if kind == "better":
        return Campaign(samples, kind, _of_two_models(samples, n, seed), None)
    outputs, prompts = list(samples.outputs), samples.prompts
    pairs = pairs_of(groups)
    if kernel is None:
        view = get("answer")
        likely = squared_likeness(view.rows(outputs, prompts), groups)
    else:
        likely = kernel.likely(outputs, prompts, groups)
    pairs = pairs.with_likely(np.clip(likely, 0, 1))
    if kind == "look":
        counts = np.bincount(groups)
        order = np.random.default_rng(seed).permutation(np.flatnonzero(counts > 1))[:n]
        looks = tuple(
            Question(_digest("look", ids[g]), "look", prompt_id=ids[g],
                     first=str(int(np.flatnonzero(groups == g)[0])))
            for g in order.tolist()
        )  # fmt: skip
        return Campaign(samples, kind, looks, Stratum(pairs, {}))
    if behind is None:
        questions, whole = _of_pairs(samples, pairs, n, seed)
        return Campaign(samples, kind, tuple(questions), whole)
    some = pairs.of_some(pairs_behind(samples, pairs, behind))
    most = min(max(n // BESIDE, 1), len(some.first))
    beside, stratum = _of_pairs(samples, some, most, seed, "behind")
    questions, whole = _of_pairs(samples, pairs, max(n - len(beside), 1), seed)
    for k, question in enumerate(beside):
        questions.insert(BESIDE * k + BESIDE - 1, question)
    return Campaign(samples, kind, tuple(questions[:n]), whole, stratum)


def _of_pairs(
    samples: Samples, pairs: LikelyPairs, n: int, seed: int, *why: str
) -> tuple[list[Question], Stratum]:
    """Draw questions about pairs of one stratum."""
    questions, pair_of = [], {}
    for at, place, chance in zip(*(part.tolist() for part in drawn(pairs, n, seed=seed)),
                                 strict=True):  # fmt: skip
        i, j = int(pairs.first[at]), int(pairs.second[at])
        prompt = samples.prompt_ids[int(samples.groups[i])]
        two = (samples.outputs[i], samples.outputs[j])
        key = _digest(*why, "same", prompt, *two, f"{place:.12f}")
        questions.append(Question(key, "same", str(i), str(j), prompt, place, chance))
        pair_of[key] = at
    return questions, Stratum(pairs, pair_of)


def _of_two_models(samples: Samples, n: int, seed: int) -> tuple[Question, ...]:
    """A prompt at random, then two of its models, then an output of each."""
    models = np.array([model or "" for model in samples.column("model")])
    rng = np.random.default_rng(seed)
    by_prompt = [
        {m: rows[models[rows] == m] for m in np.unique(models[rows])}
        for rows in (np.flatnonzero(samples.groups == g) for g in range(samples.n_prompts))
    ]
    some = [g for g, by_model in enumerate(by_prompt) if len(by_model) > 1]
    if not some:
        raise NotEnoughData(
            "no prompt has outputs of two models, so there is nothing to prefer; give a log with "
            "a column of models"
        )
    questions = []
    for k in range(n):
        g = some[int(rng.integers(len(some)))]
        a, b = rng.choice(sorted(by_prompt[g]), 2, replace=False)
        i, j = (int(rng.choice(by_prompt[g][m])) for m in (a, b))
        key = _digest("better", str(k), str(i), str(j))
        questions.append(Question(key, "better", str(i), str(j), samples.prompt_ids[g]))
    return tuple(questions)


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What the answers so far say of the log.

    ``rate`` and what follows from it are ``None`` while answers are too few; ``missing`` says why.

    Parameters
    ----------
    answers, raters
        How many, of how many people.
    rate
        People's repeat rate of the log.
    behind
        How many answers are about what stands behind a verdict, and their mean, 1: the same. No
        interval: such pairs are of few prompts, and no estimate of the log counts them.
    agreement
        How far raters agree.
    ratings
        Of models, where it was asked which is better.
    looks
        Of free looks: what people made of each prompt.
    wrong
        Answers that say that the question is wrong.
    settled
        How many disagreements an adjudicator settled. No estimate uses them: each goes by every
        rater's own answer.
    missing
        Why there is no rate.
    """

    answers: int
    raters: int
    rate: HumanRepeatRate | None
    agreement: Agreement | None
    ratings: tuple[Rating, ...]
    missing: str
    behind: tuple[int, float] | None = None
    looks: tuple[LookedAt, ...] = ()
    wrong: tuple[Label, ...] = ()
    settled: int = 0

    @property
    def more(self) -> int | None:
        """About how many more answers would settle the rate to ± .05 for these raters."""
        if self.rate is None:
            return None
        e = self.rate.for_these_raters()
        half = (float(e.high or 1) - float(e.low or 0)) / 2
        return max(round(self.answers * ((half / PRECISE) ** 2 - 1)), 0)

    def estimates(self) -> dict[str, Estimate]:
        """Return the repeat rate and effective number, of this log and of prompts like these."""
        if self.rate is None:
            return {}
        found = {}
        for whom, of in (("these raters", self.rate.for_these_raters),
                         ("people", self.rate.for_people)):  # fmt: skip
            for what, future in (("this log", False), ("prompts like these", True)):
                try:
                    found[f"{what}, for {whom}"] = of(future=future)
                except NotEnoughData:
                    continue
        return found


def result_of(asked: Campaign, labels: Sequence[Label]) -> CampaignResult:
    """Say what the answers so far tell.

    Parameters
    ----------
    asked
        The questions.
    labels
        The answers that stand (:func:`fullmenu.review.labels.standing`); those to other questions
        do not count.
    """
    known = {question.id for question in asked.questions}
    of_these = [x for x in labels if x.question in known]
    told = [x for x in of_these if not x.settles]
    rate, agreed, missing, behind = None, None, "", None
    looks = [
        FreeLook(x.prompt_id, x.rater, sizes) for x in told
        if x.answer == "seen" and sum(sizes := sizes_of(x.groups)) > 1
    ]  # fmt: skip
    rated: tuple[Rating, ...] = ()
    try:
        if asked.kind == "same" and asked.whole is not None:
            answers, _ = asked.counted(told, asked.whole)
            rate = human_rate(asked.whole.pairs, answers)
        elif asked.kind == "look" and asked.whole is not None:
            rate = rate_of_looks(looks, asked.whole.pairs.rate)
        elif asked.kind == "better":
            models = [model or "" for model in asked.samples.column("model")]
            of = {question.id: question for question in asked.questions}
            rated = tuple(rate_versions([
                Preference(models[int(of[x.question].first)], models[int(of[x.question].second)],
                           x.value, of[x.question].prompt_id)
                for x in told if x.value is not None
            ]))  # fmt: skip
    except (NotEnoughData, MissingExtra) as error:
        missing = str(error)
    with suppress(NotEnoughData):
        agreed = estimate_agreement(table_of(told), scale="ordinal") if told else None
    if asked.behind is not None:
        beside, _ = asked.counted(told, asked.behind)
        if len(beside.same):
            behind = len(beside.same), float(beside.same.mean())
    return CampaignResult(
        len(looks) if asked.kind == "look" else sum(x.value is not None for x in told),
        len({x.rater for x in told}), rate, agreed, rated, missing, behind,
        tuple(looked_at(looks)), tuple(x for x in told if x.answer == "wrong"),
        len(of_these) - len(told),
    )  # fmt: skip


def tasks_of(asked: Campaign) -> str:
    """Return the questions as tasks that Label Studio takes in, JSON.

    Its exports hold what is in ``data`` again, so that answers find their questions.
    """
    tasks = []
    for question in asked.questions:
        prompt, outputs = asked.shown(question)
        texts = {f"text{k}": text for k, text in enumerate(outputs, 1)}
        told = {"question": question.id, "first": question.first, "second": question.second,
                "prompt_id": question.prompt_id, "place": question.place,
                "chance": question.chance}  # fmt: skip
        tasks.append({"data": {**told, "prompt": prompt, **texts}})
    return json.dumps(tasks, indent=1, ensure_ascii=False) + "\n"


def table_of(labels: Sequence[Label]) -> list[list[float | None]]:
    """Return answers as a table of raters by questions, for :mod:`fullmenu.review.agreement`."""
    raters = sorted({x.rater for x in labels})
    questions = sorted({x.question for x in labels})
    said = {(x.rater, x.question): x.value for x in labels}
    return [[said.get((rater, one)) for one in questions] for rater in raters]


def learn_kernel(asked: Campaign, labels: Sequence[Label], name: str) -> Calibration:
    """Calibrate a kernel by the answers of a review.

    Raises
    ------
    BadInput
        It was not asked whether pairs are the same.
    NotEnoughData
        Too few answers.
    """
    if asked.kind != "same" or asked.whole is None:
        raise BadInput(f"a kernel learns from questions of kind 'same', not {asked.kind!r}")
    answers, raters = asked.counted(labels, asked.whole)
    if not len(answers.pairs):
        raise NotEnoughData("there are no answers to calibrate a kernel by yet")
    samples, pairs = asked.samples, asked.whole.pairs
    rows = np.stack([pairs.first[answers.pairs], pairs.second[answers.pairs]], 1).ravel()
    x = traits(
        [samples.outputs[i] for i in rows.tolist()], [samples.prompts[i] for i in rows.tolist()],
        np.repeat(np.arange(len(answers.pairs)), 2),
    )  # fmt: skip
    weights = pairs.weights[answers.pairs] / answers.chances
    return calibrate(
        x, answers.same, pairs.prompts[answers.pairs], weights=weights, name=name,
        raters=len(raters),
    )  # fmt: skip

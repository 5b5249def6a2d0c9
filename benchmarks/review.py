"""Do people's answers give a repeat rate that is right as often as it says, and from few questions?

"People" are the classes of NoveltyBench (13 models), the human scores of McDiv (each set's mean
score as the chance of "same"), and the labels of the public pairs (one pair a prompt). Raters are
simulated with the spread of the public set's (s.d. .083 of the share called the same): a strict
one turns some "same" into "different", a lenient one the other way.

Run ``python benchmarks/review.py [coverage | widths | calibration | agreement | queue] [1000]``;
FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import csv
import functools
import itertools
import lzma
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from answers import add
from fullmenu.review.agreement import cohen_kappa, gwet_ac1, krippendorff_alpha
from fullmenu.review.calibration import calibrate
from fullmenu.review.campaign import plan_review
from fullmenu.review.candidate_pairs import LikelyPairs, pairs_of
from fullmenu.review.desk import Desk
from fullmenu.review.human_repeat_rate import PEOPLE, Answers, HumanRepeatRate, human_rate
from fullmenu.review.labels import AnswerLog
from fullmenu.review.questions import drawn, random_chances, unsure_chances
from fullmenu.samples import Record, Samples
from fullmenu.views.resemblance import traits
from people import lines
from real import folder
from table import Table

SPREAD = 0.083
RATERS = (1, 3, 8, 16)
SIZES = (100, 300, 1000)
SCORED = ("con_test_200_with_hds_prompt_gen", "mcdiv_nuggets_200_with_hds_prompt_gen")


class Population(NamedTuple):
    """All pairs of a log: what people say on average, and two kernels."""

    name: str
    people: np.ndarray  # the chance of "same" over people, (N,)
    raw: LikelyPairs
    calibrated: LikelyPairs

    @property
    def rate(self) -> float:
        """The repeat rate over people."""
        return float(self.raw.weights @ self.people)

    def table(self, raters: int, rng: np.random.Generator) -> np.ndarray:
        """What each of some raters would say to every pair, (N, raters)."""
        lenient = rng.normal(0, SPREAD, raters)
        p = self.rate
        turned = np.clip(np.where(lenient > 0, lenient / (1 - p), -lenient / p), 0, 1)
        mean = self.people[:, None]
        mean = np.where(lenient > 0, mean + (1 - mean) * turned, mean * (1 - turned))
        return rng.random(mean.shape) < mean


def chances(x: np.ndarray, train: np.ndarray, same: np.ndarray) -> np.ndarray:
    return calibrate(train, same * 1.0, np.arange(len(train))).kernel.chances(x)


@functools.cache
def novelty_traits() -> tuple[np.ndarray, np.ndarray]:
    sets = lines("noveltybench", "generations.jsonl.xz")
    texts = [text for record in sets for text in record["generations"]]
    prompts = [record["prompt"] for record in sets for _ in range(10)]
    above = np.triu_indices(10, 1)
    same = [np.equal.outer(*[record["partition"]] * 2)[above] for record in sets]
    return traits(texts, prompts, np.repeat(np.arange(len(sets)), 10)), np.concatenate(same)


@functools.cache
def novelty() -> list[Population]:
    sets = lines("noveltybench", "generations.jsonl.xz")
    x, same = novelty_traits()
    model = np.repeat([record["model"] for record in sets], 45)
    rng = np.random.default_rng(0)
    populations = []
    for name in sorted(set(model)):
        own = model == name
        some = rng.choice(np.flatnonzero(~own), 300, replace=False)
        groups = np.repeat(np.arange(own.sum() // 45), 10)
        populations.append(Population(
            name, same[own].astype(float), pairs_of(groups, x[own, 3]),
            pairs_of(groups, chances(x[own], x[some], same[some])),
        ))  # fmt: skip
    return populations


@functools.cache
def people(times: int = 1) -> Population:
    """The public pairs; several ``times`` over, so that 300 are few of them."""
    x, same = people_traits()
    likely = calibrate(x, same * 1.0, np.arange(len(x))).likely
    many = pairs_of(np.repeat(np.arange(len(x) * times), 2))
    # copies of a pair are no neighbours: a kernel that saw them so would know their label
    blur = np.random.default_rng(1).normal(0, 0.01 if times > 1 else 0, len(x) * times)
    raw, likely = (np.clip(np.tile(k, times) + blur, 0, 1) for k in (x[:, 3], likely))
    return Population(
        "people's pairs", np.tile(same, times).astype(float), many.with_likely(raw),
        many.with_likely(likely),
    )  # fmt: skip


@functools.cache
def scored() -> list[Population]:
    populations = []
    open_half = people_traits()
    for file in SCORED:
        path = folder() / "tevet_mcdiv" / f"{file}.csv.xz"
        with lzma.open(path, "rt", encoding="utf-8", newline="") as opened:
            records = list(csv.DictReader(opened))
        names = [name for name in records[0] if name.startswith("resp_")]
        texts = [record[name] for record in records for name in names]
        prompts = [record["context"] for record in records for _ in names]
        groups = np.repeat(np.arange(len(records)), len(names))
        pairs = pairs_of(groups)
        x = traits(texts, prompts, groups)
        varied = np.array([float(record["metric_abs_hds_mean"]) for record in records])
        people = np.clip((5 - varied) / 4, 0.02, 0.98)[pairs.prompts]
        populations.append(Population(
            file.partition("_200")[0], people, pairs.with_likely(x[:, 3]),
            pairs.with_likely(chances(x, *open_half)),
        ))  # fmt: skip
    return populations


@functools.cache
def people_traits() -> tuple[np.ndarray, np.ndarray]:
    records = lines("novelty_human_pairs", "pairs.jsonl.xz")
    texts = [record[f"generation_{i}"] for record in records for i in (0, 1)]
    prompts = [record["prompt"] for record in records for _ in (0, 1)]
    x = traits(texts, prompts, np.repeat(np.arange(len(records)), 2))
    return x, np.array([record["similar"] == 1 for record in records])


def asked(
    said: np.ndarray, pairs: LikelyPairs, n: int, seed: int,
    rule=unsure_chances, by: LikelyPairs | None = None, kernel: bool = True,
) -> HumanRepeatRate:  # fmt: skip
    """Ask n questions, chosen ``by`` one kernel and dealt to the raters at random, and estimate."""
    by = pairs if by is None else by
    ask = drawn(by, n, rule(by), seed)
    raters = np.random.default_rng(seed).permutation(np.arange(n) % said.shape[1])
    answers = Answers(*ask, raters, said[ask.pairs, raters].astype(float))
    return human_rate(pairs, answers, kernel=kernel)


def at_random(pairs: LikelyPairs, seed: int) -> LikelyPairs:
    """The same pairs in an order that knows neither prompts nor kernels: a simple random sample."""
    order = np.random.default_rng(seed).permutation(len(pairs.first))
    return LikelyPairs(order, pairs.first, pairs.second, np.full(len(order), 0.5), pairs.weights)


def coverage(campaigns: int) -> bool:
    """How often both intervals hold the truth, over campaigns with raters drawn anew."""
    table = Table(f"How often the intervals hold the truth, {campaigns} campaigns a line")
    ok = True
    for label, populations, sizes in (
        ("NoveltyBench", novelty(), SIZES),
        ("McDiv", scored(), SIZES),
        ("people's pairs", [people()], SIZES[:2]),
    ):
        for raters, size in itertools.product(RATERS, sizes):
            hits = np.zeros(2)
            for seed in range(campaigns):
                one = populations[seed % len(populations)]
                rng = np.random.default_rng([seed, size, raters])
                said = one.table(raters, rng)
                rate = asked(said, one.calibrated, size, seed + 7_000)
                e = rate.for_these_raters()
                hits[0] += e.low <= float(one.raw.weights @ said.mean(1)) <= e.high
                if raters >= PEOPLE:
                    e = rate.for_people()
                    hits[1] += e.low <= one.rate <= e.high
            these, anew = hits / campaigns
            reached = None
            if raters >= 8:
                reached = bool(0.93 <= these <= 0.97 and anew >= 0.93)
                ok &= reached
            seen = f"{these:.1%}" + (f", {anew:.1%}" if raters >= PEOPLE else "")
            table.add(f"{label}, {raters} raters, {size} answers: these raters, people", seen,
                      "" if reached is None else ".93–.97, ≥ .93", reached)  # fmt: skip
    for size in SIZES[:2]:
        hits = np.zeros(2)
        for seed in range(campaigns):
            whole = novelty()[seed % len(novelty())]
            rng = np.random.default_rng([seed, size])
            some = rng.integers(0, whole.raw.n_prompts, 60)
            at = (some[:, None] * 45 + np.arange(45)).ravel()
            pairs = pairs_of(np.repeat(np.arange(60), 10), whole.calibrated.likely[at])
            said = whole.table(8, rng)
            rate = asked(said[at], pairs, size, seed)
            these, anew = rate.for_these_raters(future=True), rate.for_people(future=True)
            hits[0] += these.low <= float(whole.raw.weights @ said.mean(1)) <= these.high
            hits[1] += anew.low <= whole.rate <= anew.high
        what = f"prompts like 60 of NoveltyBench's, 8 raters, {size} answers: these raters, people"
        table.add(what, ", ".join(f"{h:.1%}" for h in hits / campaigns))
    table.show()
    return ok


def optimum(one: Population, likely: np.ndarray) -> float:
    """The least ratio of widths by one slope of a kernel, at random draws and many answers.

    Of the variance of a label inside a rater, a kernel explains r² of what its pair explains, by
    the mean rater's slope on the classes: what raters add to chance, no kernel can know.
    """
    lenient, p = np.random.default_rng(0).normal(0, SPREAD, 10_000), one.rate
    turned = np.clip(np.where(lenient > 0, lenient / (1 - p), -lenient / p), 0, 1)
    same, different = np.where(lenient > 0, 1, 1 - turned), np.where(lenient > 0, turned, 0)
    chance = (p * same * (1 - same) + (1 - p) * different * (1 - different)).mean()
    slope, between = same - different, p * (1 - p)
    r2 = np.corrcoef(likely, one.people)[0, 1] ** 2
    whole = chance + between * (slope**2).mean()
    return float(np.sqrt(1 - r2 * between * slope.mean() ** 2 / whole))


def widths(campaigns: int) -> bool:
    """How wide the intervals are, and how far off the estimates, against labels alone."""
    table = Table(f"Intervals against labels alone at random, {campaigns} campaigns a line")
    ok = True
    ways = {
        "labels alone": dict(kernel=False),
        "with the raw kernel": dict(kernel=True, raw=True),
        "with the calibrated kernel": dict(kernel=True),
        "calibrated, spread by prompt": dict(kernel=True, spread=True),
        "calibrated, spread, where unsure": dict(kernel=True, spread=True, rule=unsure_chances),
        "the same, FEWER": dict(kernel=True, spread=True, rule=unsure_chances),
    }
    for label, populations, raters, share, goals in (
        ("NoveltyBench", novelty(), 8, 0.65, {"with the raw kernel": 0.88,
         "with the calibrated kernel": 0.85, "the same, FEWER": 1.0}),
        ("NoveltyBench's classes as they are", novelty(), 1, 0.65, {"with the raw kernel": 0.88,
         "with the calibrated kernel": 0.85, "the same, FEWER": 1.0}),
        ("people's pairs", [people(times=10)], 1, 0.8, {"with the calibrated kernel": 0.92,
         "the same, FEWER": 1.0}),
    ):  # fmt: skip
        wide = {way: [[], [], []] for way in ways}
        for one in populations:
            off = {way: [] for way in ways}
            for seed in range(-(-campaigns // len(populations))):
                rng = np.random.default_rng([seed, 1])
                said = one.table(raters, rng) if raters > 1 else one.people[:, None] > 0.5
                truth = float(one.raw.weights @ said.mean(1))
                alone = at_random(one.raw, seed)
                for way, how in ways.items():
                    pairs = one.raw if how.get("raw") else one.calibrated
                    n = round(300 * share) if "FEWER" in way else 300
                    by = pairs if how.get("spread") else alone
                    rate = asked(
                        said, pairs, n, seed, how.get("rule", random_chances), by, how["kernel"]
                    )
                    e = rate.for_these_raters()
                    off[way].append(e.value - truth)
                    wide[way][0].append(e.high - e.low)
                    if raters >= PEOPLE:
                        e = rate.for_people()
                        wide[way][1].append(e.high - e.low)
            for way in ways:
                wide[way][2].append(np.mean(np.square(off[way])))
        base = [np.mean(one) if one else np.nan for one in wide["labels alone"]]
        for way in ways:
            w = [np.mean(one) if one else np.nan for one in wide[way]]
            ratio, anew, error = w[0] / base[0], w[1] / base[1], np.sqrt(w[2] / base[2])
            goal = goals.get(way)
            reached = None if goal is None else bool(ratio <= goal)
            ok &= reached is not False
            more = "" if np.isnan(anew) else f", raters anew {anew:.3f}"
            n = f"{300 * share:.0f}" if "FEWER" in way else "300"
            table.add(f"{label}, {n} answers, {way.replace('FEWER', 'fewer')}",
                      f"width {w[0]:.4f} = {ratio:.3f}{more}, error {error:.3f}",
                      "" if goal is None else f"≤ {goal}", reached)  # fmt: skip
    for what in ("raw", "calibrated"):
        best = np.mean([optimum(one, getattr(one, what).likely) for one in novelty()])
        table.add(f"NoveltyBench, simulated raters, the optimum at random, {what}", f"{best:.3f}")
    table.show()
    return ok


def calibration(campaigns: int) -> bool:
    """Errors on people's pairs held out; what answers on some models say of others."""
    table = Table("Calibration")
    x, same = people_traits()
    found = calibrate(x, same.astype(float), np.arange(len(x)))
    ok = add(table, "people's pairs, Brier, base rate", found.base_brier)
    add(table, "people's pairs, Brier, default kernel", found.default_brier)
    brier = found.brier
    table.add(f"people's pairs, Brier, calibrated ({found.way}), by prompts held out",
              f"{brier:.4f}", "≤ 0.18", brier <= 0.18)  # fmt: skip
    ok &= brier <= 0.18
    add(table, "people's pairs, gain over the default, low", found.gain.low, 0.0)
    for one in found.reliability:
        table.add(f"  says {one.predicted:.2f}, people", str(one.said))

    sets = lines("noveltybench", "generations.jsonl.xz")
    classes = np.array([len(set(record["partition"])) for record in sets])
    model = np.array([record["model"] for record in sets])
    x, same = novelty_traits()
    of_pair = np.repeat(model, 45)
    names = sorted(set(model))
    seen = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        some = rng.choice(names, 6, replace=False)
        train = rng.choice(np.flatnonzero(np.isin(of_pair, some)), 300, replace=False)
        kernel = calibrate(x[train], same[train] * 1.0, train // 45).kernel
        others = ~np.isin(model, some)
        for likely in (x[:, 3], kernel.chances(x)):
            rates = likely.reshape(-1, 45).mean(1)[others]
            truth = same.reshape(-1, 45).mean(1)[others]
            by_model = [model[others] == name for name in sorted({*names} - {*some})]
            ratio = np.array([truth[own].mean() / rates[own].mean() for own in by_model])
            rank = spearmanr(-rates, classes[others])[0]
            seen.append(
                (abs(ratio.mean() - 1), np.median(abs(ratio - 1)), abs(ratio - 1).mean(), rank)
            )
    raw, calibrated = (np.mean(seen[k::2], axis=0) for k in (0, 1))
    what = "NoveltyBench, 300 answers on 6 models, 7 others:"
    off, ranked = calibrated[0], bool(calibrated[3] >= 0.75)
    table.add(f"{what} effective number, mean of models off by (default)",
              f"{off:.1%} ({raw[0]:.1%})", "≤ 10 %", bool(off <= 0.1))  # fmt: skip
    table.add(f"{what} one model off by, median; mean (default)",
              f"{calibrated[1]:.1%}; {calibrated[2]:.1%} ({raw[1]:.1%}; {raw[2]:.1%})")  # fmt: skip
    table.add(f"{what} Spearman with classes, single prompts (default)",
              f"{calibrated[3]:.3f} ({raw[3]:.3f})", "≥ 0.75", ranked)  # fmt: skip
    table.show()
    return bool(ok and off <= 0.1 and ranked)


CLASSIC = (
    "1 2 3 3 2 1 4 1 2 - - -", "1 2 3 3 2 2 4 1 2 5 - 3",
    "- 3 3 3 2 3 4 2 2 5 1 -", "1 2 3 3 2 4 4 1 2 5 1 -",
)  # fmt: skip
"""Krippendorff's table of four raters and twelve items."""


def agreements(_: int) -> bool:
    """Published values, and scikit-learn's where it is installed."""
    table = Table("Agreement")
    rows = [[None if x == "-" else int(x) for x in row.split()] for row in CLASSIC]
    ok = True
    for what, value, known, digits in (
        ("Krippendorff's alpha, nominal", krippendorff_alpha(rows), 0.743421, 6),
        ("Gwet's AC1", gwet_ac1(rows), 0.77544, 5),
    ):
        reached = round(value, digits) == known
        table.add(what, f"{value:.6f}", str(known), reached)
        ok &= reached
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        table.add("Cohen's kappa", "scikit-learn is not installed: skipped")
    else:
        rng = np.random.default_rng(0)
        off = 0.0
        for n, weights in itertools.product((10, 100, 1000), (None, "linear", "quadratic")):
            a, b = rng.integers(0, 4, (2, n))
            theirs = cohen_kappa_score(a, b, weights=weights)
            off = max(off, abs(cohen_kappa(a.tolist(), b.tolist(), weights) - theirs))
        table.add(
            "Cohen's kappa, farthest from scikit-learn's", f"{off:.1e}", "≤ 1e-12", off <= 1e-12
        )
        ok &= off <= 1e-12
    table.show()
    return bool(ok)


def queue(_: int) -> bool:
    """How long one answer takes at a desk with 100,000 questions, on disk and with the next one."""
    groups = np.repeat(np.arange(2_000), 11)
    samples = Samples.from_records(
        Record(f"Dish {i % 97}, served {i % 13} times", f"Guest {g}?", str(g))
        for i, g in enumerate(groups.tolist())
    )
    table = Table("A desk with 100,000 questions")
    start = time.perf_counter()
    asked = plan_review(samples, 100_000)
    table.add("choosing the questions, s", f"{time.perf_counter() - start:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        log = AnswerLog(Path(folder) / "answers.jsonl")
        desk = Desk(asked, log, overlap=2)
        times = []
        for k in range(2_000):
            rater = f"r{k % 8}"
            start = time.perf_counter()
            shown = desk.next(rater)
            asked.shown(shown.question)
            desk.answer(rater, shown.question.id, ("same", "different", "skip")[k % 3])
            desk.progress(rater)
            times.append(1e3 * (time.perf_counter() - start))
        log.close()
    ok = True
    for what, share in (("median", 0.5), ("99 of 100", 0.99), ("slowest", 1.0)):
        value = float(np.quantile(times, share))
        ok &= value <= 100
        table.add(f"one answer, {what}, ms", f"{value:.2f}", "≤ 100", value <= 100)
    table.show()
    return ok


PARTS = {
    "coverage": coverage, "widths": widths, "calibration": calibration, "agreement": agreements,
    "queue": queue,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    numbers = [int(one) for one in arguments if one.isdigit()]
    named = [one for one in arguments if not one.isdigit()] or [*PARTS]
    return 0 if all([PARTS[name](*numbers or (1000,)) for name in named]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Does the outline view see the skeleton, and not the words?

Two rewritings of real texts, both made at random:

(i)  same skeleton, other words: every word becomes a word of another real text, sentences grow or
     shrink by up to 25 %, an item or a sentence may go or come twice;
(ii) same words, another skeleton: two or more of: a list becomes prose or prose a list, headings
     go or come, paragraphs merge or split, sentences end elsewhere, opening and closing change.

The figure is the AUC of k(text, rewriting), (i) against (ii), with a bootstrap over prompts; and
of (i) against two real texts to different prompts. Harder: sentences up to 40 % longer or shorter
and no comma, bracket or emphasis kept in (i), only one change in (ii). Texts of fewer than three
sentences or 30 words are left out: they have no skeleton to rewrite. Then the ruler itself: outputs
of one model, of two models, and of two prompts; OLMo-2 before and after alignment.

Run ``python benchmarks/outline.py``; FULLMENU_DATA names the folder of the data.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from fullmenu.views import outline

DATA = Path(os.environ.get("FULLMENU_DATA") or Path(__file__).parents[2] / "shared" / "data")
MODELS = ("gpt4_0314", "gpt-4o-2024-05-13", "claude-2", "gpt-3.5-turbo-0613", "zephyr-7b-beta")
STAGES = ("base", "sft", "dpo", "instruct")

_MARKER = re.compile(r"\s*(?:#{1,6} |[-*•+] +|(?:\*\*)?\d{1,3}[.)]\s*(?:\*\*)? *|> |```.*)?")
_RUN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
OPENINGS = (
    "Sure! Here you go.",
    "Here is what I found:",
    "Great question!",
    "Certainly.",
    "Dear all,",
)
CLOSINGS = ("Let me know!", "I hope this helps.", "Would you like more?", "In short, that is all.")

Prompted = list[tuple[str, str]]  # prompt, text


def alpaca() -> Prompted:
    texts: Prompted = []
    for model in MODELS:
        with lzma.open(DATA / "alpaca_eval" / f"{model}.json.xz", "rt") as file:
            texts += [(f"alpaca {i}", t) for i, t in enumerate(json.load(file)) if t]
    return texts


def noveltybench() -> Prompted:
    with lzma.open(DATA / "noveltybench" / "generations.jsonl.xz", "rt") as file:
        records = [json.loads(line) for line in file]
    return [(f"novelty {r['id']}", text) for r in records for text in r["generations"][:2] if text]


def olmo(stage: str) -> dict[str, list[str]]:
    by_prompt: dict[str, list[str]] = defaultdict(list)
    with lzma.open(DATA / "olmo2_7b_stages" / f"{stage}_alpacaeval.jsonl.xz", "rt") as file:
        for line in file:
            record = json.loads(line)
            by_prompt[record["prompt_id"]].append(record["response"])
    return by_prompt


def other_words(text: str, source: str, rng: random.Random, hard: bool = False) -> str:
    """Rewriting (i): the skeleton of `text`, the words of `source`."""
    most = 0.4 if hard else 0.25
    supply = _RUN.findall(source) or ["word"]
    at = rng.randrange(len(supply))

    def word(match: re.Match[str]) -> str:
        nonlocal at
        at += 1
        new = supply[at % len(supply)]
        return str(new.capitalize() if match[0][0].isupper() else new.lower())

    lines = []
    for line in text.split("\n"):
        marker = _MARKER.match(line)[0]  # type: ignore[index]
        body = line[len(marker) :]
        if not body or marker.startswith("```"):
            lines.append(line)
            continue
        if marker.strip() and rng.random() < 0.08:
            continue  # an item less
        sentences = []
        for sentence in _SENTENCES.split(body):
            chance = rng.random()
            if len(lines) > 1 and chance < 0.05:
                continue
            words = sentence.split()
            change = rng.uniform(-most, most) * (hard or rng.random() < 0.7)
            for _ in range(round(abs(change) * len(words))):
                i = rng.randrange(max(len(words) - 1, 1))
                if change > 0:
                    words.insert(i, "x")
                elif len(words) > 2:
                    del words[i]
            new = _RUN.sub(word, " ".join(words))
            sentences.append(re.sub(r"[,;()\[\]\"*—`]|:(?!$)", "", new) if hard else new)
        lines.append(marker + " ".join(sentences))
        if marker.strip() and rng.random() < 0.08:
            lines.append(lines[-1])  # an item more
    return "\n".join(lines)


def _list_or_prose(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    marked = [bool(re.match(r"\s*(?:[-*•+] |\d{1,3}[.)] ?)", line)) for line in lines]
    if sum(marked) >= 2:
        bodies = [line[len(_MARKER.match(line)[0]) :] for line in lines if line.strip()]  # type: ignore[index]
        return " ".join(b.replace("**", "") if b[-1:] in ".!?:" else b + "." for b in bodies)
    sentences = [s for s in _SENTENCES.split(" ".join(text.split())) if s]
    if len(sentences) < 2:
        return text
    first = rng.randrange(len(sentences) - 1) if len(sentences) > 3 else 0
    bullet: Callable[[int], str] = rng.choice([lambda i: f"{i + 1}. ", lambda i: "- "])
    items = [bullet(i) + s for i, s in enumerate(sentences[first:])]
    return "\n\n".join([" ".join(sentences[:first]), "\n".join(items)]).strip()


def _headings(text: str, rng: random.Random) -> str:
    if re.search(r"^#{1,6} .*$|^\*\*[^*]+\*\*:?$", text, re.M):
        return re.sub(r"^#{1,6} .*\n*|^\*\*[^*]+\*\*:?\n*", "", text, flags=re.M).strip() or text
    parts = text.split("\n\n")
    for i in range(len(parts)):
        if i == 0 or rng.random() < 0.6:
            words = _RUN.findall(parts[i])[: rng.randint(2, 5)]
            parts[i] = "## " + " ".join(words) + "\n\n" + parts[i]
    return "\n\n".join(parts)


def _paragraphs(text: str, rng: random.Random) -> str:
    if text.count("\n") >= 2 and rng.random() < 0.6:
        return re.sub(r"\n(?!\s*(?:[-*•+#>`]|\d+[.)]|$))\s*", " ", text)
    return re.sub(r"(?<=[.!?]) +", lambda _: rng.choice(["\n\n", "\n\n", " "]), text)


def _sentence_ends(text: str, rng: random.Random) -> str:
    def line(body: str) -> str:
        marker = _MARKER.match(body)[0]  # type: ignore[index]
        words = re.sub(r"[.!?]+(?=\s|$)", "", body[len(marker) :]).split()
        i = 0
        while i < len(words) - 1:
            i += rng.choice([4, 6, 9, 14, 24, 35])
            if i < len(words) - 1:
                words[i] = words[i].rstrip(",;:") + "."
                words[i + 1] = words[i + 1][:1].upper() + words[i + 1][1:]
        return marker + " ".join(words) + ("." if len(words) > 4 else "")

    return "\n".join(line(body) if body.strip() else body for body in text.split("\n"))


def _formulas(text: str, rng: random.Random) -> str:
    sentences = _SENTENCES.split(text, maxsplit=1)
    if len(sentences) == 2 and rng.random() < 0.5:
        text = sentences[1]
    return f"{rng.choice(OPENINGS)}\n\n{text}\n\n{rng.choice(CLOSINGS)}"


OPERATIONS = (_list_or_prose, _headings, _paragraphs, _sentence_ends, _formulas)


def _tidy(text: str) -> str:
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", text.strip())


def other_skeleton(text: str, rng: random.Random, hard: bool = False) -> tuple[str, int] | None:
    """Rewriting (ii): the words of `text` in another skeleton; how many changes took."""
    done, result = 0, text
    for operation in rng.sample(OPERATIONS, 1 if hard else rng.randint(2, 4)):
        new = operation(result, rng)
        done += _tidy(new) != _tidy(result)
        result = new
    return (result, done) if done >= (1 if hard else 2) else None


def auc(high: np.ndarray, low: np.ndarray) -> float:
    """Share of pairs in which `high` is above `low`, ties by half."""
    order = np.sort(low)
    below, upto = np.searchsorted(order, high), np.searchsorted(order, high, side="right")
    return float((below + upto).mean() / 2 / len(low))


def auc_of(high: np.ndarray, low: np.ndarray, index: np.ndarray) -> float:
    return auc(high[index], low[index])


def ratio_of(before: np.ndarray, after: np.ndarray, index: np.ndarray) -> float:
    return float(before[index].sum() / after[index].sum())


def by_prompt(
    statistic: Callable[[np.ndarray], float], prompts: np.ndarray, draws: int = 300
) -> tuple[float, float, float]:
    """Bootstrap over prompts: the statistic of an index array, and a 95 % interval."""
    rng = np.random.default_rng(0)
    names, label = np.unique(prompts, return_inverse=True)
    members = [np.flatnonzero(label == i) for i in range(len(names))]
    values = []
    for _ in range(draws):
        values.append(
            statistic(np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))]))
        )
    low, high = np.quantile(values, [0.025, 0.975])
    return statistic(np.arange(len(prompts))), float(low), float(high)


def repeat_rate(x: np.ndarray) -> float:
    gram = x.astype(np.float64) @ x.T.astype(np.float64)
    np.fill_diagonal(gram, 0.0)
    return float((gram**2).sum() / (len(x) * (len(x) - 1)))


def line(name: str, value: str, target: str, passed: bool | None = None) -> bool:
    verdict = {True: "pass", False: "FAIL", None: ""}[passed]
    print(f"{name:<52} {value:<24} {target:<10} {verdict}")
    return passed is not False


def pairs(texts: Prompted, name: str, rng: random.Random, hard: bool = False) -> bool:
    """The AUC of one source of texts."""
    kept = [(p, t) for p, t in texts if len(t.split()) >= 30 and len(_SENTENCES.split(t)) >= 3]
    kept = rng.sample(kept, min(1500, len(kept)))
    prompts, originals, same, changed = [], [], [], []
    for prompt, text in kept:
        other = next(t for p, t in (rng.choice(kept) for _ in range(99)) if p != prompt)
        found = other_skeleton(text, rng, hard)
        if found:
            prompts.append(prompt)
            originals.append(text)
            same.append(other_words(text, other, rng, hard))
            changed.append(found[0])
    x = outline.rows(originals).astype(np.float64)
    k_same = (x * outline.rows(same)).sum(1)
    k_changed = (x * outline.rows(changed)).sum(1)
    where = np.array(prompts)
    order = np.array([rng.randrange(len(where)) for _ in where])
    order[where[order] == where] = np.argmax(where != where[0])
    k_unrelated = (x * x[order]).sum(1)
    ok = True
    for what, low in (("(ii)", k_changed), ("unrelated", k_unrelated)):
        value, a, b = by_prompt(partial(auc_of, k_same, low), where)
        wanted = ("shown", None) if hard else ("≥ 0.9", value >= 0.9)
        ok &= line(f"{name}: AUC (i) / {what}", f"{value:.3f} [{a:.3f}, {b:.3f}]", *wanted)
    medians = " ".join(f"{np.median(k):.2f}" for k in (k_same, k_changed, k_unrelated))
    line("    median k of (i), (ii), unrelated", medians, "")
    for operation in () if hard else OPERATIONS:
        new = [operation(text, rng) for text in originals]
        took = np.array([_tidy(a) != _tidy(b) for a, b in zip(originals, new, strict=True)])
        value = auc(k_same, (x * outline.rows(new)).sum(1)[took])
        line(f"    one change only: {operation.__name__.strip('_')}", f"{value:.3f}", "shown")
    return ok


def models() -> bool:
    """Mean k² of outputs to one prompt by one model, by two models, and to two prompts."""
    outputs: dict[str, dict[str, list[str]]] = defaultdict(dict)
    with lzma.open(DATA / "noveltybench" / "generations.jsonl.xz", "rt") as file:
        for text in file:
            record = json.loads(text)
            outputs[record["id"]][record["model"]] = record["generations"]
    one, two = [], []
    for by_model in outputs.values():
        x = [outline.rows(texts).astype(np.float64) for texts in by_model.values()]
        one.append(np.mean([repeat_rate(part) for part in x]))
        two.append(repeat_rate(np.stack([part[0] for part in x])))
    first = [next(iter(by_model.values()))[0] for by_model in outputs.values()]
    a, b, c = float(np.mean(one)), float(np.mean(two)), repeat_rate(outline.rows(first))
    name = "noveltybench: U of one model, two models, two prompts"
    return line(name, f"{a:.2f} {b:.2f} {c:.2f}", "falling", a > b > c)


def stages() -> bool:
    """The ruler on a real collapse."""
    rate, ok = {}, True
    for stage in STAGES:
        outputs = olmo(stage)
        x = {prompt: outline.rows(texts) for prompt, texts in sorted(outputs.items())}
        rate[stage] = np.array([repeat_rate(rows) for rows in x.values()])
        across = np.mean([repeat_rate(np.stack([r[j] for r in x.values()])) for j in range(10)])
        within = rate[stage].mean()
        ok &= line(
            f"OLMo-2 {stage}: U within, between prompts",
            f"{within:.3f} {across:.3f}",
            "above",
            bool(within > across),
        )
    for before, after in (("base", "sft"), ("sft", "dpo"), ("dpo", "instruct")):
        a, b = rate[before], rate[after]
        value, low, high = by_prompt(partial(ratio_of, a, b), np.arange(len(a)))
        wanted = ("< 1", bool(high < 1)) if after == "sft" else ("", None)
        title = f"OLMo-2 {before} → {after}: effective number, ratio"
        ok &= line(title, f"{value:.2f} [{low:.2f}, {high:.2f}]", *wanted)
    return ok


def speed(texts: Prompted) -> bool:
    long = [" ".join(t.split(" ")[:230]) for _, t in texts if 150 < len(t.split()) < 400]
    long = (long * (20_000 // len(long) + 1))[:20_000]
    words = np.mean([len(t.split()) for t in long])
    runs = []
    for _ in range(3):  # the best of three: what the machine does beside it is no matter
        start = time.process_time()
        outline.rows(long)
        runs.append(time.process_time() - start)
    seconds = min(runs)
    return line(f"20,000 texts of {words:.0f} words: CPU seconds", f"{seconds:.1f}", "shown", None)


def main() -> int:
    if not (DATA / "alpaca_eval").is_dir():
        print(f"data not found at {DATA}, skipped (set FULLMENU_DATA)")
        return 0
    print(f"{'figure':<52} {'value [95 % by prompt]':<24} target")
    texts = alpaca()
    rng = random.Random(1)
    ok = pairs(texts, "alpaca_eval", rng)
    ok &= pairs(noveltybench(), "noveltybench", rng)
    truncated = [(p, t) for s in STAGES for p, ts in olmo(s).items() for t in ts]
    ok &= pairs(truncated, "OLMo-2, cut short", rng)
    ok &= pairs(texts, "harder, alpaca_eval", rng, hard=True)
    ok &= pairs(truncated, "harder, OLMo-2", rng, hard=True)
    ok &= models()
    ok &= stages()
    ok &= speed(texts)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

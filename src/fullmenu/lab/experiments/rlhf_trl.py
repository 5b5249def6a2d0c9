"""TRL's GRPOTrainer tunes a tiny Llama on a learned reward: its menu collapses, the callback says
so while it trains, and with variety in the reward it does not happen.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fullmenu.lab.experiment import Cell, Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._gradients import descend
from fullmenu.lab.experiments._plots import Course, courses
from fullmenu.report.forms import Axis, Picture, Plot, Points

PROXY, CURED = "proxy only", "capped + variety + KL"
ARMS = {
    PROXY: "GRPO on a learned reward, as TRL does by default: no KL",
    CURED: "the same reward through fm.cure.mix (capped, with cluster frequency), and KL",
}

PROMPTS, MODES, WORDS, LENGTH = 8, 24, 48, 6
DAYS = [f"day{i}" for i in range(PROMPTS)]
Floats = NDArray[np.float64]


class Menus(NamedTuple):
    """What is known: the modes (word numbers), how good each is, and how often each day has it."""

    modes: NDArray[np.int64]
    worth: Floats
    shares: Floats


def world(seed: int) -> Menus:
    """Make dishes of six words, good and less good ones, and the menus of eight days."""
    rng = np.random.default_rng([seed, 1])
    modes = np.stack([rng.permutation(WORDS)[:LENGTH] for _ in range(MODES)])
    worth = rng.permutation(np.linspace(0.3, 1.0, MODES))
    ranks = np.stack([rng.permutation(MODES) for _ in range(PROMPTS)])
    shares = (1.0 + ranks) ** -0.5
    return Menus(modes, worth, shares / shares.sum(1, keepdims=True))


def matches(world: Menus, texts: Sequence[str]) -> tuple[NDArray[np.int64], Floats]:
    """Return the likeliest mode of each text, and the share of its words in their places."""
    words = encoded(texts)
    agree = (words[:, None] == world.modes).mean(-1)
    return agree.argmax(1), agree.max(1)


def gold(world: Menus, texts: Sequence[str]) -> Floats:
    """Return the worth of each text's mode, times the cube of how well it was cooked."""
    mode, match = matches(world, texts)
    return world.worth[mode] * match**3


def encoded(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return word numbers by place, (n, 6); -1 where there is no word of the kitchen's."""
    found = np.full((len(texts), LENGTH), -1, np.int64)
    for i, text in enumerate(texts):
        words = [w for w in text.split() if w.startswith("w") and w[1:].isdigit()][:LENGTH]
        found[i, : len(words)] = [int(w[1:]) for w in words]
    return found


class Proxy:
    """A reward learned from noisy judgments: ridge regression on which word stands where."""

    __name__ = "proxy"

    def __init__(self, texts: Sequence[str], judged: Floats, ridge: float) -> None:
        x = self._rows(texts)
        self.mean = float(judged.mean())
        gram = x.T @ x + ridge * np.eye(x.shape[1])
        self.weights = np.linalg.solve(gram, x.T @ (judged - self.mean))

    def __call__(self, completions: Sequence[str], **kwargs: Any) -> list[float]:
        """Score completions, as TRL calls a reward."""
        return (self.mean + self._rows(completions) @ self.weights).tolist()

    @staticmethod
    def _rows(texts: Sequence[str]) -> Floats:
        words = encoded(texts)
        rows = np.zeros((len(texts), LENGTH, WORDS))
        at, place = np.nonzero(words >= 0)
        rows[at, place, words[at, place]] = 1.0
        return rows.reshape(len(texts), -1)


class Base(NamedTuple):
    """What both arms begin with: a folder with the trained model, its log, and the proxy."""

    folder: tempfile.TemporaryDirectory[str]
    world: Menus
    log: dict[str, list[str]]
    again: dict[str, list[str]]
    proxy: Proxy
    scores: list[float]


@lru_cache(maxsize=2)
def base(seed: int, steps: int, judgments: int, noise: float) -> Base:
    """Teach a tiny Llama the menus, sample it, have the samples judged, and learn the proxy."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    made = world(seed)
    model, tokenizer = _taught(made, seed, steps)
    folder = tempfile.TemporaryDirectory()
    model.save_pretrained(folder.name)
    tokenizer.save_pretrained(folder.name)
    import torch

    from fullmenu.integrations.transformers import sampler

    torch.manual_seed(seed)
    sample = sampler(model, tokenizer, batch=512, max_new_tokens=LENGTH, top_k=0)
    log, again, judged = (
        dict(zip(DAYS, sample(DAYS, k), strict=True)) for k in (48, 32, judgments // PROMPTS)
    )
    texts = [t for outputs in judged.values() for t in outputs]
    rng = np.random.default_rng([seed, 2])
    proxy = Proxy(texts, gold(made, texts) + noise * rng.normal(size=len(texts)), ridge=3.0)
    scores = proxy([t for outputs in log.values() for t in outputs])
    return Base(folder, made, log, again, proxy, scores)


def _taught(made: Menus, seed: int, steps: int) -> tuple[Any, Any]:
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", *DAYS, *(f"w{i}" for i in range(WORDS))]
    spelling = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
    spelling.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        padding_side="left",
    )  # fmt: skip
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=16,
            pad_token_id=0, bos_token_id=1, eos_token_id=2,
        )
    )  # fmt: skip
    rng = np.random.default_rng([seed, 3])
    first = 3 + PROMPTS
    tune = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    shrink = torch.optim.lr_scheduler.LinearLR(tune, 1.0, 0.1, steps)
    for _ in range(steps):
        day = rng.integers(PROMPTS, size=128)
        mode = np.array([rng.choice(MODES, p=made.shares[d]) for d in day])
        text = made.modes[mode]
        odd = rng.random(text.shape) < 0.05
        text = np.where(odd, rng.integers(WORDS, size=text.shape), text)
        ids = torch.tensor(np.concatenate([3 + day[:, None], first + text], axis=1))
        labels = ids.clone()
        labels[:, 0] = -100
        descend(tune, model(input_ids=ids, labels=labels).loss)
        shrink.step()
    return model, tokenizer


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Tune the base model on one reward, watch it, and compare it with what it was."""
    from fullmenu.judge.two import compare
    from fullmenu.samples import Samples

    begun = base(seed, settings["taught"], settings["judgments"], settings["noise"])
    watch, after = tuned(arm, seed, begun, settings)
    served = {"before": begun.again, "after": after}
    modes = {side: _modes(begun.world, log) for side, log in served.items()}
    texts = [t for outputs in after.values() for t in outputs]
    verdict = str(compare(Samples.of(begun.again), Samples.of(after)).verdict)
    alarm = watch.raised[0].step if watch.raised else None
    soon = alarm is not None and alarm < 0.75 * settings["steps"]
    when = "none" if alarm is None else "in time" if soon else "late"
    eyes = [[x.step, x.effective["answer"].value] for x in watch.looks if "answer" in x.effective]
    return Outcome(
        {
            "modes": modes["after"],
            "modes_before": modes["before"],
            "gold": float(gold(begun.world, texts).mean()),
            "proxy": float(np.mean(begun.proxy(texts))),
            "effective": eyes[-1][1],
            "alarms": len(watch.raised),
        },
        {"compare": verdict, "alarm": when},
        {
            "effective": eyes,
            "alarm": alarm,
            "since": watch.raised[0].since if watch.raised else None,
            "last_varied": watch.last_varied,
        },
    )


def _modes(made: Menus, log: dict[str, list[str]]) -> float:
    """Mean over days of how many modes were served (four words in six or more)."""
    found = []
    for outputs in log.values():
        mode, match = matches(made, outputs)
        found.append(len(set(mode[match >= 0.6].tolist())))
    return float(np.mean(found))


def tuned(
    arm: str, seed: int, begun: Base, settings: Settings, callbacks: Sequence[Any] = ()
) -> tuple[Any, dict[str, list[str]]]:
    """Run GRPO on one reward, and return the watch over it and what the model says after."""
    import torch
    from datasets import Dataset
    from transformers import AutoTokenizer, PrinterCallback
    from trl import GRPOConfig, GRPOTrainer

    from fullmenu.integrations.transformers import sampler
    from fullmenu.integrations.trl import VarietyCallback
    from fullmenu.samples import Samples
    from fullmenu.train.watch import Watch

    beta = settings["beta"] if arm == CURED else 0.0
    reward: Callable[..., Any] = begun.proxy
    if arm == CURED:
        from fullmenu.cure import mix

        reward = mix(begun.proxy, base=begun.scores, beta=beta)
    before = Samples.of(begun.log)
    watch = Watch(every=settings["every"], baseline=before, views=["phrasing", "answer"])
    callback = VarietyCallback(watch)
    n = settings["generations"]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # names that transformers is changing
        tokenizer = AutoTokenizer.from_pretrained(begun.folder.name)
        trainer = GRPOTrainer(
            begun.folder.name,
            reward_funcs=[reward, callback.probe],
            args=GRPOConfig(
                output_dir=str(Path(folder)), max_steps=settings["steps"],
                per_device_train_batch_size=PROMPTS * n, num_generations=n,
                max_completion_length=LENGTH, learning_rate=settings["rate"], beta=beta,
                lr_scheduler_type="constant", reward_weights=[1.0, 0.0], scale_rewards="none",
                seed=seed, use_cpu=settings["device"] == "cpu", bf16=False, report_to=[],
                save_strategy="no", logging_steps=settings["every"], disable_tqdm=True,
                gradient_checkpointing=False,
            ),
            train_dataset=Dataset.from_dict({"prompt": DAYS}),
            processing_class=tokenizer,
            callbacks=[callback, *callbacks],
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    torch.manual_seed(seed + 1)
    sample = sampler(trainer.model, tokenizer, batch=512, max_new_tokens=LENGTH, top_k=0)
    return watch, dict(zip(DAYS, sample(DAYS, 32), strict=True))


def claims(result: Result) -> list[Claim]:
    """Return what must hold: the alarm in time or never, and the verdict that is the truth."""
    n, steps = len(result.seeds), result.settings["steps"]
    alarms = {arm: result.verdicts(arm, "alarm") for arm in ARMS}
    collapsed = {arm: result.verdicts(arm, "compare").count("collapsed") for arm in ARMS}
    at = ", ".join(str(c.outcome.traces["alarm"]) for c in result.of(PROXY))
    left = ", ".join(f"{x:.1f}" for x in result.values(PROXY, "modes"))
    return [
        Claim(
            "proxy only: the callback raises its alarm before the last quarter of the run",
            f"{alarms[PROXY].count('in time')} of {n}, at steps {at} of {steps}",
            alarms[PROXY].count("in time") == n,
            blind="slower collapses, and runs of fewer prompts than these eight by twelve",
        ),
        Claim(
            "cured: the callback raises none",
            f"{n - alarms[CURED].count('none')} of {n} raised one",
            alarms[CURED].count("none") == n,
            blind="a rate of false alarms below about 45 % (none in five runs)",
        ),
        Claim(
            "proxy only: fewer than a fifth of the dishes are left, and compare says collapsed",
            f"{left} dishes a day left; {collapsed[PROXY]} of {n} collapsed",
            max(result.values(PROXY, "modes")) < 0.2 * min(result.values(PROXY, "modes_before"))
            and collapsed[PROXY] == n,
            blind="models of natural language",
        ),
        Claim(
            "cured: compare does not say collapsed",
            f"{collapsed[CURED]} of {n} collapsed",
            collapsed[CURED] == 0,
            blind="that it lost nothing",
        ),
    ]


def draw(result: Result) -> Picture:
    """Draw the effective number over the run, a line a seed, and the alarms."""

    def course(cell: Cell) -> Course:
        steps, sizes = zip(*cell.outcome.traces["effective"], strict=True)
        return steps, sizes

    alarms = [
        (float(step), float(size), f"alarm, {arm}, seed {cell.seed}")
        for arm in ARMS
        for cell in result.of(arm)
        for step, size in cell.outcome.traces["effective"]
        if step == cell.outcome.traces["alarm"]
    ]
    marks = Points(
        x=[x for x, *_ in alarms], y=[y for _, y, _ in alarms], titles=[t for *_, t in alarms],
        shape="diamond", colour="ink",
    )  # fmt: skip
    plot = Plot(
        x=Axis(title="step of GRPO"),
        y=Axis(title="effective number of dishes (answer view)", low=0.0),
        lines=courses(result, ARMS, course),
        points=[marks] if alarms else [],
        height=300,
    )
    return Picture(
        title="A tiny Llama tuned with TRL: the menu on which the callback raises the alarm",
        about="A line a seed; a diamond: the alarm.",
        forms=[plot],
    )


EXPERIMENT = Experiment.of(
    __name__,
    arms=ARMS,
    numbers={
        "modes_before": Number("dishes a day before tuning, of 24", "dishes", 1),
        "modes": Number("dishes a day after it", "dishes", 1),
        "effective": Number("effective number in the last look", "dishes", 1),
        "gold": Number("true worth after tuning"),
        "proxy": Number("learned reward after tuning"),
        "alarms": Number("alarms raised", "", 1),
    },
    settings={
        "steps": (100, 600), "taught": 250, "judgments": 800, "noise": 0.2, "generations": (12, 32),
        "rate": 3e-4, "beta": 0.1, "every": 5, "device": ("cpu", "auto"),
        "seeds": (5, 10),
    },
    extras="trl",
    caveat="One tiny model and one setting; rlhf has the arms and regimes that tell why.",
)  # fmt: skip

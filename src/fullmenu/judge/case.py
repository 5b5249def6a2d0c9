"""What is judged: one log, or two on one numbering of prompts; and how it is to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from fullmenu.cleaner import one_line
from fullmenu.errors import BadInput, NotEnoughData
from fullmenu.estimate import Margins
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.measures.registry import Measure, get
from fullmenu.pictures import name_of
from fullmenu.samples import Media, Samples
from fullmenu.text.tokens import count_words
from fullmenu.views.registry import Encoder, View, chosen, eyes

ENOUGH = 2_048
"""Outputs compared across prompts and read for most signals; of more, the first of each prompt."""

MOST_PLATES = 8_000
"""Plates grouped into dishes at most, all logs together; larger logs are thinned evenly."""

BESIDE = ("length", "caution", "score", "phrases", "openings", "outlines")
"""What is tested beside the verdict in every comparison of texts."""

Ints = NDArray[np.int64]
Progress = Callable[[str], None]

_KEYS = ("prompt_id", "output", "prompt", "model", "score", "time", "source")


@dataclass(frozen=True)
class OrderedLog:
    """One log in an order that depends on what it holds, its prompts numbered."""

    samples: Samples  # its rows; see :func:`in_order`
    outputs: list[str]  # its texts (of pictures and vectors: their places)
    prompts: list[str | None]
    groups: Ints  # (n,): prompt of each output, on the numbering that all logs of a case share
    name: str = "log"  # ``log``, ``before`` or ``after``
    label: str = "log"  # how the report calls it
    prompts_left_out: int = 0  # how many the other log does not have
    outputs_left_out: int = 0

    @cached_property
    def words(self) -> Ints:
        """How many words each output has, (n,)."""
        return count_words(self.outputs)

    def few(self) -> OrderedLog:
        """Return a few outputs of every prompt, where the log is large; its samples stay whole."""
        return self.at(few_of_each(self.groups))

    def plates(self, logs: int = 1) -> Ints:
        """Return the rows that are grouped into dishes, taken evenly, where so many logs are."""
        n, most = len(self.outputs), MOST_PLATES // logs
        return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)

    def at(self, rows: Ints) -> OrderedLog:
        """Return the outputs at these rows; its samples stay whole."""
        begin, end = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
        if end - begin == len(rows) and (rows[1:] == rows[:-1] + 1).all():
            outputs, prompts = self.outputs[begin:end], self.prompts[begin:end]
        else:
            outputs, prompts = ([x[i] for i in rows] for x in (self.outputs, self.prompts))
        return replace(self, outputs=outputs, prompts=prompts, groups=self.groups[rows])


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user asks for, as :func:`fullmenu.compare` explains it."""

    views: Sequence[str] | None = None
    margins: Margins | None = None
    encoder: Encoder | None = None
    ruler: str = ""
    measures: Sequence[str] = ()
    seed: int = 0
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged, and how."""

    logs: tuple[OrderedLog, ...]  # one, or before and after, cut to the prompts they share
    ids: list[str]  # prompt ids, in the shared numbering
    paired: bool  # whether the prompts are the same on both sides
    views: Sequence[View]  # what looks at the logs
    eyes: View | None  # tells dishes apart, its rows are kept; None: nobody asks for dishes
    measures: Sequence[Measure] = ()  # those asked for by name
    margins: Margins = field(default_factory=Margins)  # what counts as a change
    comparisons: int = 1  # pairs of logs judged together: the error rate is shared among them
    seed: int = 0  # for the random blocks of pairs
    tell: Progress = lambda step: None

    @property
    def media(self) -> Media:
        """What the logs hold."""
        return self.logs[0].samples.media

    @property
    def tests_beside(self) -> int:
        """How many tests stand beside the verdict and share an error rate of their own.

        Of texts the signals and lists that every comparison has, and one for each measure.
        """
        return (len(BESIDE) if self.media == "text" else 0) + len(self.measures)

    @property
    def alpha_beside(self) -> float:
        """The error rate of each of them."""
        return self.margins.alpha / max(self.tests_beside, 1)

    def called(self, prompt: int) -> str:
        """What a prompt is called in a sentence: by its text, or its id where it has none."""
        log = self.logs[0]
        texts = [log.prompts[row] for row in np.flatnonzero(log.groups == prompt)[-1:]]
        return f"“{one_line((texts and texts[0]) or self.ids[prompt], 60)}”"


def single(samples: Samples, label: str = "log", settings: Settings | None = None) -> Case:
    """Make a case of one log.

    Raises
    ------
    NotEnoughData
        It is empty.
    """
    refuse_if_empty(samples)
    samples = in_order(by_text([samples])[0])
    ids = samples.prompt_ids
    return _case((_numbered(samples, ids, "log", label),), ids, True, settings)


def refuse_if_empty(samples: Samples) -> None:
    """Refuse a log without outputs."""
    if not len(samples):
        raise NotEnoughData("the log holds no outputs, so there is nothing to check")


def pair(
    before: Samples,
    after: Samples,
    labels: Sequence[str] = ("before", "after"),
    settings: Settings | None = None,
) -> Case:
    """Make a case of two logs: one numbering of prompts, and only the prompts that both have.

    Where these are too few to judge, and each log has six prompts or more, all are kept, unpaired.

    Raises
    ------
    NotEnoughData
        One of them is empty.
    BadInput
        They do not hold the same: texts, pictures or vectors.
    """
    for name, samples in (("before", before), ("after", after)):
        if not isinstance(samples, Samples):
            raise BadInput(
                f"{name} is a {type(samples).__name__}, not Samples; use fm.read(path), or "
                "fm.Samples.of({prompt: outputs})"
            )
        if not len(samples):
            raise NotEnoughData(f"{name} holds no outputs, so there is nothing to compare")
    if before.media != after.media:
        raise BadInput(
            f"before holds {before.media}s and after {after.media}s: compare like with like"
        )
    before, after = map(in_order, by_text([before, after]))
    other = set(after.prompt_ids)
    shared = [p for p in before.prompt_ids if p in other]
    if not _judgeable(shared, before, after):
        shared = []
    ids = shared or list(dict.fromkeys([*before.prompt_ids, *after.prompt_ids]))
    logs = (_numbered(before, ids, "before", labels[0]), _numbered(after, ids, "after", labels[1]))
    return _case(logs, ids, bool(shared), settings)


def _judgeable(shared: list[str], *logs: Samples) -> bool:
    """Tell whether shared prompts can be judged, or leaving out the others gains nothing."""
    if len(shared) >= FIXED_PROMPTS or any(log.n_prompts < FIXED_PROMPTS for log in logs):
        return True
    sizes = [dict(zip(log.prompt_ids, np.bincount(log.groups), strict=True)) for log in logs]
    return any(min(size[p] for size in sizes) > 2 for p in shared)


def _case(
    logs: tuple[OrderedLog, ...], ids: list[str], paired: bool, settings: Settings | None
) -> Case:
    asked = settings or Settings()
    views = chosen(asked.views, logs[0].samples.media, asked.encoder, asked.ruler)
    measures = named(asked.measures, comparing=len(logs) > 1)
    case = Case(logs, ids, paired, views, eyes(views), measures, seed=asked.seed)
    if asked.margins:
        case = replace(case, margins=asked.margins)
    return replace(case, tell=asked.progress) if asked.progress else case


def named(names: Sequence[str], *, comparing: bool) -> list[Measure]:
    """Return the measures of these names.

    Raises
    ------
    UnknownName
        One of them is no measure; the error lists all.
    BadInput
        One judges a log against another, and there is only one; or needs more than a log holds.
    """
    measures = [get(name) for name in dict.fromkeys(names)]
    for m in measures:
        if m.against and not comparing:
            raise BadInput(
                f"{m.name} judges a log against a reference, and there is only one log; "
                "use fullmenu compare BEFORE AFTER, where BEFORE is the reference"
            )
        if m.needs:
            raise BadInput(
                f"{m.name} needs {' and '.join(m.needs)}, which a log does not hold; call "
                f"fm.measures.{m.name} in Python"
            )
    return measures


def _numbered(samples: Samples, ids: list[str], name: str, label: str) -> OrderedLog:
    number = {p: k for k, p in enumerate(ids)}
    groups = np.array([number.get(p, -1) for p in samples.prompt_ids], np.int64)[samples.groups]
    kept = groups >= 0
    prompts = sum(p not in number for p in samples.prompt_ids)
    if prompts:
        samples, groups = samples.take(kept), groups[kept]
    return OrderedLog(
        samples, samples.outputs, samples.prompts, groups, name, label, prompts, int((~kept).sum())
    )


def several_texts(samples: Samples) -> set[str]:
    """Return the prompt ids that stand for several prompt texts."""
    ids, texts = samples.groups, samples.codes("prompt")
    known = texts >= 0
    m = int(texts.max(initial=0)) + 1
    counts = np.bincount(np.unique(ids[known] * m + texts[known]) // m)
    several = np.flatnonzero(counts > 1)
    names = samples.prompt_ids if len(several) else []
    return {names[k] for k in several}


def by_text(logs: Sequence[Samples]) -> list[Samples]:
    """Tell prompts apart by id and text where one id stands for several texts.

    Ids of which every output has a text of its own, such as one that holds the time, stay as they
    are: nothing would be asked twice.

    Examples
    --------
    >>> from fullmenu.samples import Record
    >>> asked = ["Short: a fruit?", "Long: a fruit?"]
    >>> log = Samples.from_records(Record("fig", asked[n % 2], "fruit") for n in range(4))
    >>> by_text([log])[0].n_prompts
    2
    """
    several = set().union(*map(several_texts, logs))
    if not several:
        return [*logs]
    named = [list(zip(s.column("prompt_id"), s.prompts, strict=True)) for s in logs]
    outputs = Counter(name for names in named for name, _ in names if name in several)
    texts = Counter(name for name, _ in {x for names in named for x in names} if name in several)
    several = {name for name in several if outputs[name] >= 2 * texts[name]}
    return [
        samples.with_prompt_ids(
            f"{name} {_mark(text)}" if name in several else name for name, text in names
        )
        for samples, names in zip(logs, named, strict=True)
    ]


def named_alike(logs: Sequence[Samples]) -> list[Samples]:
    """Give a prompt one id in all logs: where ids differ, prompts of one text are one prompt.

    A text counts where it has one id in its log. Ids that logs share stay as they are.

    Examples
    --------
    >>> from fullmenu.samples import Record
    >>> before = Samples.from_records([Record("fig", "A fruit?", "q1")])
    >>> named_alike([before, Samples.of({"A fruit?": ["plum"]})])[1].prompt_ids
    ['q1']
    """
    known: set[str] = set()
    named: dict[str, str] = {}
    alike = []
    for log in logs:
        own = set(log.prompt_ids)
        if known and not own <= known:
            other = {
                here: named[text]
                for text, here in ids_by_text(log).items()
                if here not in known and named.get(text, here) not in own
            }
            if other:
                log = log.with_prompt_ids(other.get(i, i) for i in log.column("prompt_id"))
        known.update(log.prompt_ids)
        named = {**ids_by_text(log), **named}
        alike.append(log)
    return alike


def ids_by_text(samples: Samples) -> dict[str, str]:
    """Return the id of each prompt text that has one, and whose id stands for it alone."""
    pairs = set(zip(samples.column("prompt_id"), samples.prompts, strict=True))
    ids, texts = (Counter(column) for column in zip(*pairs, strict=True)) if pairs else ({}, {})
    return {text: i for i, text in pairs if text and ids[i] == texts[text] == 1}


def _mark(text: str | None) -> str:
    return blake2b((text or "").encode(), digest_size=3).hexdigest()


def in_order(samples: Samples) -> Samples:
    """Return the rows prompt by prompt, those of a prompt shuffled by a hash of their content
    (of pictures: by their names), so that no number depends on the order of a log.

    Whoever takes the first few outputs of a prompt thus takes a random few, and the same few
    however the log was sorted.

    Examples
    --------
    >>> a = Samples.of({"Fruit?": ["fig", "kiwi", "fig"], "Tree?": ["oak"]})
    >>> in_order(a).outputs == in_order(a.take([3, 2, 1, 0])).outputs
    True
    """
    order = samples.order_by(_KEYS)
    told = samples.table.select(["prompt_id", "output"]).take(order)
    ids, outputs = (column.to_pylist() for column in told.columns)
    keys = np.empty(len(ids), np.uint64)
    prompt = np.zeros(len(ids), np.int64)
    time = 0
    for i, (name, text) in enumerate(zip(ids, outputs, strict=True)):
        same = i > 0 and name == ids[i - 1]
        time = time + 1 if same and text == outputs[i - 1] else 0
        prompt[i] = prompt[i - 1] + (not same) if i else 0
        key = text if samples.media == "text" else name_of(text)
        digest = blake2b(f"{time}\0{name}\0{key}".encode(), digest_size=8).digest()
        keys[i] = int.from_bytes(digest, "little")
    return samples.take(order[np.lexsort((keys, prompt))])


def few_of_each(groups: Ints, most: int = ENOUGH) -> Ints:
    """Return rows of about ``most`` outputs, the first of every prompt, at least one of each.

    Enough where the prompts, not the outputs, decide how sure we are.

    >>> few_of_each(np.array([0, 0, 1, 1, 0]), 3).tolist()
    [0, 2]
    """
    if len(groups) <= most:
        return np.arange(len(groups))
    each = max(1, most // len(np.unique(groups)))
    return np.flatnonzero(_rank(groups) < each)


def first_of_each(before: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Return rows of as many outputs of each prompt as the side with fewer has.

    >>> [rows.tolist() for rows in first_of_each(np.array([0, 0, 0, 1]), np.array([1, 0, 0, 1]))]
    [[0, 1, 3], [0, 1, 2]]
    """
    n = max(int(before.max()), int(after.max())) + 1
    fewest = np.minimum(*(np.bincount(groups, minlength=n) for groups in (before, after)))
    rows = [np.flatnonzero(_rank(groups) < fewest[groups]) for groups in (before, after)]
    return rows[0], rows[1]


def _rank(groups: Ints) -> Ints:
    """Return the place of each output among those of its prompt."""
    order = np.argsort(groups, kind="stable")
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.searchsorted(groups[order], groups[order])
    return rank

"""What was understood of a log, and what it is enough for, before anything is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from fullmenu.judge.description import about
from fullmenu.judge.pipe import look_for
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.readers.reader import Way
from fullmenu.report.look.document import Example, FileFacts, Held, LookDocument, Use
from fullmenu.samples import Samples

SHOWN = 500
"""Characters of an example's prompt and output."""
_COUNTED = ("model", "finish_reason", "system_fingerprint", "parameters")
_RANGED = ("time", "score")


def previewed(samples: Samples, ways: Sequence[Way], label: str = "log") -> LookDocument:
    """Write down how a log was understood, what it holds, and what it is enough for.

    Parameters
    ----------
    samples, ways
        As :func:`fullmenu.readers.reader.read_with_ways` returns them.
    label
        How the document calls the log.
    """
    signs = look_for([samples], [label])
    return LookDocument(
        log=about(samples, label),
        files=[FileFacts(**way._asdict()) for way in ways[:100]],
        further=samples.further,
        held=_held(samples),
        examples=_examples(samples),
        pipe=[sign.check() for sign in signs],
        uses=_uses(samples, any(sign.name == "identical outputs" for sign in signs)),
    )


def _held(samples: Samples) -> list[Held]:
    found = []
    for name in (*_RANGED, *_COUNTED, "logprobs", "calls", "call_id"):
        values = [value for value in samples.column(name) if value is not None]
        if not values:
            continue
        shown = ""
        if name in _RANGED:
            shown = " to ".join(
                f"{end:%Y-%m-%d %H:%M}" if name == "time" else f"{end:g}"
                for end in (min(values), max(values))
            )
        elif name in _COUNTED:
            most = Counter(values).most_common(4)
            shown = ", ".join(f"{value} ({n:,})" for value, n in most[:3])
            shown += " …" if len(most) > 3 else ""
        found.append(Held(name=name, outputs=len(values), shown=shown))
    return found


def _examples(samples: Samples) -> list[Example]:
    """Return the first output of the first prompt, of one in the middle and of the last."""
    groups = samples.groups
    n = samples.n_prompts
    found = []
    for prompt in dict.fromkeys((0, n // 2, n - 1)):
        (row,) = samples.take([int(np.argmax(groups == prompt))]).table.to_pylist()
        asked = row["prompt"] if row["prompt"] is not None else row["prompt_id"]
        found.append(Example(prompt=asked[:SHOWN], output=row["output"][:SHOWN]))
    return found


def _uses(samples: Samples, copies: bool) -> list[Use]:
    per_prompt = np.bincount(samples.groups)
    twice, n = int((per_prompt > 1).sum()), len(per_prompt)
    several = f"{twice:,} of {n:,} prompts have two outputs or more"
    within = twice >= FIXED_PROMPTS
    across = n >= FIXED_PROMPTS
    few = "" if within or not twice else "; that tells of these prompts only"
    watched = bool(twice) or across
    return [
        Use(
            purpose="within",
            enough=twice > 0 and not copies,
            why=f"{several}{few}" + ("; they are copies" if copies else ""),
        ),
        Use(
            purpose="across",
            enough=across,
            why=f"{n:,} prompts" + ("" if across else f"; {FIXED_PROMPTS} are needed"),
        ),
        Use(
            purpose="watch",
            enough=watched,
            why=(several if twice else f"{n:,} prompts, compared with each other")
            if watched
            else f"{several}; give two of a prompt, or one of {FIXED_PROMPTS} prompts",
        ),
    ]

"""The user's scorer: is an output right? By a function, a pattern, a schema or a judge."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

import numpy as np

from fullmenu.errors import BadInput, extra
from fullmenu.estimate import Estimate
from fullmenu.sampling.functions import Function
from fullmenu.sampling.request import Prompt, Target
from fullmenu.sampling.run import sample
from fullmenu.stats.proportion import share

Score = float | None


class Scorer(Protocol):
    """What gives outputs scores: higher is better."""

    @property
    def about(self) -> str:
        """What a report calls it."""

    def scores(self, outputs: Sequence[str], prompts: Sequence[str | None]) -> list[Score]:
        """Return a score for each output; ``None`` where there is none."""

    def errors(self) -> Mapping[str, Estimate]:
        """Return how often the scorer itself errs, by name; empty where it does not."""


@dataclass(frozen=True)
class FunctionScorer:
    """A function of an output, or of an output and its prompt.

    Parameters
    ----------
    function
        It returns a number or a truth value; ``None`` where it has no score.
    about
        What a report calls it.
    takes_prompt
        Whether it is given the prompt too.
    """

    function: Callable[..., Any]
    about: str
    takes_prompt: bool = False

    def scores(self, outputs: Sequence[str], prompts: Sequence[str | None]) -> list[Score]:
        """Return a score for each output."""
        found: list[Score] = []
        for output, prompt in zip(outputs, prompts, strict=True):
            score = self.function(output, prompt) if self.takes_prompt else self.function(output)
            try:
                value = None if score is None else float(score)
            except (TypeError, ValueError):
                value = float("nan")
            if value is not None and not np.isfinite(value):
                raise BadInput(
                    f"the scorer {self.about} gave {score!r} for {output[:60]!r}; give a finite "
                    "number, True or False, or None for no score"
                )
            found.append(value)
        return found

    def errors(self) -> Mapping[str, Estimate]:
        """Return nothing: a function does not contradict itself."""
        return {}


def pattern_scorer(pattern: str) -> FunctionScorer:
    """Return a scorer that gives 1 where a regular expression is found, and 0 elsewhere.

    Raises
    ------
    BadInput
        It is no regular expression.

    Examples
    --------
    >>> pattern_scorer("fig|kiwi").scores(["a fig", "soup"], [None, None])
    [1.0, 0.0]
    """
    try:
        known = re.compile(pattern)
    except re.error as error:
        raise BadInput(f"{pattern!r} is no regular expression: {error}") from error
    return FunctionScorer(lambda output: known.search(output) is not None, f"matches {pattern}")


def schema_scorer(schema: Mapping[str, Any]) -> FunctionScorer:
    """Return a scorer that gives 1 where an output is JSON that a schema allows, and 0 elsewhere.

    The whole output must be the JSON, as a program reads it: a code fence around it is not.

    Raises
    ------
    BadInput
        It is no JSON Schema.
    MissingExtra
        jsonschema is not installed.

    Examples
    --------
    >>> fruit = {"type": "object", "required": ["fruit"]}
    >>> schema_scorer(fruit).scores(['{"fruit": "fig"}', "fig"], [None, None])
    [1.0, 0.0]
    """
    with extra("JSON Schemas", "stress"):
        import jsonschema

    kind = jsonschema.validators.validator_for(schema)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise BadInput(f"this is no JSON Schema: {error.message}") from error
    valid = kind(schema)

    def fits(output: str) -> bool:
        try:
            return bool(valid.is_valid(json.loads(output)))
        except ValueError:
            return False

    return FunctionScorer(fits, "fits the JSON Schema")


_ASKS = """Here is a request, and an answer to it.

Request:
{prompt}

Answer:
{output}

Question: {question}
Reply with one word, {first} or {second}."""
_SAYS = re.compile(r"\b(yes|no)\b", re.I)


@dataclass
class JudgeScorer:
    """A model that is asked a question about each output; see :func:`judge_scorer`."""

    target: Target | Function
    question: str
    again: int = 60
    seed: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    _errors: dict[str, Estimate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.about = self.about or f"a judge asked: {self.question}"

    def scores(self, outputs: Sequence[str], prompts: Sequence[str | None]) -> list[Score]:
        """Return 1 for yes, 0 for no, ``None`` for neither; some outputs are judged three times."""
        rng = Random(self.seed)
        orders = [rng.random() < 0.5 for _ in outputs]
        some = sorted(rng.sample(range(len(outputs)), min(self.again, len(outputs))))
        asked = [
            *((i, orders[i], "first") for i in range(len(outputs))),
            *((i, orders[i], "again") for i in some),
            *((i, not orders[i], "swapped") for i in some),
        ]
        questions = [
            Prompt(
                _ASKS.format(
                    prompt=prompts[i] or "(not known)",
                    output=outputs[i] or "(empty)",
                    question=self.question,
                    first="yes" if yes_first else "no",
                    second="no" if yes_first else "yes",
                ),
                f"{i} {time}",
            )
            for i, yes_first, time in asked
        ]
        said = sample(questions, self.target, 1, parameters=self.parameters)
        judged = dict(zip(said.column("prompt_id"), map(_word, said.outputs), strict=True))
        self._note([(judged.get(f"{i} first"), judged.get(f"{i} again"),
                     judged.get(f"{i} swapped"), orders[i]) for i in some])  # fmt: skip
        return [judged.get(f"{i} first") for i in range(len(outputs))]

    def errors(self) -> Mapping[str, Estimate]:
        """Return how often it contradicted itself: asked again, and with the options swapped."""
        return self._errors

    def _note(self, times: Sequence[tuple[Score, Score, Score, bool]]) -> None:
        again = [float(a != b) for a, b, _, _ in times if a is not None and b is not None]
        swapped = [float(a != c) for a, _, c, _ in times if a is not None and c is not None]
        if len(again) > 1:
            self._errors["asked again, it says otherwise"] = share(again)
        if len(swapped) > 1:
            self._errors["with the options swapped, it says otherwise"] = share(swapped)


def _word(text: str) -> Score:
    said = {word.lower() for word in _SAYS.findall(text)}
    return float(said == {"yes"}) if len(said) == 1 else None


def judge_scorer(
    target: Target | Function,
    question: str,
    *,
    again: int = 60,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
) -> JudgeScorer:
    """Return a scorer that asks a model a question about each output: 1 for yes, 0 for no.

    The judge reads the prompt as it is, never its shifted version, so that it does not know which
    outputs are from outside. The order of the two options is drawn for each output.

    Parameters
    ----------
    target
        The judge: ``fm.endpoint(…)``, or a function of a text.
    question
        A question that yes or no answers, yes being good: "Is the answer correct?".
    again
        Outputs that are judged twice more, once in the same words and once with the options
        swapped: how often the judge contradicts itself is told with the scores.
    seed
        For the orders, and for which outputs are judged again.
    parameters
        Of the requests, such as ``{"temperature": 0}``.

    Examples
    --------
    >>> judge = judge_scorer(lambda text: "yes" if "Answer:\\nfig" in text else "no", "A fruit?")
    >>> judge.scores(["fig", "soup"], ["Name a fruit.", "Name a fruit."])
    [1.0, 0.0]
    >>> [error.value for error in judge.errors().values()]
    [0.0, 0.0]
    """
    return JudgeScorer(target, question, again, seed, dict(parameters or {}))


def scorer_of(given: Scorer | Callable[..., Any]) -> Scorer:
    """Return a scorer as it is, and a function as one; of two parameters the second is the prompt.

    Raises
    ------
    BadInput
        It is neither.
    """
    import inspect

    if hasattr(given, "scores") and hasattr(given, "errors"):
        return given  # type: ignore[return-value]
    if not callable(given):
        raise BadInput(f"a scorer is a function of an output, not {type(given).__name__}")
    try:
        taken = inspect.signature(given).parameters.values()
    except ValueError:
        taken = {}.values()
    needed = [
        p for p in taken
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    return FunctionScorer(given, getattr(given, "__name__", "the scorer"), len(needed) > 1)

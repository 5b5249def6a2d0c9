"""Prompts from what Python holds, and from files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from fullmenu.errors import BadInput
from fullmenu.samples import Samples
from fullmenu.sampling.request import Prompt
from fullmenu.text.chat import is_conversation, is_own
from fullmenu.text.encoding import unquote
from fullmenu.text.json_values import Object, is_list, is_object

Prompts: TypeAlias = "str | Path | Samples | Mapping[str, Any] | Iterable[Any]"

ASKED = (
    "messages", "prompt", "question", "instruction", "query", "user_prompt", "prompt_text", "input",
    "text", "content", "problem",
)  # fmt: skip
"""Fields of a record that hold what is asked, likeliest first."""
NAMED = ("prompt_id", "id", "question_id", "task_id", "custom_id", "key")
"""Fields that name a prompt."""
LONGEST = 1 << 26
"""Bytes of a file of prompts that are read."""


def prompts_of(source: Prompts) -> list[Prompt]:
    """Return the prompts in what is given, each once, in their order.

    Parameters
    ----------
    source
        A path: JSONL, JSON or plain text, a prompt a line. Or a list of texts, of conversations, of
        records or of :class:`Prompt`; a dict of ids to any of these; or samples, whose prompts are
        asked again.

    Raises
    ------
    BadInput
        There is no prompt, or one id names two prompts.

    Examples
    --------
    >>> [p.prompt_id for p in prompts_of(["A fruit?", "A tree?", "A fruit?"])]
    ['A fruit?', 'A tree?']
    >>> prompts_of({"fruit": "Name a fruit."})[0].text
    'Name a fruit.'
    """
    if isinstance(source, (str, Path)):
        given = _of_file(Path(source))
    elif isinstance(source, Samples):
        given = _of_samples(source)
    elif isinstance(source, Mapping):
        given = (_prompt(asked, str(name)) for name, asked in source.items())
    else:
        given = (_prompt(asked, "") for asked in source)
    known: dict[str, Prompt] = {}
    for prompt in given:
        other = known.setdefault(prompt.prompt_id, prompt)
        if other.text != prompt.text:
            raise BadInput(
                f"two prompts are called {prompt.prompt_id!r}: {other.text[:60]!r} and "
                f"{prompt.text[:60]!r}; give each an id of its own"
            )
    if not known:
        raise BadInput("no prompt was given; write one a line, or one JSON object a line")
    return list(known.values())


def _of_samples(samples: Samples) -> Iterator[Prompt]:
    ids = samples.table.column("prompt_id").to_pylist()
    for name, text in dict(zip(ids, samples.prompts, strict=True)).items():
        if text is None:
            raise BadInput(f"the samples do not say what the prompt {name!r} asks; give its text")
        yield Prompt(text, name)


def _of_file(path: Path) -> Iterator[Prompt]:
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise BadInput(f"cannot read the prompts in {path}: {error.strerror}") from error
    if len(data) > LONGEST:
        raise BadInput(f"{path} is larger than {LONGEST:,} bytes; give fewer prompts at once")
    text = data.decode("utf-8-sig", "replace")
    if path.suffix == ".json" or text.lstrip().startswith("["):
        try:
            held = json.loads(text)
        except ValueError as error:
            raise BadInput(f"{path} is no JSON: {error}") from error
        if is_object(held) and all(isinstance(one, str) for one in held.values()):
            yield from (_prompt(one, str(name)) for name, one in held.items())
            return
        records = held if is_list(held) else [held]
        yield from (_prompt(one, "", f"record {n} of {path}") for n, one in enumerate(records, 1))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _prompt(_read(line, path, number), "", f"line {number} of {path}")


def _read(line: str, path: Path, number: int) -> Any:
    if path.suffix == ".txt" or line.lstrip()[:1] not in ("{", "[", '"'):
        return line.strip()
    try:
        return json.loads(line)
    except ValueError as error:
        raise BadInput(f"line {number} of {path} is no JSON: {error}") from error


def _prompt(asked: Any, name: str, place: str = "a prompt") -> Prompt:
    if isinstance(asked, Prompt):
        return asked
    if isinstance(asked, str):
        return Prompt(asked, name)
    if is_list(asked) and is_conversation(asked):
        return Prompt(_asked_in(asked), name)
    if not is_object(asked):
        raise BadInput(f"{place} is {type(asked).__name__}: give a text, messages or a record")
    field = next((f for f in ASKED if asked.get(f)), None)
    if field is None:
        raise BadInput(
            f"{place} has no field for what is asked, only {', '.join(map(str, [*asked][:8]))}; "
            f"name it {', '.join(ASKED[:5])} …"
        )
    named = next((str(asked[f]) for f in NAMED if asked.get(f) is not None), name)
    turns = unquote(asked[field])
    if not (is_list(turns) and is_conversation(turns)):
        if not isinstance(turns, str):
            raise BadInput(f"{place}: the field {field!r} is neither a text nor messages")
        turns = [{"role": "user", "content": turns}]
    if isinstance(system := asked.get("system"), str):
        turns = [{"role": "system", "content": system}, *turns]
    return Prompt(_asked_in(turns), named, _further(asked))


def _further(asked: Object) -> Object:
    """Return the short values beside what is asked, which the samples carry; none of samples."""
    if "output" in asked or "response" in asked:
        return {}
    known = {*ASKED, *NAMED, "system"}
    return {
        name: value
        for name, value in asked.items()
        if name not in known
        and (
            isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= 100)
        )
    }


def _asked_in(turns: Sequence[object]) -> list[Object]:
    """Return the turns of a conversation without the model's answer at its end."""
    objects = [turn for turn in turns if is_object(turn)]
    while objects and is_own(objects[-1]):
        objects.pop()
    return objects

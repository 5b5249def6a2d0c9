"""Thoughts that stand in a text before its answer, as models and their servers write them."""

from __future__ import annotations

import re

_TAGS = "think|thinking|thought|reasoning|seed:think"
_PAIRS = (
    rf"<(?P<tag>{_TAGS})>(?P<a>.*?)(?:</(?P=tag)>|\Z)",
    r"\[THINK\](?P<b>.*?)(?:\[/THINK\]|\Z)",
    r"◁think▷(?P<c>.*?)(?:◁/think▷|\Z)",
    r"<\|begin_of_thought\|>(?P<d>.*?)(?:<\|end_of_thought\|>|\Z)",
    r"<unused94>(?P<e>.*?)(?:<unused95>|\Z)",
)
_BLOCK = re.compile(rf"\s*(?:{'|'.join(_PAIRS)})", re.DOTALL)
_END = re.compile(
    r"(?<!`)(?:</(?:think|thinking|seed:think)>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>)"
)
"""The end of thoughts whose opening tag was in the prompt's template."""
_ENDS = ("</think", "</seed:think>", "[/THINK]", "◁/think▷", "<|end_of_thought|>")
_BEGIN = re.compile(rf"<(?:{_TAGS})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>")
_BARE = re.compile(r"analysis(?=\S)(.*?)assistantfinal(?=\S)", re.DOTALL)
"""Channels of which the special tokens were taken out."""
_CHANNEL = re.compile(
    r"(?:<\|start\|>[^<]*)?<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
    r"(.*?)(?=<\|start\|>|<\|channel\|>|<\|end\|>|<\|return\|>|<\|call\|>|\Z)"
    r"(?:<\|end\|>|<\|return\|>|<\|call\|>)?",
    re.DOTALL,
)
_FRAME = re.compile(r"<\|(?:begin|end)_of_solution\|>")


def apart(text: str) -> tuple[str, str | None] | None:
    """Return a text's thoughts and its answer; ``None`` where it begins with no thoughts.

    Parameters
    ----------
    text
        With its thoughts first: in tags (``<think>`` and its like, also where the opening one is
        missing), or in channels (``<|channel|>analysis``).

    Returns
    -------
    tuple or None
        The answer is ``None`` where the text ends in thoughts.

    Examples
    --------
    >>> apart("<think>Hm.</think>\\n\\nA fig."), apart("Hm.\\n</think>\\nA fig.")
    (('Hm.', 'A fig.'), ('Hm.', 'A fig.'))
    >>> apart("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"
    ...       "<|channel|>final<|message|>A fig.<|return|>")
    ('Hm.', 'A fig.')
    >>> apart("<think>Hm, let me"), apart("A fig.")
    (('Hm, let me', None), None)
    """
    if not (may_hold(text) or text.startswith(("ana", "[THINK"))):
        return None
    if "<|channel|>" in text:
        return _channels(text)
    if bare := _BARE.match(text):
        return bare[1].strip(), text[bare.end() :].strip() or None
    thoughts: list[str] = []
    at = 0
    while block := _BLOCK.match(text, at):
        thoughts.append(next((found for name in "abcde" if (found := block[name])), "").strip())
        at = block.end()
    if not at:
        if not any(mark in text for mark in _ENDS):
            return None
        if not (end := _END.search(text)) or _BEGIN.search(text, 0, end.start()):
            return None
        thoughts, at = [text[: end.start()].strip()], end.end()
    return "\n\n".join(thoughts), _FRAME.sub("", text[at:]).strip() or None


def may_hold(text: str) -> bool:
    """Tell whether a text may hold thoughts anywhere but at its beginning.

    >>> may_hold("a fig"), may_hold("Hm.</think> a fig")
    (False, True)
    """
    return "<" in text or "[/THINK]" in text or "◁" in text


def _channels(text: str) -> tuple[str, str | None] | None:
    found = [(channel, part.strip()) for channel, part in _CHANNEL.findall(text)]
    if not found or text[: text.index("<|channel|>")].removeprefix("<|start|>assistant").strip():
        return None
    thoughts = "\n\n".join(part for channel, part in found if channel != "final")
    answer = "\n\n".join(part for channel, part in found if channel == "final")
    return thoughts, answer or None

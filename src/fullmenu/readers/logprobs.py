"""Log-probabilities of an output's tokens, in the shapes in which servers write them."""

from __future__ import annotations

from collections.abc import Sequence

from fullmenu.readers.ledger import Ledger
from fullmenu.text.encoding import unquote

_ABOVE = 1e-4  # rounding on the server
_UNKNOWN = -9_998.0  # OpenAI writes -9999 for a token beyond the twenty likeliest
_LEFT_OUT = "log-probabilities left out: not one number of at most 0 for each token"


def logprobs(value: object, log: Ledger) -> list[float] | None:
    """Return the log-probabilities of the sampled tokens; ``None``, and a remark, if malformed.

    >>> logprobs([-0.5, -1], Ledger()), logprobs({"content": [{"logprob": -0.5}]}, Ledger())
    ([-0.5, -1.0], [-0.5])
    >>> logprobs({"tokens": ["fig"], "token_logprobs": [-0.5]}, Ledger())
    [-0.5]
    """
    if value is None or value == "":
        return None
    tokens = _tokens(unquote(value))
    if tokens is None:
        return None
    try:
        if not isinstance(tokens, list):
            raise TypeError
        found = [_number(token) for token in tokens]
    except (TypeError, ValueError, OverflowError):
        log.remark(_LEFT_OUT)
        return None
    return found or None


def of_outputs(value: object, outputs: int, log: Ledger) -> list[list[float] | None]:
    """Return the log-probabilities of each of a record's outputs.

    >>> of_outputs([[-0.5], [-1]], 2, Ledger()), of_outputs([-0.5, -1], 1, Ledger())
    ([[-0.5], [-1.0]], [[-0.5, -1.0]])
    """
    value = unquote(value)
    if isinstance(value, list) and len(value) == outputs and all(map(_is_of_output, value)):
        return [logprobs(one, log) for one in value]
    if outputs == 1:
        return [logprobs(value, log)]
    if value is not None:
        log.remark(_LEFT_OUT)
    return [None] * outputs


def _tokens(value: object) -> object:
    if isinstance(value, dict):  # a choice's logprobs, of a chat or of a plain completion
        names = ("content", "token_logprobs", "refusal")
        return next((value[name] for name in names if value.get(name) is not None), None)
    return value


def _number(token: object) -> float:
    if isinstance(token, list):  # SGLang: log-probability, id, text
        token = token[0] if token else None
    elif isinstance(token, dict):
        if "logprob" not in token and len(token) == 1:  # vLLM: {id: {"logprob": …, "rank": …}}
            (token,) = token.values()
        token = token["logprob"] if isinstance(token, dict) and "logprob" in token else token
    if isinstance(token, bool) or not isinstance(token, (int, float)):
        raise TypeError
    if not _UNKNOWN < token <= _ABOVE:
        raise ValueError
    return min(float(token), 0.0)


def _is_of_output(value: object) -> bool:
    """Tell a whole output's log-probabilities from those of one token."""
    if isinstance(value, dict):
        return "content" in value or "token_logprobs" in value
    return value is None or (isinstance(value, list) and not _is_triple(value))


def _is_triple(value: Sequence[object]) -> bool:
    return len(value) == 3 and isinstance(value[1], int) and not isinstance(value[2], (int, float))

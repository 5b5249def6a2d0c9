"""A fixed format around a free part: JSON, code, XML, a letter, a table.

Each log has 30 prompts × 10 outputs; the free part is two made-up words of 60 × 100 (in the letter
a sentence with them). After, a share of each prompt's outputs has the prompt's own two words; or
nothing changed. "Loss" is `narrowed` or `collapsed`. Prose has no fixed part at all.

Run: python benchmarks/premises_boilerplate.py [logs a row]
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable

from fullmenu import compare
from fullmenu.samples import Samples
from table import Table

LOST = ("narrowed", "collapsed")
PROMPTS, OUTPUTS = 30, 10


def _words(seed: int, n: int) -> list[str]:
    rng = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    return ["".join(rng.choices(syllables, k=rng.choice((2, 3)))) for _ in range(n)]


FIRST, SECOND = _words(1, 60), _words(2, 100)


def _json(indent: int | None) -> Callable[[str], str]:
    def filled(dish: str) -> str:
        request = {"locale": "en", "units": "metric", "audience": "family"}
        result = {"dish": dish, "confidence": 0.9, "servings": 4, "language": "en"}
        fixed = {"status": "ok", "type": "recipe", "model": "kitchen", "version": 2}
        return json.dumps({**fixed, "request": request, "result": result}, indent=indent)

    return filled


def _shuffled(dish: str) -> str:
    fields = [(k, k.upper()) for k in ("status", "type", "model", "units")]
    fields += [("dish", dish), ("servings", "FOUR")]
    random.Random(dish).shuffle(fields)
    return json.dumps(dict(fields))


def _code(dish: str) -> str:
    return (
        'def prepare(order, kitchen):\n    """Prepare an order."""\n    if order is None:\n'
        "        return None\n    result = []\n    for item in order.items:\n"
        f"        result.append(kitchen.{dish.replace(' ', '_')}(item))\n"
        '    log.info("done")\n    return result\n'
    )


def _xml(dish: str) -> str:
    return (
        "<reply>\n  <status>ok</status>\n  <type>recipe</type>\n  <locale>en</locale>\n"
        f"  <dish>{dish}</dish>\n  <servings>4</servings>\n  <units>metric</units>\n</reply>"
    )


def _letter(dish: str) -> str:
    a, b = dish.split()
    return (
        "Dear customer,\n\nthank you for your message. We are sorry that you had to wait, and will "
        f"do our best to help you.\n\n{a.capitalize()} goes with {b}, as {a}ers of {b}land say.\n\n"
        "Should you have further questions, please write to us again.\n\nKind regards,\nYour team"
    )


def _table(dish: str) -> str:
    a, b = dish.split()
    return (
        "| Field | Value |\n| --- | --- |\n| Status | ok |\n| Kind | recipe |\n| Servings | 4 |\n"
        f"| Dish | {a} |\n| Side | {b} |\n| Language | English |"
    )


FORMS: dict[str, Callable[[str], str]] = {
    "JSON, pretty": _json(2),
    "JSON, compact": _json(None),
    "JSON, fields shuffled": _shuffled,
    "code": _code,
    "XML": _xml,
    "letter": _letter,
    "markdown table": _table,
}


def _log(rng: random.Random, form: Callable[[str], str], same: float) -> Samples:
    def dish() -> str:
        return f"{rng.choice(FIRST)} {rng.choice(SECOND)}"

    served = {}
    for k in range(PROMPTS):
        own = dish()
        dishes = [own if rng.random() < same else dish() for _ in range(OUTPUTS)]
        served[f"Dish {k}?"] = [form(x) for x in dishes]
    return Samples.of(served)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    table = Table(f"a fixed format around a free part: share of losses in {n} pairs of logs")
    for name, form in FORMS.items():
        for same in (0.0, 0.7, 1.0):
            lost = 0
            for seed in range(n):
                rng = random.Random(f"{name} {same} {seed}")
                report = compare(_log(rng, form, 0), _log(rng, form, same))
                lost += report.verdict in LOST
            rate = lost / n
            good, target = (rate >= 0.95, "≥ .95") if same else (rate <= 0.05, "≤ .05")
            error = (rate * (1 - rate) / n) ** 0.5
            table.add(f"{name}, {same:.0%} the same", f"{rate:.3f} ± {error:.3f}", target, good)
            print(f"{name}, {same:.0%} the same: {rate:.3f}", file=sys.stderr, flush=True)
    table.show()


if __name__ == "__main__":
    main()

"""Known answers at the limits: one text for everything, a dose of randomness, length alone.

Run: python benchmarks/limits.py
"""

from __future__ import annotations

from fullmenu import check, compare
from fullmenu.measures import hill
from fullmenu.samples import Samples
from real import alpaca_eval, random_numbers
from table import Table

LENGTHS = ("gpt4_0613_concise", "gpt4_0613", "gpt4_0613_verbose")
OTHERS = ("gpt4_0613", "claude-2", "phi-2", "zephyr-7b-beta", "gpt-4o-2024-05-13")


def main() -> None:
    null_model()
    lengths()
    temperatures()


def null_model() -> None:
    table = Table("NullModel: the same text 805 times")
    null = alpaca_eval("NullModel")
    views = check(null).document["views"]
    for name, view in views.items():
        for key in ("repeat_rate", "effective_number"):
            value = view["across"][key]["value"]
            table.add(f"{name} {key}", repr(value), "exactly 1.0", value == 1.0)
    for model in OTHERS:
        report = compare(alpaca_eval(model), null)
        ratio = report.document["views"]["phrasing"]["ratio"]["value"]
        table.add(
            f"{model} → NullModel", f"{report.verdict}, ratio {ratio:.3f}", "collapsed",
            report.verdict == "collapsed",
        )  # fmt: skip
    table.show()


def lengths() -> None:
    table = Table("gpt4_0613 concise, default, verbose: length alone is no collapse")
    logs = {name: alpaca_eval(name) for name in LENGTHS}
    for first, second in [(0, 1), (1, 2), (0, 2), (1, 0), (2, 1), (2, 0)]:
        names = LENGTHS[first], LENGTHS[second]
        report = compare(*(logs[n] for n in names))
        words = [report.document["signals"]["length"][s]["value"] for s in ("before", "after")]
        for view, block in report.document["views"].items():
            at = block["across"]
            raw, fair = at["raw"]["ratio"]["value"], at["length_matched"]
            matched = f", matched {fair['ratio']['value']:.2f}" if fair else ""
            table.add(
                f"{names[0][10:] or 'default'} → {names[1][10:] or 'default'} "
                f"({words[0]:.0f} → {words[1]:.0f} words) {view}",
                f"{at['verdict']}: as it is {raw:.2f}{matched}",
                "not collapsed",
                at["verdict"] != "collapsed",
            )
    table.show()


def temperatures() -> None:
    from scipy.stats import spearmanr

    table = Table("GPT-3.5 Turbo, a number from 1 to 100: effective number by temperature")
    numbers = []
    for heat, answers in random_numbers().items():
        report = check(Samples.of({"A number from 1 to 100": answers}), views=["phrasing"])
        rate = report.document["views"]["phrasing"]["within"]["effective_number"]
        counts = [answers.count(a) for a in set(answers)]
        dishes = hill(counts).value
        numbers.append((heat, rate["value"], dishes))
        table.add(f"T={heat:.1f}", f"{rate['value']:.2f} (as labels {dishes:.2f})")
    heats, phrasing, labels = zip(*numbers, strict=True)
    for what, values in (("phrasing", phrasing), ("labels", labels)):
        rho = float(spearmanr(heats, values).statistic)
        table.add(f"Spearman with temperature, {what}", f"{rho:.4f}", "≥ 0.99", rho >= 0.99)
        table.add(f"at T=0, {what}", repr(values[0]), "1.0", values[0] == 1.0)
    table.show()


if __name__ == "__main__":
    main()

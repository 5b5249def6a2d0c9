"""What the words of a page mean: shown at a word, and as a list that travels with the page."""

from __future__ import annotations

GLOSSARY = {
    "answer": (
        "Outputs that say the same, in whatever words, are one answer. The view of that name tells "
        "answers apart by the sense of their words."
    ),
    "effective number": (
        "How many equally likely answers would repeat themselves as often: 1 divided by the "
        "repeat rate. 1 means that the model says one thing only."
    ),
    "repeat rate": (
        "Ask the model the same thing twice: how likely is it to give the same answer? 0 means "
        "never, 1 means always. Two answers that are partly alike count in part."
    ),
    "interval": (
        "In brackets: the true number lies between these two with the chance that the method "
        "names, mostly 95 %. Where it is wide, more outputs or prompts make it narrower."
    ),
    "same prompt": (
        "Variety among the outputs to one prompt: ask again, and see whether something else comes."
    ),
    "different prompts": (
        "Variety between outputs to different prompts: does it say everything in the same way?"
    ),
    "view": (
        "What two outputs are compared by. Of texts: phrasing, outline and answer. A loss in one "
        "view is a loss, whatever the others say."
    ),
    "phrasing": "A view: outputs are alike as far as they share words and pairs of words.",
    "outline": (
        "A view: outputs are alike as far as they share headings, lists, paragraphs and the rhythm "
        "of their sentences."
    ),
    "matched lengths": (
        "Longer outputs share more words by themselves. Where lengths changed, outputs are cut so "
        "that both sides are as long, and a loss must be there as well."
    ),
    "margin": (
        "How much counts as a change, set before looking. Collapsed: less than half is left. "
        "Narrowed: surely less, by a tenth or more. Held: the same within a fifth. Unclear: give "
        "more outputs or prompts."
    ),
    "signal": (
        "Something measured beside the verdict, such as length, refusals or scores. It helps to "
        "see why variety changed, and never changes the verdict."
    ),
    "pipeline": (
        "What lies between the model and the log: server, cache, templates, filters, export. It "
        "can make outputs alike though the model did not change."
    ),
    "visit": "One prompt, with the outputs that were given to it at one time.",
    "baseline": "The outputs from before, which the watch compares with.",
    "band": (
        "In brackets: the true number lies between these two, whenever one looks. It holds for all "
        "moments at once, and so it is wider than an interval."
    ),
    "alarm": (
        "Something changed for the worse, and chance alone does so rarely: once in the number of "
        "visits that the watch was set to. Read what it names, then acknowledge it or repair it."
    ),
    "score": "What was optimised, or what is easy to measure.",
    "intention": "What was wanted, measured in a way that was not optimised.",
    "gap": "How far the intention fell behind, in its own unit.",
    "null": "What the gap would be if nothing were wrong.",
    "experiment": (
        "Something is made to happen whose answer is known, to see whether the instrument sees it."
    ),
    "arm": "One way of running an experiment; all arms are alike but for what the arm names.",
    "seed": (
        "One repetition with its own random numbers. A mean over seeds comes with half its 95 % "
        "interval."
    ),
    "claim": (
        "What the experiment must show, with the mark that passes. Below it stand what it cannot "
        "show, and its history: what it was at first, and on which seeds that failed."
    ),
}
"""Terms with what they mean, in the order in which a page lists those that it uses."""

_RATES = ("answer", "effective number", "repeat rate")
_VIEWS = ("view", "phrasing", "outline")
REPORT = (*_RATES, "interval", "same prompt", "different prompts", *_VIEWS, "matched lengths",
          "margin", "signal", "pipeline")  # fmt: skip
WATCH = (*_RATES, "visit", "baseline", "band", "alarm", "same prompt", "different prompts",
         *_VIEWS, "signal", "pipeline")  # fmt: skip
FINDINGS = ("score", "intention", "gap", "null", "interval")
LAB = (*_RATES, "experiment", "arm", "seed", "claim")

"""Make the counts of human turns of phrase in ``src/fullmenu/text/human_turns``.

Run ``python tools/human_turns.py human_profile.json``: the file of that name in ``data/`` of
https://github.com/sam-paech/slop-score at commit 289264ab (MIT; `NOTICE` beside the counts). It
counts runs of three words in 177,477 English texts by people, mostly short stories. Words that
only carry grammar were left out first, and anything that is not letters alone; the 200 commonest
runs are in the file. So of any other run it is known that people used it at most as often as the
last of these. No text is in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LEFT_OUT = """
i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her
hers herself it its itself they them their theirs themselves what which who whom this that these
those am is are was were be been being have has had having do does did doing a an the and but if or
because as until while of at by for with about against between into through during before after
above below to from up down in out on off over under again further then once here there when where
why how all any both each few more most other some such no nor not only own same so than too very
s t can will just don should now d ll m o re ve y ain aren couldn didn doesn hadn hasn haven isn ma
mightn mustn needn shan shouldn wasn weren won wouldn
"""
"""The words that were left out before counting: the English stop words of NLTK (Apache-2.0)."""


def main() -> None:
    """Write the counts."""
    (profile,) = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).values()
    turns = {x["ngram"]: x["frequency"] for x in profile["top_trigrams"]}
    left_out = sorted(LEFT_OUT.split())
    assert not {word for turn in turns for word in turn.split()} & set(left_out)
    counts = {
        "texts": profile["num_texts_analyzed"],
        "characters": round(profile["num_texts_analyzed"] * profile["avg_length"]),
        "least": min(turns.values()),
        "left_out": " ".join(left_out),
        "turns": turns,
    }
    here = Path(__file__).parents[1] / "src/fullmenu/text/human_turns/counts.json"
    here.write_text(json.dumps(counts, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

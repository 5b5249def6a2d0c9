"""Every measure explains itself in full, whatever its source leaves to the common parts."""

from __future__ import annotations

import inspect
import re

import pytest

from fullmenu import measures
from fullmenu.measures.docstrings import completed
from fullmenu.measures.registry import Measure

every = pytest.mark.parametrize("m", measures.all_measures().values(), ids=lambda m: m.name)


def sections(doc: str) -> dict[str, str]:
    """Titles and bodies, in order."""
    _, *rest = re.split(r"^(\w[\w ]*)\n-{3,}\n", doc, flags=re.MULTILINE)
    return dict(zip(rest[::2], rest[1::2], strict=True))


def described(section: str) -> dict[str, str]:
    """Names of a definition list, with their text; a head may name several."""
    entries = re.findall(r"^(\S.*)((?:\n .*)*)", section, re.MULTILINE)
    return {n.strip(): text.strip() for h, text in entries for n in h.split(" : ")[0].split(",")}


@every
def test_a_measure_documents_every_parameter_and_nothing_else(m: Measure) -> None:
    found = described(sections(inspect.getdoc(m.function) or "")["Parameters"])
    assert tuple(found) == m.parameters
    assert all(found.values())
    assert not any("…" in text[:1] for text in found.values())


@every
def test_a_measure_has_all_sections_in_numpydoc_s_order(m: Measure) -> None:
    doc = inspect.getdoc(m.function) or ""
    order = ["Parameters", "Returns", "Raises", "Notes", "References", "Examples"]
    assert list(sections(doc)) == order
    assert m.summary and "\n" not in m.summary
    assert max(map(len, doc.partition("Examples\n---")[0].split("\n"))) <= 96
    found = sections(doc)
    assert found["Returns"].startswith("Estimate\n    ``value``")
    assert {"NotEnoughData", "BadInput"} <= set(described(found["Raises"]))
    assert ">>>" in found["Examples"]
    assert m.paper in found["References"]


def test_an_entry_of_its_own_stands_or_goes_on() -> None:
    def vowels(texts: object, groups: object = None, level: float = 0.95) -> None:
        """Count the vowels.

        ``value`` ≥ 0.

        Parameters
        ----------
        texts
            Poems.
        groups
            … Poets will do.
        level
            …: normal.

        Raises
        ------
        NotEnoughData
            …, or no vowel.

        See Also
        --------
        length
        """

    found = sections(completed(vowels, "texts", "vowels", "Rimbaud 1871"))
    assert list(found) == ["Parameters", "Returns", "Raises", "References", "See Also"]
    assert described(found["Parameters"]) == {
        "texts": "Poems.",
        "groups": "Prompt of each output: the interval then leaves prompts out. Poets will do.",
        "level": "Coverage of the interval: normal.",
    }
    assert found["Returns"].strip() == "Estimate\n    ``value`` ≥ 0."
    assert described(found["Raises"])["NotEnoughData"] == (
        "Fewer than two outputs (or prompts), or no vowel."
    )


def test_a_measure_without_a_docstring_stays_without() -> None:
    def bare(texts: object) -> None: ...

    assert completed(bare, "texts", "", "") == ""

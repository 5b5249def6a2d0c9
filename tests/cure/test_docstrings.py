"""Every cure explains itself in full, whatever its source leaves to the common parts."""

from __future__ import annotations

import inspect
import re
from types import FunctionType

import pytest

from fullmenu import cure
from fullmenu.measures.docstrings import sections

PUBLIC = {n: f for n in dir(cure) if isinstance(f := getattr(cure, n), FunctionType)}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_cure_documents_every_parameter_its_result_and_an_example(name):
    head, parts = sections(inspect.getdoc(PUBLIC[name]))
    if name != "effective_sample_size":  # one parameter, which its summary names
        entries = re.findall(r"^(\S.*)((?:\n[ \t]+.*)+)", parts["Parameters"], re.MULTILINE)
        named = [n for heads, _ in entries for n in re.split(r", ?", heads.split(" : ")[0])]
        assert named == list(inspect.signature(PUBLIC[name]).parameters)
        assert parts["Returns"]
    assert head.split("\n")[0].endswith(".")
    assert parts["Raises"] and ">>>" in parts["Examples"]
    assert "…" not in re.sub(r"0 … P", "", head + parts.get("Parameters", "") + parts["Raises"])


def test_what_is_common_goes_on_with_what_is_special():
    assert "a completion, on a scale of about 0 to 1" in " ".join(cure.mix.__doc__.split())
    assert "below 2; ``threshold`` is not in (0, 1]" in cure.cluster_frequency.__doc__
    assert "NotEnoughData\n    The log is empty." in cure.rebalance.__doc__
    assert "Returns\n-------\nRebalanced" in cure.rebalance.__doc__

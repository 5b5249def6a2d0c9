"""Which column is which field: the likeliest name, unless another is better filled."""

from __future__ import annotations

from fullmenu.readers.fields import find


def test_of_several_names_the_best_filled_column_is_the_output() -> None:
    rows = [{"output": None, "response": "soup"}, {"output": "", "response": "stew"}]
    assert find(rows, {}, "log")["output"] == "response"  # 1 filled against 2


def test_of_columns_as_well_filled_the_likelier_name_is_the_output() -> None:
    rows = [{"response": "soup", "output": "fish"}, {"response": None, "output": None}]
    assert find(rows, {}, "log")["output"] == "output"

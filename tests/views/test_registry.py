"""Views by name, and by what they are made for."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from fullmenu.errors import BadInput, UnknownName
from fullmenu.samples import Samples
from fullmenu.views import registry
from fullmenu.views.registry import View


def flat(texts, prompts):
    return np.ones((len(texts), 1), np.float32)


def test_what_is_looked_through_unless_views_are_named():
    assert registry.defaults("text") == ("phrasing", "outline", "answer")
    assert registry.defaults("image") == ("image",)
    assert registry.defaults("vector") == ("vector",)


def test_a_module_with_a_view_is_that_view():
    for view in registry.built_in():
        assert registry.get(view.name) is view
    for module in ("rows", "caution", "registry", "nothing"):
        with pytest.raises(UnknownName, match="answer"):
            registry.get(module)


def test_only_some_views_take_an_encoder():
    encoders = {v.name for v in registry.built_in() if v.takes_encoder}
    assert encoders == {"answer", "image"}
    for view in registry.built_in():
        through = view.through(flat, "mine")
        assert (through is view) == (view.name not in encoders)
        assert (through.ruler == "mine") == (view.name in encoders)
        for trait in ("name", "media", "reads_prompt", "tells_dishes"):
            assert getattr(through, trait) == getattr(view, trait)
    with pytest.raises(BadInput, match="leave out encoder"):
        registry.get("vector", flat)


def test_dishes_are_told_by_a_view_made_for_it():
    made, other = (View(n, flat, "", "", tells_dishes=n == "made") for n in ("made", "other"))
    assert registry.eyes([other, made]) is made
    assert registry.eyes([other, other]) is other


def test_a_plugin_is_there_by_name_and_judges_only_when_asked(monkeypatch):
    plugin = View("flat", flat, "nothing", "everything", "one number", same_dish=0.9)
    entry = EntryPoint("flat", "fullmenu_flat:VIEW", "fullmenu.views")
    monkeypatch.setattr(EntryPoint, "load", lambda self: plugin)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    assert registry.get("flat") is plugin
    assert "flat" not in registry.defaults("text")
    from fullmenu import check

    report = check(Samples.of({"Fruit?": ["fig", "kiwi"]}), views=["flat"])
    assert report.document["views"]["flat"]["ruler"] == "one number"

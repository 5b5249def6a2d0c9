"""The pytest plugin, as pytest itself finds it: by its entry point, in a process of its own."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

SUITE = """
import pytest
import fullmenu as fm

MENU = ["Roast salmon under lemon", "Lentil soup with cream", "Cold noodles in sesame", "Fig tart"]
WIDE = fm.Samples.of({f"Guest {k}?": MENU * 3 for k in range(12)})
LOST = fm.Samples.of({f"Guest {k}?": MENU[:1] * 12 for k in range(12)})


def test_kept(assert_variety):
    assert assert_variety(WIDE, WIDE, views=["phrasing"]).verdict == "held"


def test_lost(assert_variety):
    assert_variety(LOST, WIDE, views=["phrasing"])


def test_caught(assert_variety):
    with pytest.raises(fm.VarietyLost):
        assert_variety(LOST, WIDE, views=["phrasing"])


def test_other():
    assert WIDE is LOST, "another matter"
"""


def test_a_loss_is_shown_as_the_report_and_all_else_as_ever(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=2)
    _, lost, other = result.stdout.str().split("\n____")
    assert "test_lost" in lost.splitlines()[0]
    assert "variety collapsed\n" in lost
    assert "VARIETY COLLAPSED" in lost
    assert "Roast salmon" in lost
    for trace in ("Traceback", "gate.py", "def test_lost", ">  ", "Error"):
        assert trace not in lost
    assert "def test_other():" in other
    assert "E       AssertionError: another matter" in other


def test_junit_has_the_verdict_and_the_ratios(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "--junitxml=told.xml")
    xml = ElementTree.parse(pytester.path / "told.xml")
    told = {
        case.get("name"): {x.get("name"): x.get("value") for x in case.iter("property")}
        for case in xml.iter("testcase")
    }
    assert told["test_kept"]["variety"] == "held"
    assert told["test_lost"]["variety"] == "collapsed"
    assert "[" in str(told["test_lost"]["phrasing, same prompt"])
    assert not told["test_other"]


def test_the_fixture_is_documented_and_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_menu(assert_variety): pass")
    listed = pytester.runpytest_subprocess("--fixtures")
    listed.stdout.fnmatch_lines(["assert_variety*", "*fullmenu.assert_variety*"])
    pytester.runpytest_subprocess("-p", "no:fullmenu").assert_outcomes(errors=1)

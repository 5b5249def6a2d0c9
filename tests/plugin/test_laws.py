"""What the author of a measure runs: every law, on the measure as it is installed."""

import pytest

from fullmenu.testing import check_measure, laws_of


@pytest.mark.parametrize("law", laws_of("different_vowels"))
def test_keeps_the_law(law):
    check_measure("different_vowels", laws=[law])

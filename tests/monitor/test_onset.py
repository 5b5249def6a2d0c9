"""The date of a change, by hand."""

from __future__ import annotations

import numpy as np

from fullmenu.monitor.onset import date_onset


def test_the_first_visit_stands_for_all_before_it():
    # Values at the baseline's mean fit a change by r spreads at each of m visits by (1 + m r²)^-½,
    # summed over r = .05 … .8: 4.21, 4.33, 4.48, 4.68 for m = 4, 3, 2, 1; to the power .6: 2.37,
    # 2.41, 2.46, 2.53. The first counts 4^.85 = 3.25 times: 7.70 of 15.10, and half is past.
    assert date_onset(np.full(4, 0.1), mean=0.1, error=0.0) == (0, 0, 3)


def test_where_the_mean_is_unknown_the_values_before_count_for_less():
    # The mean known up to 2e-6, twice the spread's floor of 1e-6: k values before the change fit
    # by (1 + 4k)^-½ besides. To the power .6: 4.74, 1.49, 1.27, 1.17 of 8.67: half is the first.
    assert date_onset(np.full(4, 0.1), mean=0.1, error=2e-6) == (0, 0, 3)

"""Dishes found by a sketch beside dishes by all pairs: how often does an output go elsewhere?

Run: python benchmarks/dishes.py
"""

from __future__ import annotations

import time

import numpy as np

from fullmenu.kernel.dishes import by_content, group, led
from fullmenu.views.registry import get
from real import OLMO, olmo
from table import Table


def main() -> None:
    table = Table("Dishes of real outputs, by a sketch and by all pairs")
    view = get("answer")
    for stage in OLMO:
        log = olmo(stage)
        order = by_content(log.outputs)
        order = order[np.sort(np.unique([log.outputs[i] for i in order], return_index=True)[1])]
        rows = view.rows(log.outputs, log.prompts)
        began = time.process_time()
        found = group(rows, view.same_dish, order)[order]
        took = time.process_time() - began
        some = rows[order].astype(np.float64)
        due = order[led((some @ some.T).toarray(), view.same_dish)]
        same = float((found == due).mean())
        dishes, all_ = (len(np.unique(x)) for x in (found, due))
        table.add(f"{stage}: dishes, by all pairs", f"{dishes:,}, {all_:,} of {len(order):,}")
        table.add(f"{stage}: share with the same leader", f"{same:.4f}")
        table.add(f"{stage}: CPU, by the sketch", f"{1e3 * took:.0f} ms")
    table.show()


if __name__ == "__main__":
    main()

"""An order of rows that depends on what they hold, so that no number depends on the log's."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from fullmenu.pictures import name_of
from fullmenu.samples import Samples

_KEYS = ("prompt_id", "output", "prompt", "model", "score", "time", "source")


def in_order(samples: Samples) -> Samples:
    """Return the rows prompt by prompt, those of a prompt shuffled by a hash of their content
    (of pictures: by their names).

    Whoever takes the first few outputs of a prompt thus takes a random few, and the same few
    however the log was sorted.

    Examples
    --------
    >>> a = Samples.of({"Fruit?": ["fig", "kiwi", "fig"], "Tree?": ["oak"]})
    >>> in_order(a).outputs == in_order(a.take([3, 2, 1, 0])).outputs
    True
    """
    sorted_rows = samples.table.append_column("row", [np.arange(len(samples))]).sort_by(
        [(key, "ascending") for key in _KEYS]
    )
    ids, outputs = (sorted_rows.column(key).to_pylist() for key in ("prompt_id", "output"))
    keys = np.empty(len(ids), np.uint64)
    prompt = np.zeros(len(ids), np.int64)
    time = 0
    for i, (name, text) in enumerate(zip(ids, outputs, strict=True)):
        same = i > 0 and name == ids[i - 1]
        time = time + 1 if same and text == outputs[i - 1] else 0
        prompt[i] = prompt[i - 1] + (not same) if i else 0
        key = text if samples.media == "text" else name_of(text)
        digest = blake2b(f"{time}\0{name}\0{key}".encode(), digest_size=8).digest()
        keys[i] = int.from_bytes(digest, "little")
    rows = np.asarray(sorted_rows.column("row"))
    return samples.take(rows[np.lexsort((keys, prompt))])

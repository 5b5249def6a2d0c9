"""What ``mapInArrow`` is given, with Arrow batches alone."""

import pyarrow as pa

from fullmenu import read
from fullmenu.integrations.spark import SCHEMA, in_arrow
from fullmenu.samples import Samples


def test_batches_are_read_as_rows_are():
    rows = [{"q": f"p{i % 5}", "a": f"fig {i}", "step": i} for i in range(2_000)]
    batches = [pa.RecordBatch.from_pylist(rows[i : i + 300]) for i in range(0, 2_000, 300)]
    seen = []

    def state_of(samples):
        seen.extend(samples)
        return b"done"

    asked = {"columns": {"output": "a", "prompt": "q"}, "where": "step >= 500"}
    (out,) = in_arrow(state_of, **asked)(iter([batches[0].slice(0, 0), *batches]))
    assert out.to_pylist() == [{"state": b"done"}]
    assert out.schema == pa.schema([("state", pa.binary())])
    assert SCHEMA == "state binary"
    whole = read(rows, **asked)
    assert Samples.joined(seen).table.to_pylist() == whole.table.to_pylist()

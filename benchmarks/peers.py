"""Every measure beside its peers: the same values? how much faster? how much memory?

Each peer is installed in an environment of its own (``benchmarks/.peers/``, made at need), and both
sides run the same case, in one run, as processes of their own. A case that a peer cannot do in
reasonable time is marked as extrapolated.

Run: python benchmarks/peers.py [peer …]
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

PEERS = (
    "inext", "skbio", "nltk_bleu", "rouge", "vendi", "prdc", "torch_metrics", "diversity",
    "lexical", "tevet", "olmo_baseline", "novelty", "rexmex",
)  # fmt: skip


def main(names: list[str]) -> int:
    failed = 0
    for name in names or PEERS:
        print(f"\n##### {name}", flush=True)
        failed += importlib.import_module(f"peer.{name}").main()
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build ``compiled/loops.wasm`` from ``compiled/loops.c``; the same compiler gives the same bytes.

Run: python tools/loops.py [PLACE]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLACE = Path(__file__).parents[1] / "src" / "fullmenu" / "compiled"
FLAGS = (
    "-target", "wasm32-freestanding", "-std=c11", "-O3", "-msimd128", "-mbulk-memory", "-nostdlib",
    "-Wall", "-Wextra", "-Werror", "-Wl,--no-entry", "-Wl,--strip-all",
)  # fmt: skip


def main() -> None:
    """Compile."""
    place = sys.argv[1] if len(sys.argv) > 1 else str(PLACE / "loops.wasm")
    code = ["-m", "ziglang", "cc", *FLAGS, "-o", place, "loops.c"]  # no path gets into the file
    subprocess.run([sys.executable, *code], cwd=PLACE, check=True)


if __name__ == "__main__":
    main()

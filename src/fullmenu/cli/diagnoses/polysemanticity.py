"""``fullmenu diagnose polysemanticity``: how many unrelated concepts units answer to."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated, Any

import typer

from fullmenu.finding import Finding

EXAMPLES = """[bold]Examples[/bold]

  fullmenu diagnose polysemanticity layer3.npz

  fullmenu diagnose polysemanticity layer3.npy --concepts labels.npy --html units.html

The .npz holds the arrays activations (items × units), concepts (items × concepts, 0 or 1) and, if
you like, names of the concepts and their similarity (concepts × concepts, 0 to 1).
"""


def polysemanticity(
    activations: Annotated[
        Path, typer.Argument(help="Arrays saved by numpy: .npz, or .npy with --concepts.")
    ],
    concepts: Annotated[
        Path | None, typer.Option(help="The concepts, if they are a file of .npy.")
    ] = None,
    least: Annotated[
        float, typer.Option(help="More concepts a unit than this: polysemantic.")
    ] = 1.5,
    floor: Annotated[
        float, typer.Option(help="Effects (2·AUROC − 1) up to this count as none.")
    ] = 0.3,
    seed: Annotated[int, typer.Option(help="Of permutations and halves.")] = 0,
) -> Finding:
    """Say how many unrelated concepts the units of a layer answer to, against chance."""
    from fullmenu.diagnose.units.diagnosis import polysemanticity as diagnose

    return diagnose(
        **_arrays(activations, concepts), least=least, floor=floor, seed=seed,
        subject=activations.stem,
    )  # fmt: skip


def _arrays(path: Path, concepts: Path | None) -> dict[str, Any]:
    from fullmenu.errors import BadInput

    if concepts is not None:
        return {"activations": _load(path), "concepts": _load(concepts)}
    found = _load(path)
    if not hasattr(found, "files"):
        raise BadInput(f"{path} holds one array: give its concepts too, with --concepts FILE.npy")
    missing = [name for name in ("activations", "concepts") if name not in found.files]
    if missing:
        raise BadInput(
            f"{path} holds no array {missing[0]!r}; it holds {', '.join(found.files) or 'none'}"
        )
    known = ("activations", "concepts", "names", "similarity")
    return {name: _array(path, found, name) for name in known if name in found.files}


def _array(path: Path, found: Any, name: str) -> Any:
    from fullmenu.errors import BadInput

    try:
        return found[name]
    except ValueError as error:
        raise BadInput(f"cannot read {name!r} in {path}: {str(error).splitlines()[0]}") from None


def _load(path: Path) -> Any:
    """Read without unpickling: the file may be anybody's."""
    import numpy as np

    from fullmenu.errors import BadInput

    try:
        return np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"cannot read {path} as arrays: {reason}; write it by numpy.savez") from None

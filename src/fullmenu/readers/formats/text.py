"""One output a line, all of one prompt."""

from __future__ import annotations

from collections.abc import Iterator

from fullmenu.readers.ledger import Ledger
from fullmenu.readers.registry import Item, Packing
from fullmenu.readers.streams import Opened, is_binary
from fullmenu.readers.text_lines import lines

NAMES = (".txt", ".text", ".log", ".out", "")


def recognise(file: Opened) -> float:
    """Tell by the ending, if nothing else fits."""
    if file.suffix not in NAMES or is_binary(file.head):
        return 0.0
    return 0.2 if file.suffix else 0.05


def items(file: Opened, log: Ledger) -> Iterator[Item]:
    """Yield each line as an output; a file does not begin or end with an empty one."""
    log.say("every line is taken as an output of one and the same prompt")
    for number, line in lines(file.stream, log):
        yield number, {"output": line.rstrip("\n").removesuffix("\r")}


FORMAT = Packing("text", "plain text", recognise, items, (".txt",))

"""Write the tables of formats in ``docs/formats.md`` from the formats that there are.

Run ``python docs/tables.py`` after a format was added; a test says so where it is due.
"""

import re
from pathlib import Path

from fullmenu.readers import Packing, Shape, known_formats

PAGE = Path(__file__).parent / "formats.md"


def cell(text):
    """Return a cell of a table; a bar would end it."""
    return text.replace("|", "\\|")


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def tables():
    """Return the tables by the name of their place on the page."""
    formats = known_formats().values()
    return {
        "packings": table(
            ["name", "is", "recognised by", "endings"],
            [
                [f"`{f.name}`", f.about, f.told_by, f"`{' '.join(f.endings)}`"]
                for f in formats
                if isinstance(f, Packing)
            ],
        ),
        "shapes": table(
            ["name", "is", "recognised by"],
            [[f"`{f.name}`", f.about, f.told_by] for f in formats if isinstance(f, Shape)],
        ),
    }


def rewritten(page):
    """Return the page with its tables as they should be."""
    for name, text in tables().items():
        place = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
        page = place.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text("utf-8")), "utf-8")

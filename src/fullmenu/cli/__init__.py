"""The command line: one file a command. Exit codes: 0 fine, 1 error, 2 usage, 3 variety lost."""

from __future__ import annotations

import atexit
import codecs
import gc
import io
import os
import sys
import warnings

_PLAIN = {
    "→": "->",
    "▼": "v",
    "▲": "^",
    "…": "...",
    "·": "*",
    "–": "-",
    "÷": "/",
    "×": "x",
    "−": "-",
}


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    part = error.object[error.start : error.end]
    return "".join(_PLAIN.get(c, "?") for c in part), error.end


codecs.register_error("fullmenu.ascii", _in_ascii)


def main() -> None:
    """Run the command line; every expected error is one line on stderr and exit code 1."""
    # before numpy is imported: threads of small matrix products mostly wait for each other
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(200_000)  # many small objects are made, and few of them in cycles
    atexit.register(gc.freeze)  # a last search for cycles would take a tenth of a second
    from fullmenu.cleaner import one_line
    from fullmenu.cli.app import app
    from fullmenu.errors import FullmenuError

    def said(message: object) -> str:
        return f"fullmenu: {one_line(message, 1_500)}"

    warnings.showwarning = lambda message, *_, **__: print(said(message), file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Unicode shows -> for →
            stream.reconfigure(errors="fullmenu.ascii")
    try:
        app(prog_name="fullmenu")
    except BrokenPipeError:  # as any program whose reader went away: 128 + SIGPIPE
        sys.stderr.close()
        raise SystemExit(141) from None
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        print(said(f"{error.strerror}{where}" if error.strerror else error), file=sys.stderr)
        raise SystemExit(1) from None
    except FullmenuError as error:
        print(said(error), file=sys.stderr)
        raise SystemExit(1) from None
    except MemoryError as error:
        print(said(f"the memory does not suffice; read less at once. {error}"), file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("fullmenu: stopped", file=sys.stderr)
        raise SystemExit(130) from None

"""``fullmenu watch LOG --store URL``: a log copied into the store of a server, which watches it."""

from __future__ import annotations

import time

import typer

from fullmenu.cli import options, work
from fullmenu.errors import BadInput, extra


def into_store(
    log: str,
    url: str,
    follow: bool,
    poll: float,
    how: options.Watching,
    tolerate: bool,
    quiet: bool,
) -> None:
    """Store what a log holds since last time, and, if it is followed, what is added to it."""
    with extra("stores", "serve"):
        import sqlalchemy  # noqa: F401
    from fullmenu.live.feed import Feed
    from fullmenu.store import Store

    if log == "-":
        raise BadInput("stdin cannot be read again where it stopped: give a file")
    (model,) = work.model_of_each(how.model, 1)
    with Store.open(url) as store:
        feed = Feed(store, log, grows=follow, model=model, tolerate=tolerate, **vars(how.columns))
        stored = known = 0
        try:
            with work.stoppable():
                while True:
                    for added in feed.parts():
                        stored, known = stored + added.stored, known + added.known
                        work.say(feed.cursor.remarks, quiet)
                        feed.cursor.remarks.clear()
                    if not follow:
                        break
                    time.sleep(poll)
        except KeyboardInterrupt:
            pass
        typer.echo(f"stored {stored:,} samples in {store}; {known:,} were there already")
        if left := feed.cursor.left_out():
            work.say([left], quiet)

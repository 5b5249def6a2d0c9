"""What the charts of several experiments have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fullmenu.lab.experiment import Result


def by_arm(arms: Iterable[str], colours: Sequence[str] | None = None, **more: Any) -> Any:
    """Colour by arm, in their order."""
    import altair as alt

    order = list(arms)
    if colours is not None:
        more["scale"] = alt.Scale(domain=order, range=list(colours))
    return alt.Color("arm:N", **{"title": "", "sort": order, **more})


def courses(rows: Sequence[Mapping[str, Any]], title: str, **encoded: Any) -> Any:
    """Draw a line a seed."""
    import altair as alt

    chart = alt.Chart(alt.Data(values=rows), width=560, height=300, title=title)
    return chart.mark_line(strokeWidth=1.5, opacity=0.8).encode(detail="seed:N", **encoded)


def by_seed(result: Result, number: str, axis: str) -> Any:
    """One row an arm: a dot for each seed, and a bar at the mean."""
    import altair as alt

    arms = list(result.experiment.arms)
    dots = [{"arm": a, "value": v} for a in arms for v in result.values(a, number)]
    bars = [{"arm": a, "value": result.mean(a, number)} for a in arms]
    x = alt.X("value:Q", title=axis, scale=alt.Scale(zero=True))
    y = alt.Y("arm:N", title=None, sort=arms, axis=alt.Axis(labelLimit=240))
    mean = alt.Chart(alt.Data(values=bars)).mark_tick(thickness=3, size=20, color="#1f2328")
    seed = alt.Chart(alt.Data(values=dots)).mark_circle(size=70, opacity=0.5, color="#0b5cad")
    return alt.layer(mean.encode(x=x, y=y), seed.encode(x=x, y=y)).properties(
        width=620, height=26 * len(arms)
    )


def mean_and_range(base: Any, number: str, title: str, scale: Any, mark: str, **look: Any) -> Any:
    """Layer the range over seeds under the line of their mean."""
    import altair as alt

    ends = {"y": alt.Y(f"min({number}):Q", title=title), "y2": f"max({number}):Q"}
    spread = getattr(base, mark)(**look).encode(**ends)
    line = base.mark_line(point=True).encode(y=alt.Y(f"mean({number}):Q", title=title, scale=scale))
    return spread, line

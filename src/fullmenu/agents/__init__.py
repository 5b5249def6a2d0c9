"""Agents: what their tool calls say. Loops, sameness over runs, different ways to success."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.agents.loops import Loop as Loop
    from fullmenu.agents.loops import loops_in as loops_in
    from fullmenu.agents.summary import agent_runs as agent_runs
    from fullmenu.agents.trajectory import Step as Step
    from fullmenu.agents.trajectory import Trajectory as Trajectory
    from fullmenu.agents.trajectory import paths as paths
    from fullmenu.agents.trajectory import trajectories as trajectories
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

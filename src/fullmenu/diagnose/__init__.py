"""The cousins of mode collapse: other ways to optimise the score and not the intention."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.diagnose.checkpoints.diagnosis import forgetting as forgetting
    from fullmenu.diagnose.checkpoints.evaluations import read_results as read_results
    from fullmenu.diagnose.checkpoints.replay import replay_weights as replay_weights
    from fullmenu.diagnose.checkpoints.results import Results as Results
    from fullmenu.diagnose.checkpoints.suites import changes_by_suite as changes_by_suite
    from fullmenu.diagnose.checkpoints.transfers import learned_and_last as learned_and_last
    from fullmenu.diagnose.checkpoints.transfers import transfer as transfer
    from fullmenu.diagnose.collapse import mode_collapse as mode_collapse
    from fullmenu.diagnose.descents.curves import sweep as sweep
    from fullmenu.diagnose.descents.diagnosis import double_descent as double_descent
    from fullmenu.diagnose.goals.classifiers import cue_against_content as cue_against_content
    from fullmenu.diagnose.goals.cues import Cue as Cue
    from fullmenu.diagnose.goals.diagnosis import goal_misgeneralization as goal_misgeneralization
    from fullmenu.diagnose.goals.diagnosis import judge_episodes as judge_episodes
    from fullmenu.diagnose.goals.graders import cue_or_content as cue_or_content
    from fullmenu.diagnose.goals.graders import cue_versions as cue_versions
    from fullmenu.diagnose.goals.graders import cues_in_scores as cues_in_scores
    from fullmenu.diagnose.goals.graders import (
        grader_cue_against_content as grader_cue_against_content,
    )
    from fullmenu.diagnose.goals.graders import judge_cues as judge_cues
    from fullmenu.diagnose.goals.model_grader import ratings as ratings
    from fullmenu.diagnose.goals.rollouts import Episode as Episode
    from fullmenu.diagnose.goals.world import Level as Level
    from fullmenu.diagnose.gold import over_optimisation as over_optimisation
    from fullmenu.diagnose.power.diagnosis import (
        instrumental_convergence as instrumental_convergence,
    )
    from fullmenu.diagnose.power.environment import transition_model as transition_model
    from fullmenu.diagnose.power.transition_counts import counted_model as counted_model
    from fullmenu.diagnose.tickets.diagnosis import judge_tickets as judge_tickets
    from fullmenu.diagnose.tickets.path import linear_mode_connectivity as linear_mode_connectivity
    from fullmenu.diagnose.tickets.pruning import train_tickets as train_tickets
    from fullmenu.diagnose.tickets.search import lottery_ticket as lottery_ticket
    from fullmenu.diagnose.trajectories.conversations import read_runs as read_runs
    from fullmenu.diagnose.trajectories.diagnosis import agent_loops as agent_loops
    from fullmenu.diagnose.trajectories.routes import ways as ways
    from fullmenu.diagnose.trajectories.trajectory import Step as Step
    from fullmenu.diagnose.trajectories.trajectory import Trajectory as Trajectory
    from fullmenu.diagnose.units.autoencoder import sparse_autoencoder as sparse_autoencoder
    from fullmenu.diagnose.units.cosines import mean_max_cosine as mean_max_cosine
    from fullmenu.diagnose.units.diagnosis import polysemanticity as polysemanticity
    from fullmenu.diagnose.units.gain import dictionary_gain as dictionary_gain
    from fullmenu.diagnose.units.hooks import activations as activations
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

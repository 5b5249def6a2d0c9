"""Getting variety back: rewards, selection, rebalancing, other ways of asking. Framework-free."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.cure.arms.answer_list import ListedAnswer as ListedAnswer
    from fullmenu.cure.arms.answer_list import read_answers as read_answers
    from fullmenu.cure.arms.arm import CureArm as CureArm
    from fullmenu.cure.arms.registry import arm_of as arm_of
    from fullmenu.cure.deduplication import Deduplicated as Deduplicated
    from fullmenu.cure.deduplication import deduplicate as deduplicate
    from fullmenu.cure.deduplication import down_to_rate as down_to_rate
    from fullmenu.cure.deduplication import without_near_duplicates as without_near_duplicates
    from fullmenu.cure.frontier import compare_arms as compare_arms
    from fullmenu.cure.mixing import expected_repeat_rate as expected_repeat_rate
    from fullmenu.cure.mixing import mixing_share as mixing_share
    from fullmenu.cure.mixing import mixing_weights as mixing_weights
    from fullmenu.cure.preferences import Pair as Pair
    from fullmenu.cure.preferences import Pairs as Pairs
    from fullmenu.cure.preferences import preference_pair as preference_pair
    from fullmenu.cure.preferences import preference_pairs as preference_pairs
    from fullmenu.cure.rebalancing import Rebalanced as Rebalanced
    from fullmenu.cure.rebalancing import balancing_weights as balancing_weights
    from fullmenu.cure.rebalancing import rebalance as rebalance
    from fullmenu.cure.rewards.cap import cap as cap
    from fullmenu.cure.rewards.cluster_frequency import cluster_frequency as cluster_frequency
    from fullmenu.cure.rewards.memory import novelty as novelty
    from fullmenu.cure.rewards.mix import mix as mix
    from fullmenu.cure.rewards.multiply import multiply as multiply
    from fullmenu.cure.rewards.own_share import own_share as own_share
    from fullmenu.cure.rewards.probe import probe as probe
    from fullmenu.cure.selection.cluster_best import cluster_best as cluster_best
    from fullmenu.cure.selection.dpp import dpp as dpp
    from fullmenu.cure.selection.facility_location import facility_location as facility_location
    from fullmenu.cure.selection.mmr import mmr as mmr
    from fullmenu.cure.subset import Selected as Selected
    from fullmenu.cure.subset import pick as pick
    from fullmenu.cure.subset import select as select
    from fullmenu.cure.trial import ArmLog as ArmLog
    from fullmenu.cure.trial import try_arms as try_arms
    from fullmenu.cure.variety import Variety as Variety
    from fullmenu.cure.variety import effective_sample_size as effective_sample_size
    from fullmenu.stats.pass_at_k import pass_at as pass_at
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

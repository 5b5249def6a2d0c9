"""People judge what a number cannot see, and kernels learn from them. Framework-free."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.review.agreement import cohen_kappa as cohen_kappa
    from fullmenu.review.agreement import estimate_agreement as estimate_agreement
    from fullmenu.review.agreement import fleiss_kappa as fleiss_kappa
    from fullmenu.review.agreement import gwet_ac1 as gwet_ac1
    from fullmenu.review.agreement import krippendorff_alpha as krippendorff_alpha
    from fullmenu.review.calibration import Calibration as Calibration
    from fullmenu.review.calibration import accepted as accepted
    from fullmenu.review.calibration import calibrate as calibrate
    from fullmenu.review.campaign import Campaign as Campaign
    from fullmenu.review.campaign import CampaignResult as CampaignResult
    from fullmenu.review.campaign import learn_kernel as learn_kernel
    from fullmenu.review.campaign import plan_review as plan_review
    from fullmenu.review.campaign import result_of as result_of
    from fullmenu.review.desk import Desk as Desk
    from fullmenu.review.human_change import HumanChange as HumanChange
    from fullmenu.review.human_change import judge_change as judge_change
    from fullmenu.review.human_repeat_rate import Answers as Answers
    from fullmenu.review.human_repeat_rate import HumanRepeatRate as HumanRepeatRate
    from fullmenu.review.human_repeat_rate import human_rate as human_rate
    from fullmenu.review.judges import judge_against_people as judge_against_people
    from fullmenu.review.labels import AnswerLog as AnswerLog
    from fullmenu.review.labels import Label as Label
    from fullmenu.review.labels import read_labels as read_labels
    from fullmenu.review.labels import standing as standing
    from fullmenu.review.labels import write_labels as write_labels
    from fullmenu.review.pairs import LikelyPairs as LikelyPairs
    from fullmenu.review.pairs import pairs_of as pairs_of
    from fullmenu.review.questions import Draw as Draw
    from fullmenu.review.questions import drawn as drawn
    from fullmenu.review.questions import random_chances as random_chances
    from fullmenu.review.questions import unsure_chances as unsure_chances
    from fullmenu.review.queue import Question as Question
    from fullmenu.review.queue import Queue as Queue
    from fullmenu.review.ratings import Preference as Preference
    from fullmenu.review.ratings import Rating as Rating
    from fullmenu.review.ratings import rate_versions as rate_versions
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

"""Arms by name."""

from __future__ import annotations

from fullmenu.cure.arms.answer_list import answer_list
from fullmenu.cure.arms.arm import CureArm, Wording
from fullmenu.cure.arms.menu_memory import MEMORY
from fullmenu.cure.arms.nudges import CONSTRAINT, PERSONA, RANDOM_STRING
from fullmenu.cure.arms.rotation import ROTATION
from fullmenu.cure.arms.samplers import NAMES, sampler
from fullmenu.cure.arms.surplus import surplus
from fullmenu.errors import BadInput, UnknownName

PLAIN = Wording("plain", "the prompt as it is")
FIXED: dict[str, CureArm] = {
    arm.name: arm for arm in (PLAIN, PERSONA, CONSTRAINT, RANDOM_STRING, MEMORY, ROTATION)
}
DEFAULT = ("plain", "verbalized=5", "random_string", "memory", "temperature=1.3")
"""Arms that are tried unless others are asked for."""


def arm_of(name: str) -> CureArm:
    """Return an arm by its name.

    Parameters
    ----------
    name
        ``plain``, ``persona``, ``constraint``, ``random_string``, ``memory``, ``rotation``,
        ``verbalized`` or ``verbalized=8``, ``pick`` or ``pick=dpp``, or a sampler with its setting
        such as ``temperature=1.3`` or ``temperature=1.3+min_p=0.1``.

    Raises
    ------
    UnknownName
        There is no such arm.
    BadInput
        Its setting cannot be read.

    Examples
    --------
    >>> arm_of("verbalized").name, arm_of("min_p=0.1").parameters
    ('verbalized=5', {'min_p': 0.1})
    """
    kind, equals, value = name.strip().partition("=")
    if name.strip() in FIXED:
        return FIXED[name.strip()]
    if kind == "verbalized":
        try:
            return answer_list(int(value)) if equals else answer_list()
        except ValueError:
            raise BadInput(f"{name!r}: give a number of answers, such as verbalized=5") from None
    if kind == "pick":
        return surplus(value) if equals else surplus()
    if kind in NAMES and equals:
        return sampler(kind, value)
    known = [*FIXED, "verbalized=5", "pick=mmr", *(f"{name}=…" for name in NAMES)]
    raise UnknownName("arm", name, known)

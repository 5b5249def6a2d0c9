"""A seed drawn for each request: a persona, a constraint, or a random string."""

from __future__ import annotations

import string
from dataclasses import dataclass

from fullmenu.cure.arms.arm import Wording, added, drawn
from fullmenu.sampling.request import Prompt

PERSONAS = (
    "a retired sailor", "a night nurse", "a physics teacher", "a market trader", "a young farmer",
    "a stand-up comedian", "a court clerk", "a street musician", "a chess player", "a botanist",
    "a bus driver", "a grandmother of nine", "a war reporter", "a pastry cook", "an astronomer",
    "a carpenter", "a goalkeeper", "a librarian", "a deep-sea diver", "a tax adviser",
    "a beekeeper", "a puppeteer", "an electrician", "a mountain guide", "a translator",
    "a goldsmith", "a shepherd", "a stage designer", "a paramedic", "a railway engineer",
)  # fmt: skip

CONSTRAINTS = (
    "Choose something that few would think of first.",
    "Let it be from a part of the world that is seldom mentioned.",
    "Let it be older than a hundred years, or seem so.",
    "Let it be something small and everyday.",
    "Let it begin with a letter from the second half of the alphabet.",
    "Avoid the three answers that come to mind first.",
    "Let it have to do with water, even if only a little.",
    "Let it be cheerful rather than solemn.",
    "Let it be solemn rather than cheerful.",
    "Let it be something that a child would like.",
    "Let it have to do with work that is done by hand.",
    "Let it be new: something of the last ten years.",
    "Let it have to do with winter or the night.",
    "Let it be practical rather than beautiful.",
    "Look at it from the side of somebody who disagrees.",
    "Let it have to do with more than one person.",
)

_PERSONA = (
    "Choose what you answer as {persona} would. Do not mention this person, and answer in the same "
    "form as you would otherwise."
)
_CONSTRAINT = "{constraint} If that does not fit the request, follow the request."
_STRING = (
    "Random string: {letters}\n"
    "Use it as a source of chance: of the good answers there are, let its letters decide which one "
    "you give. Give only the answer, and do not mention the string."
)


@dataclass(frozen=True)
class Persona(Wording):
    """Each request is answered as another person would."""

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt with a person drawn for it."""
        person = drawn(prompt, 0, self.name).sample(PERSONAS, len(PERSONAS))[index % len(PERSONAS)]
        return added(prompt, after=_PERSONA.format(persona=person))


@dataclass(frozen=True)
class Constraint(Wording):
    """Each request carries a wish that leads elsewhere."""

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt with a constraint drawn for it."""
        some = drawn(prompt, 0, self.name).sample(CONSTRAINTS, len(CONSTRAINTS))
        return added(prompt, after=_CONSTRAINT.format(constraint=some[index % len(some)]))


@dataclass(frozen=True)
class RandomString(Wording):
    """Each request carries letters drawn by lot, which are to decide (arXiv 2510.21150)."""

    def worded(self, prompt: Prompt, index: int) -> Prompt:
        """Return the prompt with a string drawn for it."""
        chance = drawn(prompt, index, self.name)
        letters = "".join(chance.choices(string.ascii_letters + string.digits, k=24))
        return added(prompt, after=_STRING.format(letters=letters))


PERSONA = Persona("persona", "each request as another person would answer it")
CONSTRAINT = Constraint("constraint", "each request with another small constraint")
RANDOM_STRING = RandomString("random_string", "each request with a random string that decides")

"""The dishes that a sample has, counted in every output of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs

from fullmenu.engine.folder import write
from fullmenu.estimate import Estimate
from fullmenu.judge.census.part_jobs import CensusPlan, compared
from fullmenu.judge.closeup import Keys, keys_of, row_keys
from fullmenu.judge.look import Sights
from fullmenu.judge.plates import LISTED, Plates, grouped, lost, shortened, tables
from fullmenu.judge.signals import or_none
from fullmenu.kernel.dishes import alike
from fullmenu.kernel.packing import pack, packed_rows, unpack, unpacked_rows
from fullmenu.kernel.rates import FIXED_PROMPTS
from fullmenu.kernel.rows import Features
from fullmenu.kernel.sketch import sketch
from fullmenu.report.document import (
    ComparisonDocument,
    DishesOfAll,
    DishesOfBoth,
    DishOfAll,
)
from fullmenu.stats.arrays import Floats, Ints, among
from fullmenu.stats.proportion import share
from fullmenu.text.tokens import batches
from fullmenu.views.registry import eyes, get

if TYPE_CHECKING:
    from fullmenu.readers.parts import Part

HELD = 1_000
"""Dishes of the sample that outputs are held against: those served twice or more, the commonest."""

GROUPS = 64
"""Prompts are dealt to so many groups by their keys; an interval leaves out each in turn."""

_BLOCK = 256
_MENU, _TALLY = "fullmenu/menu/1", "fullmenu/dish-tally/1"


@dataclass(frozen=True)
class Menu:
    """The dishes that outputs are held against.

    An output whose text the sample has is of the dish that it has there. Any other is of the dish
    whose leader is most alike, as far as a sketch of the rows can tell, if k reaches the view's
    threshold. All else is rare.

    Parameters
    ----------
    view
        The view that tells dishes apart.
    dishes : (D,)
        Their numbers among those of the sample.
    leaders : (D, d)
        Their leaders' unit rows.
    texts, dish_of_text
        The keys of the sample's texts, ascending, and the place of each one's dish here; −1: rare.
    """

    view: str
    dishes: Ints
    leaders: Features
    texts: Keys
    dish_of_text: Ints

    @classmethod
    def of(cls, sights: Sights, plates: Plates) -> Menu:
        """Return the dishes that the sample serves twice or more; lost ones first, then common."""
        view = eyes(sights.case.views)
        found = grouped(tables(sights), view.same_dish)
        total = plates.counts.sum(axis=0)
        common = np.argsort(-total, kind="stable")
        first = lost(plates) if len(plates.counts) == 2 else []
        order = np.concatenate([np.array(first, np.int64), common[total[common] >= 2]])
        dishes = np.array([*dict.fromkeys(order.tolist())][:HELD], np.int64)
        place = np.full(len(found), -1)
        place[dishes] = np.arange(len(dishes))
        keys, at = np.unique(keys_of(plates.texts), return_index=True)
        return cls(view.name, dishes, found.leaders[dishes], keys, place[found.of[at]])

    def write(self, path: Path) -> None:
        """Write it where every process can read it."""
        data = pack(
            _MENU, view=np.array(self.view), dishes=self.dishes, texts=self.texts,
            dish_of_text=self.dish_of_text, **packed_rows(self.leaders),
        )  # fmt: skip
        write(path, data)

    @classmethod
    def read(cls, path: Path) -> Menu:
        """Read it back."""
        arrays = unpack(path.read_bytes(), _MENU)
        view, *rest = (arrays.pop(k) for k in ("view", "dishes", "texts", "dish_of_text"))
        dishes, texts, dish_of_text = rest
        return cls(str(view), dishes, unpacked_rows(arrays), texts, dish_of_text)

    @cached_property
    def _near(self) -> Floats:
        return np.asarray(sketch(self.leaders))

    def _nearest(self, rows: Features) -> Ints:
        """Return the leader that each row is most like, told from sketches, (n,)."""
        near = np.asarray(sketch(rows))
        best = np.empty(len(near), np.int64)
        for a in range(0, len(near), _BLOCK):
            some = near[a : a + _BLOCK]
            # products of one shape: how a log is cut must not change their last digits
            block = np.zeros((_BLOCK, near.shape[1]), near.dtype)
            block[: len(some)] = some
            best[a : a + _BLOCK] = (block @ self._near.T)[: len(some)].argmax(axis=1)
        return best

    def assign(self, outputs: Sequence[str], prompts: Sequence[str | None]) -> Ints:
        """Return the place of the dish of each output here, (n,); −1 where it is rare."""
        view = get(self.view)
        dish = np.full(len(outputs), -1)
        for start, said in batches(outputs):
            keys = keys_of(said)
            known = among(keys, self.texts)
            mine = dish[start : start + len(said)]
            mine[known] = self.dish_of_text[np.searchsorted(self.texts, keys[known])]
            new = np.flatnonzero(~known)
            if not len(new) or not len(self.dishes):
                continue
            asked = [prompts[start + i] for i in new.tolist()]
            rows = view.rows([said[i] for i in new.tolist()], asked)
            best = self._nearest(rows)
            joins = alike(rows, self.leaders[best]) >= view.same_dish
            mine[new[joins]] = best[joins]
        return dish


@dataclass(frozen=True, slots=True)
class DishTally:
    """Outputs by group of prompts and dish; parts add up in any order.

    >>> a, b = (DishTally.partial(keys_of(["x", "y"]), np.array([0, d]), 2) for d in (1, -1))
    >>> a.merge(b).counts.sum(axis=0).tolist()
    [2, 1, 1]
    """

    counts: Ints  # (GROUPS, D + 1): the last column is of what is rare

    @classmethod
    def partial(cls, keys: Keys, dish: Ints, dishes: int) -> DishTally:
        """Return the counts of some outputs, from the key of each one's prompt and its dish."""
        group = (keys % np.uint64(GROUPS)).astype(np.int64)
        cell = group * (dishes + 1) + np.where(dish < 0, dishes, dish)
        return cls(np.bincount(cell, minlength=GROUPS * (dishes + 1)).reshape(GROUPS, -1))

    def merge(self, other: DishTally) -> DishTally:
        """Return the counts of both parts."""
        return DishTally(self.counts + other.counts)

    def to_bytes(self) -> bytes:
        """Return the counts as bytes."""
        return pack(_TALLY, counts=self.counts)

    @classmethod
    def from_bytes(cls, data: bytes) -> DishTally:
        """Read the counts back."""
        return cls(unpack(data, _TALLY)["counts"])

    @property
    def of_dish(self) -> Ints:
        """Outputs of each dish, (D,)."""
        return np.asarray(self.counts[:, :-1].sum(axis=0))

    @property
    def commonest(self) -> list[int]:
        """Up to ten dishes that are served, most outputs first."""
        of_dish = self.of_dish
        rank = np.argsort(-of_dish, kind="stable")[:LISTED]
        served: list[int] = rank[of_dish[rank] > 0].tolist()
        return served

    def told(self, menu: Menu, plates: Plates, prompts: int, listed: Sequence[int]) -> DishesOfAll:
        """Say what all outputs of a log serve, which has so many prompts."""
        groups = self.counts[self.counts.sum(axis=1) > 0]
        of_dish = self.of_dish

        def part(dishes: Any) -> Estimate | None:
            if prompts < FIXED_PROMPTS:
                return None
            hits = groups[:, :-1][:, dishes].sum(axis=1)
            found = or_none(lambda: share(hits, groups.sum(axis=1)))
            how = f"share, Wilson on the effective number, jackknife over {len(groups)} groups"
            return found and replace(found, method=f"{how} of prompts")

        def shown(dish: int) -> DishOfAll:
            plate = int(np.flatnonzero(plates.dish == menu.dishes[dish])[0])
            prompt = plates.prompts[plate]
            return DishOfAll(
                example=shortened(plates.texts[plate]),
                prompt=None if prompt is None else shortened(prompt),
                outputs=int(of_dish[dish]),
                share=part([dish]),
            )

        return DishesOfAll(
            outputs=int(self.counts.sum()),
            held_against=len(menu.dishes),
            found=part(slice(None)),
            top_3_share=part(self.commonest[:3]),
            commonest=[shown(dish) for dish in listed],
        )


def with_dishes(
    document: ComparisonDocument, menu: Menu, plates: Plates, tallies: Sequence[DishTally]
) -> ComparisonDocument:
    """Return a comparison with the dishes of all outputs; what these still serve is not lost."""
    listed = [*dict.fromkeys(dish for tally in reversed(tallies) for dish in tally.commonest)]
    prompts = document.shared_prompts
    before, after = (tally.told(menu, plates, prompts, listed) for tally in tallies)
    served = menu.dishes[tallies[1].of_dish > 0]
    gone = np.isin(lost(plates), served, invert=True)
    lost_in_all = [x for x, none in zip(document.lost, gone.tolist(), strict=False) if none]
    both = DishesOfBoth(before=before, after=after, not_lost=int((~gone).sum()))
    return structs.replace(document, dishes_of_all=both, lost=lost_in_all)


def dishes_of_part(plan: CensusPlan, menu: Path, part: Part) -> bytes:
    """Count the dishes of the outputs of a part that are kept."""
    known = _read(menu)
    tally = DishTally.partial(np.empty(0, np.uint64), np.empty(0, np.int64), len(known.dishes))
    for samples in compared(plan, part):
        dish = known.assign(samples.outputs, samples.prompts)
        tally = tally.merge(DishTally.partial(row_keys(samples), dish, len(known.dishes)))
    return tally.to_bytes()


@lru_cache(maxsize=1)
def _read(path: Path) -> Menu:
    return Menu.read(path)

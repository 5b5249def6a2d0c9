"""A toy network keeps more sparse features than it has dimensions; a sparse autoencoder finds them
again where there is room enough, and says so where there is not.

The toy model of Elhage et al. 2022: x' = relu(WᵀWx + b) must rebuild n sparse features from m
dimensions. Then a sparse autoencoder is trained on the m hidden units. Every feature is known, so
it is known too whether what the autoencoder finds is right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fullmenu.lab.experiment import Claim, Experiment, Number, Outcome, Result, Settings
from fullmenu.lab.experiments._gradients import descend, device_of
from fullmenu.lab.experiments._plots import dots
from fullmenu.report.forms import Axis, Colour, Lanes, Picture, Rule

Floats = NDArray[np.float64]

DENSE, HALF, NEAR_HALF, SPARSE, TEN = "dense", "0.4", "0.3", "sparse", "sparse, twice the units"
WORLDS = {DENSE: (4, 1.0), HALF: (4, 0.4), NEAR_HALF: (4, 0.3), SPARSE: (4, 0.02), TEN: (2, 0.02)}
"""Features for each hidden unit, and the chance that a feature is on."""


HANDED = "at first the instrument was handed the known directions"


def items(rng: np.random.Generator, n: int, features: int, density: float) -> Floats:
    """Draw items: each feature is on by chance, then uniform from 0 to 1."""
    return rng.random((n, features)) * (rng.random((n, features)) < density)


def train(seed: int, units: int, density: float, settings: Settings) -> Floats:
    """Train the toy model; return W, one row for each feature, (n, m)."""
    import torch

    device = device_of(settings)
    chance = torch.Generator(device=device).manual_seed(seed)
    n, batch, rate = settings["features"], settings["batch"], settings["learning_rate"]
    start = torch.randn(units, n, generator=chance, device=device) * 2 / (units + n) ** 0.5
    w, b = start.requires_grad_(), torch.zeros(n, device=device, requires_grad=True)
    adam = torch.optim.Adam([w, b], lr=rate)
    for step in range(settings["steps"]):
        values, on = torch.rand(2, batch, n, generator=chance, device=device)
        x = values * (on < density)
        loss = ((x - torch.relu(x @ w.T @ w + b)) ** 2).sum(1).mean()
        descend(adam, loss, rate * min(1.0, 3 * (1 - step / settings["steps"])))
    return np.asarray(w.detach().cpu().numpy().T, np.float64)


def cell(arm: str, seed: int, settings: Settings) -> Outcome:
    """Train one toy model and one autoencoder on its hidden units, and ask the instrument."""
    from fullmenu.diagnose.units.autoencoder import sparse_autoencoder
    from fullmenu.diagnose.units.cosines import mean_max_cosine
    from fullmenu.diagnose.units.diagnosis import polysemanticity
    from fullmenu.diagnose.units.dimensions import dimensions_per_feature
    from fullmenu.diagnose.units.gain import dictionary_gain

    per_unit, density = WORLDS[arm]
    n = settings["features"]
    w = train(seed, n // per_unit, density, settings)
    rng = np.random.default_rng([seed, 1])
    hidden = items(rng, settings["items"], n, density) @ w
    dictionary = sparse_autoencoder(
        hidden, 2 * n, fvu=settings["fvu"], steps=settings["autoencoder steps"], seed=seed
    )
    tested = items(rng, settings["tested"], n, density)
    hidden, on = tested @ w, tested > (0.5 if density == 1 else 0.0)
    gain = dictionary_gain(hidden, on, dictionary)
    match = mean_max_cosine(dictionary.directions, w)
    verdicts = {
        "units": polysemanticity(hidden, on).verdict,
        "latents": polysemanticity(dictionary.latents(hidden), on).verdict,
        "gain": "claimed" if gain.claimed else "not claimed",
    }
    return Outcome(
        {
            "dimensions": dimensions_per_feature(w),
            "represented": float((np.linalg.norm(w, axis=1) > 0.5).sum()),
            "per unit": gain.before.value,
            "per latent": gain.after.value,
            "FVU": gain.fvu,
            "L0": gain.l0,
            "MMCS": match.found,
            "MMCS random": match.chance,
        },
        verdicts,
        {"why": gain.why},
    )


def claims(result: Result) -> list[Claim]:
    """What was written down before the first run of five seeds."""
    wide = {arm: result.mean(arm, "dimensions") for arm in WORLDS}
    runs = len(result.seeds)
    said = {arm: result.verdicts(arm, "gain").count("claimed") for arm in (SPARSE, TEN)}
    before, after = (result.estimate(TEN, name) for name in ("per unit", "per latent"))
    still = result.mean(SPARSE, "per latent")
    units = [v for arm in (SPARSE, TEN) for v in result.verdicts(arm, "units")]
    latents = result.verdicts(TEN, "latents")
    return [
        Claim(
            "a dense feature has a dimension for itself (0.95 to 1.05)",
            f"{wide[DENSE]:.3f}",
            0.95 <= wide[DENSE] <= 1.05,
            blind="which features those are",
        ),
        Claim(
            "a plateau: two densities with half a dimension each (0.45 to 0.55)",
            f"{wide[HALF]:.3f} and {wide[NEAR_HALF]:.3f}",
            all(0.45 <= wide[arm] <= 0.55 for arm in (HALF, NEAR_HALF)),
            blind="that it is flat between: two densities are two points",
        ),
        Claim(
            "a sparse feature has less than a quarter",
            f"{wide[SPARSE]:.3f}",
            wide[SPARSE] < 0.25,
            blind="features of unequal weight, or that come together",
        ),
        Claim(
            "with twice the units the autoencoder brings concepts from 15 or more a unit to 1.1 or "
            "fewer a latent, and the gain is claimed in every run",
            f"{before.value:.1f} to {after.value:.2f}, claimed in {said[TEN]} of {runs}",
            before.value >= 15 and after.value <= 1.1 and said[TEN] == runs,
            blind="a network whose concepts nobody has labelled: it is told which feature is on, "
            "though no longer the directions",
            history=HANDED,
        ),
        Claim(
            "with fewer units the gain is claimed in no run, for all that the cosines look high",
            f"claimed in {said[SPARSE]} of {runs}: {still:.1f} concepts a latent, MMCS "
            f"{result.mean(SPARSE, 'MMCS'):.2f}, random {result.mean(SPARSE, 'MMCS random'):.2f}",
            said[SPARSE] == 0,
            blind="whether a better autoencoder would find them",
            history=HANDED,
        ),
        Claim(
            "the instrument calls hidden units polysemantic, and latents that are right not",
            f"present in {units.count('present')} of {len(units)}, "
            f"absent in {latents.count('absent')} of {runs}",
            units.count("present") == len(units) and latents.count("absent") == runs,
            blind="units between the two: here they answer to fifteen concepts or to one",
        ),
    ]


def draw(result: Result) -> Picture:
    """Dimensions of a feature by density, and concepts of units and latents."""
    n = result.settings["features"]
    width = Lanes(
        title="Dimensions of a feature",
        x=Axis(title="dimensions of a represented feature", low=0.0),
        rules=[Rule(at=1.0, name="one each"), Rule(at=0.5, name="two share one")],
        lanes=[
            dots(f"on with chance {density:g}", result.values(arm, "dimensions"))
            for arm, (_, density) in WORLDS.items()
            if arm != TEN
        ],
    )
    concepts = Lanes(
        title="What a unit or a latent answers to",
        x=Axis(title="unrelated concepts", low=0.0),
        lanes=[
            dots(f"{n // WORLDS[arm][0]} hidden units: {kind}", result.values(arm, name), colour)
            for arm in (SPARSE, TEN)
            for kind, name, colour in UNITS
        ],
    )
    return Picture(
        title=f"{n} features in few dimensions, and an autoencoder's latents",
        about=f"Rings: {len(result.seeds)} seeds; bars: their means.",
        forms=[width, concepts],
    )


UNITS: tuple[tuple[str, str, Colour], ...] = (
    ("a hidden unit", "per unit", "c2"),
    ("a latent", "per latent", "c1"),
)


EXPERIMENT = Experiment.of(
    __name__,
    arms={
        DENSE: "four features for each hidden unit (20 for 5), all of them on",
        HALF: "the same, each on with chance 0.4",
        NEAR_HALF: "the same, each on with chance 0.3",
        SPARSE: "the same, each on with chance 0.02",
        TEN: "two features for each hidden unit (20 for 10), on with chance 0.02",
    },
    numbers={
        "dimensions": Number("dimensions of a represented feature, D*", "dimensions", 3),
        "represented": Number("features represented", "features", 1),
        "per unit": Number("unrelated concepts that a hidden unit answers to", "concepts", 1),
        "per latent": Number("the same of a latent of the autoencoder", "concepts"),
        "FVU": Number("variance that the autoencoder leaves unexplained", "share", 3),
        "L0": Number("latents on at once", "latents"),
        "MMCS": Number("mean largest cosine of the dictionary with the known directions", "cosine"),
        "MMCS random": Number("the same of random dictionaries of its size", "cosine"),
    },
    settings={
        "features": (20, 80),
        "steps": (4000, 20_000),
        "batch": (512, 4096),
        "learning_rate": 0.003,
        "items": (20_000, 200_000),
        "tested": (8_000, 20_000),
        "autoencoder steps": (3000, 20_000),
        "fvu": 0.02,
        "device": ("cpu", "auto"),
        "seeds": (5, 10),
    },
    published={
        "Elhage et al. 2022, Toy Models of Superposition": {
            DENSE: {"dimensions": "1, then a plateau at ½ as features get sparser"}
        },
        "this project's prototype, 5–6 seeds": {
            DENSE: {"dimensions": "0.996 ± 0.001"},
            NEAR_HALF: {"dimensions": "0.489 ± 0.001"},
            SPARSE: {"dimensions": "0.174 ± 0.001 at chance 0.01", "MMCS": "0.88, random 0.88"},
            TEN: {"per unit": "17.3 ± 0.6", "per latent": "1.00 ± 0.00"},
        },
    },
    caveat="Features are independent and equally important here, and known; in a real network they "
    "are none of these. In the dense world a concept is a value above ½.",
)

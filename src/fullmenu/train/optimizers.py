"""One way to the optimizers that train differently: Muon, SOAP and Shampoo beside AdamW and SGD."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch

from fullmenu.errors import BadInput, UnknownName, extra

NAMES = ("adamw", "muon", "sgd", "shampoo", "soap")

_HEADS = ("classifier", "head", "lm_head", "score", "v_head", "value_head")
"""What an output layer is called."""

_SHAMPOO = {
    "start_preconditioning_step": 1,
    "preconditioning_compute_steps": 10,
    "graft_type": 4,  # pytorch_optimizer's number for a layer's step grafted to √n of its n weights
    "moving_average_for_momentum": True,
    "decoupled_weight_decay": True,
}


def optimizer(
    name: str,
    model: torch.nn.Module,
    lr: float | None = None,
    *,
    weight_decay: float = 0.0,
    hidden: Callable[[str, torch.nn.Parameter], bool] | None = None,
    **options: Any,
) -> torch.optim.Optimizer:
    """Make an optimizer by name, every parameter in the group it belongs to.

    Every group has a ``role``. Schedulers work, ``OneCycleLR`` on Muon with
    ``cycle_momentum=False``.

    Muon (Jordan et al. 2024) steps by ``match_rms_adamw`` (Liu et al. 2025, 2502.16982), so that
    one learning rate suits both its parts. Shampoo (Gupta et al. 2018; Anil et al. 2020) begins to
    precondition at the first step and renews its roots every tenth, is grafted to √n of a layer's
    n weights, and its momentum is a mean: that is AdamW's scale; load its saved state with
    :func:`saved_classes`. SOAP (Vyas et al. 2024, 2409.11321) spends its first step on its basis
    and moves nothing. Judge them at equal time as well as at equal steps
    (``fullmenu lab run descent``).

    Parameters
    ----------
    name
        ``adamw``, ``sgd`` and ``muon`` (torch's own), ``soap`` and ``shampoo`` (of
        ``pytorch_optimizer``). Muon turns the hidden matrices; embeddings, output layers, biases,
        norms and whatever is not a matrix go to AdamW inside the same object.
    model
        What is trained; frozen parameters are left out.
    lr
        Learning rate. By default the library's: 1e-3, and 3e-3 for SOAP; none is tuned for your
        model, and most of what looks like an optimizer's gain is often tuning.
    weight_decay
        Decoupled where the optimizer allows it (all but SGD), on matrices only, never on biases
        and norms. 0, not the libraries' 0.01 or, for Muon, 0.1.
    hidden
        Says of a name and a matrix whether Muon takes it. By default all but embeddings and the
        output layer: transformers' output embeddings, what is named a head, or else the last
        linear layer.
    **options
        As the optimizer itself takes them; for Muon, those of AdamW go to AdamW.

    Raises
    ------
    UnknownName
        There is no such optimizer.
    BadInput
        An option that it does not take, or a model without parameters to train or, for Muon,
        without a hidden matrix.
    MissingExtra
        ``pytorch_optimizer`` is not installed.

    Examples
    --------
    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Linear(8, 8),
    ...     torch.nn.Linear(8, 1))
    >>> [(g["role"], len(g["params"])) for g in optimizer("muon", net).param_groups]
    [('muon', 2), ('adamw', 1), ('adamw, no decay', 3)]
    """
    chosen = name.lower()
    if chosen not in NAMES:
        raise UnknownName("optimizer", name, NAMES)
    if chosen == "muon":
        return MuonAdamW(model, lr, weight_decay, hidden, options)
    if hidden is not None:
        raise BadInput(
            f"hidden= says what Muon takes; {name!r} takes every parameter: leave it out"
        )
    kind = _kind(chosen)
    _check(name, options, _takes(kind))
    if lr is not None:
        options = {"lr": lr, **options}
    if chosen == "shampoo":
        options = {**_SHAMPOO, **options}
    made: torch.optim.Optimizer = kind(
        _groups(_trained(model).values(), chosen, weight_decay), **options
    )
    return made


def saved_classes() -> list[type]:
    """Return the classes in a saved state of Shampoo, which ``torch.load`` else refuses.

    ``with torch.serialization.safe_globals(saved_classes()): torch.load(path)``; the states of the
    other optimizers hold tensors and numbers only.
    """
    with extra("the optimizer 'shampoo'", "train"):
        from pytorch_optimizer.optimizer.utils import graft, partition, preconditioner
    return [graft.SQRTNGraft, preconditioner.PreConditioner, partition.PreConditionerType]


class MuonAdamW(torch.optim.Optimizer):
    """Muon for the hidden matrices and AdamW for the rest, sharing its groups and its state."""

    def __init__(
        self,
        model: torch.nn.Module,
        lr: float | None,
        weight_decay: float,
        hidden: Callable[[str, torch.nn.Parameter], bool] | None,
        options: Mapping[str, object],
    ) -> None:
        trained = _trained(model)
        chosen = hidden or _not_at_the_ends(model)
        first = {n: p for n, p in trained.items() if p.ndim == 2 and chosen(n, p)}
        rest = {n: p for n, p in trained.items() if n not in first}
        if not first:
            raise BadInput(
                f"muon on {type(model).__name__}: none of its {len(trained)} parameters is a "
                "hidden matrix; use 'adamw', or say with hidden= which matrices Muon shall take"
            )
        of_muon = _takes(torch.optim.Muon)
        _check("muon", options, of_muon | _takes(torch.optim.AdamW))
        muon = {k: v for k, v in options.items() if k in of_muon}
        adamw = {k: v for k, v in options.items() if k not in of_muon}
        lr = 1e-3 if lr is None else lr
        muon = {"adjust_lr_fn": "match_rms_adamw", **muon}
        groups = [{"params": list(first.values()), "role": "muon", "weight_decay": weight_decay}]
        self._parts = [torch.optim.Muon(groups, lr=lr, **muon)]
        if rest:
            others = _groups(rest.values(), "adamw", weight_decay)
            self._parts.append(torch.optim.AdamW(others, lr, **adamw))
        super().__init__([g for part in self._parts for g in part.param_groups], {"lr": lr})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: to Muon if its ``role`` is ``muon``, else to AdamW.

        Without a role it is AdamW's, which takes whatever there is; an unfrozen hidden matrix for
        Muon says ``{"params": [matrix], "role": "muon"}``.

        Raises
        ------
        BadInput
            For Muon: something that is no matrix.
        """
        role = param_group.setdefault("role", "adamw")
        kind = torch.optim.Muon if role == "muon" else torch.optim.AdamW
        if role == "muon" and any(p.ndim != 2 for p in _listed(param_group["params"])):
            raise BadInput(
                "a group with role='muon' holds something that is no matrix; leave the role out "
                "for biases, norms and convolutions: AdamW takes them"
            )
        like = [g for g in self.param_groups if (g["role"] == "muon") is (role == "muon")]
        known = {k: v for k, v in like[0].items() if k != "params"} if like else self.defaults
        made = kind([{**known, **param_group}])
        super().add_param_group(made.param_groups[0])
        if kind not in {type(part) for part in self._parts}:
            self._parts.append(made)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take one step with both."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for part in self._parts:
            mine = isinstance(part, torch.optim.Muon)
            part.param_groups = [g for g in self.param_groups if (g["role"] == "muon") is mine]
            part.state = self.state
            part.step()
        return loss


def _listed(params: Any) -> list[torch.nn.Parameter]:
    return [params] if isinstance(params, torch.Tensor) else list(params)


def _trained(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    found = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if not found:
        raise BadInput(
            f"{type(model).__name__} has no parameter that is trained; give a model with some, "
            "unfrozen"
        )
    return found


def _groups(
    parameters: Collection[torch.nn.Parameter], role: str, weight_decay: float
) -> list[dict[str, object]]:
    parts = {
        role: [p for p in parameters if p.ndim > 1],
        f"{role}, no decay": [p for p in parameters if p.ndim <= 1],
    }
    return [
        {"params": part, "role": name, "weight_decay": weight_decay if name == role else 0.0}
        for name, part in parts.items()
        if part
    ]


def _not_at_the_ends(model: torch.nn.Module) -> Callable[[str, torch.nn.Parameter], bool]:
    """Neither an embedding nor the output layer, nor tied to one."""
    nn = torch.nn
    ends = {m for m in model.modules() if isinstance(m, (nn.Embedding, nn.EmbeddingBag))}
    heads = {m for n, m in model.named_modules() if n.rpartition(".")[2] in _HEADS}
    if hasattr(model, "get_output_embeddings"):
        heads.add(model.get_output_embeddings())
    elif not heads:
        heads.update([m for m in model.modules() if isinstance(m, nn.Linear)][-1:])
    taken = {id(p) for m in ends | (heads - {None}) for p in m.parameters()}
    return lambda name, parameter: id(parameter) not in taken


def _takes(kind: Any) -> set[str]:
    apart = {"self", "params", "lr", "weight_decay", "kwargs"}
    return set(inspect.signature(kind.__init__).parameters) - apart


def _check(name: str, options: Mapping[str, object], known: set[str]) -> None:
    if unknown := options.keys() - known:
        raise BadInput(
            f"{name} takes no {', '.join(sorted(unknown))}; its options are "
            f"{', '.join(sorted(known))}"
        )


def _kind(name: str) -> Any:
    if name in ("adamw", "sgd"):
        return torch.optim.AdamW if name == "adamw" else torch.optim.SGD
    with extra("the optimizers 'soap' and 'shampoo'", "train"):
        import pytorch_optimizer
    return pytorch_optimizer.SOAP if name == "soap" else pytorch_optimizer.ScalableShampoo

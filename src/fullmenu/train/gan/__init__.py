"""Remedies against mode collapse in GANs, as plain functions and modules of torch.

``packs``, ``standard_deviation`` and ``discrimination`` let the discriminator see several samples
at once, so that sameness gives a generator away; the relativistic ``losses`` with ``penalties`` are
well-behaved; ``lookahead`` lets the generator look ahead; ``diversity`` pays it for difference.
Spectral normalisation is torch's own, ``torch.nn.utils.parametrizations.spectral_norm``.

A training loop with packing and penalties, of anything that torch can train::

    >>> import torch
    >>> from fullmenu.train import gan
    >>> g, d = torch.nn.Linear(2, 2), gan.Packed(torch.nn.Linear(4, 1), 2)
    >>> opt_g, opt_d = (torch.optim.Adam(net.parameters(), lr=1e-3) for net in (g, d))
    >>> for _ in range(3):
    ...     real, fake = torch.randn(64, 2), g(torch.randn(64, 2))
    ...     loss_d = gan.nonsaturating_d(d(real), d(fake.detach())) + gan.r1_penalty(d, real, 0.1)
    ...     opt_d.zero_grad()
    ...     loss_d.backward()
    ...     opt_d.step()
    ...     loss_g = gan.nonsaturating_g(d(fake))
    ...     opt_g.zero_grad()
    ...     loss_g.backward()
    ...     opt_g.step()
    >>> loss_d.shape, loss_g.shape
    (torch.Size([]), torch.Size([]))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fullmenu.train.gan.discrimination import MinibatchDiscrimination as MinibatchDiscrimination
    from fullmenu.train.gan.diversity import diversity_sensitive as diversity_sensitive
    from fullmenu.train.gan.lookahead import unrolled as unrolled
    from fullmenu.train.gan.losses import nonsaturating_d as nonsaturating_d
    from fullmenu.train.gan.losses import nonsaturating_g as nonsaturating_g
    from fullmenu.train.gan.losses import relativistic_d as relativistic_d
    from fullmenu.train.gan.losses import relativistic_g as relativistic_g
    from fullmenu.train.gan.packs import Packed as Packed
    from fullmenu.train.gan.packs import pack as pack
    from fullmenu.train.gan.penalties import r1_penalty as r1_penalty
    from fullmenu.train.gan.penalties import r2_penalty as r2_penalty
    from fullmenu.train.gan.standard_deviation import MinibatchStd as MinibatchStd
    from fullmenu.train.gan.standard_deviation import minibatch_std as minibatch_std
else:
    from fullmenu.lazy_names import attach

    __getattr__, __dir__ = attach(__name__)

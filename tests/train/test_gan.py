"""Remedies for GANs: formulas, gradients, and what must change nothing."""

import copy
import subprocess
import sys
from typing import Any

import pytest

import fullmenu as fm
from fullmenu.errors import BadInput

gan = fm.train.gan
torch: Any = None


@pytest.fixture(autouse=True)
def _seeded(require):
    global torch
    torch = require("torch")
    torch.manual_seed(0)


def rand(*shape):
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def judge(wide=2, **options):
    net = torch.nn.Sequential(torch.nn.Linear(wide, 8), torch.nn.Softplus(), torch.nn.Linear(8, 1))
    return net.double().to(**options)


def gradients(loss, module):
    return torch.autograd.grad(loss, list(module.parameters()))


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_losses_are_the_published_formulas():
    real, fake = rand(6, 1), rand(6, 1)
    soft = torch.nn.functional.softplus
    log = torch.nn.functional.logsigmoid
    assert torch.allclose(gan.nonsaturating_d(real, fake), -(log(real) + log(-fake)).mean())
    assert torch.allclose(gan.nonsaturating_g(fake), -log(fake).mean())
    assert torch.allclose(gan.relativistic_d(real, fake), soft(-(real - fake)).mean())
    assert torch.allclose(gan.relativistic_g(real, fake), soft(-(fake - real)).mean())


@pytest.mark.parametrize(
    "loss", ["nonsaturating_d", "relativistic_d", "relativistic_g", "nonsaturating_g"]
)
def test_gradients_of_losses(loss):
    f = getattr(gan, loss)
    logits = (rand(5, 1),) if loss == "nonsaturating_g" else (rand(5, 1), rand(5, 1))
    assert torch.autograd.gradcheck(f, logits)
    assert torch.autograd.gradgradcheck(f, logits)


@pytest.mark.parametrize("shape", [(6, 3), (6, 2, 4, 4)])
def test_packs_hold_their_samples_side_by_side(shape):
    x = rand(*shape)
    packed = gan.pack(x, 3)
    assert packed.shape == (2, 3 * shape[1], *shape[2:])
    assert torch.equal(packed[1], torch.cat([x[3], x[4], x[5]], 0))
    assert torch.autograd.gradcheck(lambda x: gan.pack(x, 3), (x,))


def test_packing_of_one_is_the_plain_loss_bit_for_bit():
    d, real, fake = judge(), rand(6, 2), rand(6, 2)
    packed = gan.Packed(d, 1)
    plain = gan.nonsaturating_d(d(real), d(fake))
    assert gan.pack(real, 1) is real
    loss = gan.nonsaturating_d(packed(real), packed(fake))
    assert torch.equal(loss, plain)
    assert same(gradients(loss, d), gradients(plain, d))


def test_weight_zero_is_the_plain_loss_bit_for_bit():
    d, real, fake, z = judge(), rand(6, 2), rand(6, 2), rand(6, 2)
    plain = gan.nonsaturating_d(d(real), d(fake))
    loss = plain + gan.r1_penalty(d, real, 0.0) + gan.r2_penalty(d, fake, 0.0)
    assert torch.equal(loss, plain)
    assert same(gradients(loss, d), gradients(gan.nonsaturating_d(d(real), d(fake)), d))
    plain = gan.nonsaturating_g(d(fake))
    pairs = gan.diversity_sensitive(fake[:3], fake[3:], z[:3], z[3:], 2.0)
    (ours,) = torch.autograd.grad(plain + 0.0 * pairs, fake)
    (theirs,) = torch.autograd.grad(gan.nonsaturating_g(d(fake)), fake)
    assert torch.equal(plain + 0.0 * pairs, plain)
    assert torch.equal(ours, theirs)


def test_penalties_of_a_known_slope():
    w = torch.tensor([[3.0], [4.0]], dtype=torch.float64)
    x = rand(7, 2)
    assert gan.r1_penalty(lambda x: x @ w, x, 0.1).item() == pytest.approx(0.05 * 25)
    packed = torch.cat([w, w])  # a pack of two has twice the squared slope
    found = gan.r1_penalty(lambda x: gan.pack(x, 2) @ packed, x[:6], 0.1)
    assert found.item() == pytest.approx(0.05 * 50)
    images = gan.r2_penalty(lambda x: x.pow(2).sum((1, 2, 3)), torch.ones(3, 1, 2, 2), 1.0)
    assert images.item() == pytest.approx(0.5 * 16)


def test_gradients_of_penalties():
    x, w, v = rand(4, 2), rand(2, 5), rand(5, 1)

    def penalty(w, v):
        return gan.r1_penalty(lambda x: torch.tanh(x @ w) @ v, x, 0.7)

    assert torch.autograd.gradcheck(penalty, (w, v))
    assert torch.autograd.gradgradcheck(penalty, (w, v))


def test_penalties_work_where_gradients_are_off_and_leave_samples_alone():
    d, x = judge(), rand(4, 2)
    with torch.no_grad():
        found = gan.r1_penalty(d, x, 1.0)
    assert found > 0
    assert x.grad is None
    with pytest.raises(BadInput, match="a logit that depends on it"):
        gan.r1_penalty(lambda x: torch.ones(len(x), 1, requires_grad=True), x, 1.0)
    with pytest.raises(BadInput, match="a weight is 0 or more"):
        gan.r1_penalty(d, x, -1.0)


@pytest.mark.parametrize("shape", [(8, 3), (8, 3, 2, 2)])
def test_minibatch_std_by_hand(shape):
    x = rand(*shape)
    out = gan.minibatch_std(x, 4)
    assert out.shape == (8, 4, *shape[2:])
    assert torch.equal(out[:, :3], x)
    by_hand = x[4:].var(0, unbiased=False).add(1e-8).sqrt().mean()
    assert torch.allclose(out[4:, 3], by_hand.expand(4, *shape[2:]))
    assert torch.autograd.gradcheck(lambda x: gan.minibatch_std(x, 4), (x,))
    assert torch.autograd.gradgradcheck(lambda x: gan.minibatch_std(x, 4), (x,))
    assert torch.equal(gan.MinibatchStd()(x), gan.minibatch_std(x, 8))


def test_minibatch_std_of_copies_has_a_finite_slope():
    x = torch.ones(4, 3, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(gan.minibatch_std(x).sum(), x)
    assert torch.isfinite(slope).all()


def test_minibatch_discrimination_by_hand():
    layer = gan.MinibatchDiscrimination(3, kernels=2, width=4).double()
    x = rand(5, 3)
    t = layer.projection.weight.view(2, 4, 3)
    m = torch.einsum("na,bca->nbc", x, t)
    by_hand = sum(torch.exp(-(m[1] - m[j]).abs().sum(1)) for j in range(5) if j != 1)
    assert torch.allclose(layer(x)[1, 3:], by_hand)
    assert torch.equal(layer(x)[:, :3], x)
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradgradcheck(layer, (x,))


def test_diversity_by_hand_and_capped():
    a, b, z, y = rand(3, 2, 2), rand(3, 2, 2), rand(3, 4), rand(3, 4)
    ratio = (a - b).abs().mean((1, 2)) / (z - y).abs().mean(1)
    assert torch.allclose(gan.diversity_sensitive(a, b, z, y, 1e9), -ratio.mean())
    cap = ratio.median().item()
    assert torch.allclose(gan.diversity_sensitive(a, b, z, y, cap), -ratio.clamp(max=cap).mean())
    assert torch.autograd.gradcheck(lambda *t: gan.diversity_sensitive(*t, 1e9), (a, b, z, y))
    assert torch.isfinite(gan.diversity_sensitive(a, b, z, z, 3.0))


def net_with_buffers():
    return torch.nn.Sequential(
        torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(2, 6)),
        torch.nn.BatchNorm1d(6),
        torch.nn.LeakyReLU(0.2),
        torch.nn.Linear(6, 1),
    ).double()


@pytest.mark.parametrize("through", [True, False])
def test_unrolling_leaves_the_discriminator_as_it_was(through):
    d, real, z = net_with_buffers(), rand(8, 2), rand(8, 2)
    before = copy.deepcopy(d.state_dict())
    later = gan.unrolled(
        d, lambda j: gan.nonsaturating_d(j(real), j(2 * z)), 3, 0.1, through=through
    )
    torch.autograd.grad(gan.nonsaturating_g(later(2 * z)), z)
    assert all(torch.equal(before[k], v) for k, v in d.state_dict().items())
    assert all(p.grad is None for p in d.parameters())


def test_unrolled_steps_are_those_of_gradient_descent():
    d, real, fake = judge(), rand(8, 2), rand(8, 2)
    ahead = copy.deepcopy(d)
    sgd = torch.optim.SGD(ahead.parameters(), lr=0.3)
    for _ in range(4):
        sgd.zero_grad()
        gan.nonsaturating_d(ahead(real), ahead(fake)).backward()
        sgd.step()
    for through in (True, False):
        later = gan.unrolled(
            d, lambda j: gan.nonsaturating_d(j(real), j(fake)), 4, 0.3, through=through
        )
        assert torch.allclose(later(fake), ahead(fake), rtol=0, atol=1e-12)
    assert gan.unrolled(d, lambda j: j(real).mean(), 0, 0.3) is d


def test_gradient_goes_through_the_steps():
    d, real, z = judge(), rand(4, 2), rand(4, 2)

    def loss(z, through=True):
        fake = torch.tanh(z)
        later = gan.unrolled(
            d, lambda j: gan.nonsaturating_d(j(real), j(fake)), 2, 0.5, through=through
        )
        return gan.nonsaturating_g(later(fake))

    assert torch.autograd.gradcheck(loss, (z,))
    (full,) = torch.autograd.grad(loss(z), z)
    (part,) = torch.autograd.grad(loss(z, through=False), z)
    assert not torch.allclose(full, part)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: gan.pack(torch.zeros(5, 2), 2), "cannot be packed by 2: give a multiple"),
        (lambda: gan.pack(torch.zeros(5), 5), "samples of shape"),
        (lambda: gan.Packed(torch.nn.Identity(), 0), "m=0"),
        (lambda: gan.minibatch_std(torch.zeros(6, 2), 4), "no groups of 4"),
        (lambda: gan.MinibatchStd(0), "group=0"),
        (lambda: gan.relativistic_d(torch.zeros(4, 1), torch.zeros(4)), "of one shape"),
        (lambda: gan.MinibatchDiscrimination(4)(torch.zeros(2, 4, 3)), r"takes \(n, 4\)"),
        (
            lambda: gan.diversity_sensitive(
                torch.ones(2, 1), torch.ones(2, 1), torch.ones(3, 1), torch.ones(3, 1), 1
            ),
            "one latent a sample",
        ),
        (lambda: gan.diversity_sensitive(*[torch.ones(2, 1)] * 4, cap=0), "cap=0"),
        (lambda: gan.unrolled(torch.nn.Linear(1, 1), lambda j: j, -1, 0.1), "steps=-1"),
    ],
)
def test_bad_input_says_what_to_give(call, says):
    with pytest.raises(BadInput, match=says):
        call()


def test_names_cost_nothing_until_used():
    code = (
        "import sys, fullmenu as fm; print(*dir(fm.train.gan)); "
        "assert 'torch' not in sys.modules; fm.train.gan.pack"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == list(gan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'packing_of'"):
        gan.packing_of

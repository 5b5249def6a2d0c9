"""Each optimizer by name: who gets what, that it trains, and that it goes on from a saved state."""

from __future__ import annotations

import copy
import io

import pytest

from fullmenu.errors import BadInput, UnknownName

NAMES = ["adamw", "muon", "sgd", "shampoo", "soap"]
RATES = {"sgd": 0.1}


@pytest.fixture(scope="module")
def torch(require):
    require("pytorch_optimizer")
    found = require("torch")
    found.set_num_threads(1)
    return found


@pytest.fixture
def net(torch):
    def net(seed=0):
        torch.manual_seed(seed)
        linear, relu = torch.nn.Linear, torch.nn.ReLU
        return torch.nn.Sequential(linear(2, 16), relu(), linear(16, 16), relu(), linear(16, 1))

    return net


@pytest.fixture
def step(torch):
    random = torch.Generator().manual_seed(0)
    x = torch.randn(64, 2, generator=random)
    y = x[:, :1] * x[:, 1:]

    def step(model, optimizer):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def make(name, model, **options):
    from fullmenu.train import optimizer  # torch may be missing

    return optimizer(name, model, RATES.get(name, 0.01), **options)


def names_of(group, model):
    ids = {id(p) for p in group["params"]}
    return [n for n, p in model.named_parameters() if id(p) in ids]


@pytest.mark.parametrize("name", NAMES)
def test_it_trains_a_small_net(name, net, step):
    model = net()
    optimizer = make(name, model)
    losses = [step(model, optimizer) for _ in range(120)]
    assert losses[-1] < 0.35 * losses[0]


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_on_from_a_saved_state(name, net, step, torch):
    model = net()
    optimizer = make(name, model)
    for _ in range(15):
        step(model, optimizer)
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    other = copy.deepcopy(model)
    resumed = make(name, other)
    from fullmenu.train.optimizers import saved_classes

    with torch.serialization.safe_globals(saved_classes() if name == "shampoo" else []):
        resumed.load_state_dict(torch.load(file))
    goes_on = [[step(m, o) for _ in range(12)] for m, o in ((model, optimizer), (other, resumed))]
    assert goes_on[0] == goes_on[1]


@pytest.mark.parametrize("name", NAMES)
def test_schedulers_reach_every_group(name, net, step, torch):
    model = net()
    optimizer = make(name, model)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 0.0 if k else 1.0)
    step(model, optimizer)
    scheduler.step()
    assert [g["lr"] for g in optimizer.param_groups] == [0.0] * len(optimizer.param_groups)
    before = copy.deepcopy(model.state_dict())
    step(model, optimizer)
    assert all(torch.equal(p, before[n]) for n, p in model.state_dict().items())


def test_muon_takes_hidden_matrices_only(torch):
    from torch import nn

    model = nn.Module()
    model.words = nn.Embedding(10, 8)
    model.hidden = nn.Linear(8, 8)
    model.norm = nn.LayerNorm(8)
    model.lm_head = nn.Linear(8, 10, bias=False)
    model.frozen = nn.Linear(8, 8).requires_grad_(False)
    groups = make("muon", model, weight_decay=0.1).param_groups
    assert {g["role"]: names_of(g, model) for g in groups} == {
        "muon": ["hidden.weight"],
        "adamw": ["words.weight", "lm_head.weight"],
        "adamw, no decay": ["hidden.bias", "norm.weight", "norm.bias"],
    }
    assert [g["weight_decay"] for g in groups] == [0.1, 0.1, 0.0]


def test_muon_leaves_tied_and_convolutional_weights_to_adamw(torch):
    from torch import nn

    model = nn.Module()
    model.words = nn.Embedding(10, 8)
    model.patch = nn.Conv2d(3, 8, 2, bias=False)
    model.hidden = nn.Linear(8, 8, bias=False)
    model.last = nn.Linear(8, 10, bias=False)
    model.last.weight = model.words.weight
    first, rest = make("muon", model).param_groups
    assert names_of(first, model) == ["hidden.weight"]
    assert names_of(rest, model) == ["words.weight", "patch.weight"]


def test_muon_asks_a_transformer_for_its_output_layer(torch):
    from torch import nn

    class Model(nn.Module):
        def __init__(self, output):
            super().__init__()
            self.up, self.down = nn.Linear(4, 8, bias=False), nn.Linear(8, 4, bias=False)
            self.output = output

        def get_output_embeddings(self):
            return self.output

    whole = Model(nn.Linear(4, 10, bias=False))
    assert names_of(make("muon", whole).param_groups[0], whole) == ["up.weight", "down.weight"]
    headless = Model(None)
    assert len(make("muon", headless).param_groups) == 1


def test_muon_s_choice_can_be_made_by_hand(net):
    model = net()
    groups = make("muon", model, hidden=lambda name, p: True).param_groups
    assert names_of(groups[0], model) == ["0.weight", "2.weight", "4.weight"]


def test_options_of_muon_go_to_the_right_part(net):
    groups = make("muon", net(), momentum=0.5, betas=(0.5, 0.9)).param_groups
    assert groups[0]["momentum"] == 0.5
    assert groups[1]["betas"] == groups[2]["betas"] == (0.5, 0.9)


def test_shampoo_preconditions_within_ten_steps(net, step):
    model = net()
    optimizer = make("shampoo", model)
    assert optimizer.start_preconditioning_step == 1
    assert optimizer.preconditioning_compute_steps <= 10
    for _ in range(10):
        step(model, optimizer)
    roots = optimizer.state[model[2].weight]["pre_conditioner"].pre_conditioners
    assert all(float((r - r.diag().diag()).abs().max()) > 0 for r in roots)


def test_a_closure_is_called_once(net, torch):
    model = net()
    optimizer = make("muon", model)
    calls = []

    def closure():
        calls.append(1)
        optimizer.zero_grad()
        loss = model(torch.ones(1, 2)).sum()
        loss.backward()
        return loss

    losses = [float(optimizer.step(closure).detach()) for _ in range(2)]
    assert len(calls) == 2
    assert losses[1] < losses[0]


def test_what_it_refuses(net, torch):
    with pytest.raises(UnknownName, match="did you mean 'muon'"):
        make("moun", net())
    with pytest.raises(BadInput, match="soap takes no momentum; its options are betas"):
        make("soap", net(), momentum=0.9)
    with pytest.raises(BadInput, match="muon takes no rho"):
        make("muon", net(), rho=1)
    with pytest.raises(BadInput, match="leave it out"):
        make("soap", net(), hidden=lambda name, p: True)
    with pytest.raises(BadInput, match="none of its 2 parameters is a hidden matrix"):
        make("muon", torch.nn.Linear(2, 1))
    with pytest.raises(BadInput, match="no parameter that is trained"):
        make("adamw", net().requires_grad_(False))


def test_muon_takes_groups_that_are_added_later(net, step, torch):
    from fullmenu.train.optimizers import optimizer

    model = net()
    made = optimizer("muon", model, 0.01)
    more = torch.nn.Linear(16, 16)
    made.add_param_group({"params": [more.weight], "role": "muon"})
    made.add_param_group({"params": [more.bias], "weight_decay": 0.5})
    assert [g["role"] for g in made.param_groups[-2:]] == ["muon", "adamw"]
    assert made.param_groups[-1]["lr"] == 0.01 and made.param_groups[-1]["weight_decay"] == 0.5
    before = more.weight.detach().clone(), more.bias.detach().clone()
    for _ in range(3):
        made.zero_grad()
        (model(torch.ones(4, 2)).sum() + more(torch.ones(4, 16)).pow(2).sum()).backward()
        made.step()
    assert (more.weight != before[0]).any() and (more.bias != before[1]).any()
    with pytest.raises(BadInput, match="holds something that is no matrix"):
        made.add_param_group({"params": more.bias, "role": "muon"})

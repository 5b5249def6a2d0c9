"""What ``benchmarks/descent_tuning.py`` found best, on seeds that the experiment never reports."""

from __future__ import annotations

from typing import Any

TUNED: dict[str, dict[str, dict[str, Any]]] = {
    "z2": {
        "SGD": {"optimizer": "sgd", "rate": 0.3, "options": {}},
        "Adam": {"optimizer": "adamw", "rate": 0.001, "options": {"betas": [0.5, 0.99]}},
        "Muon": {
            "optimizer": "muon",
            "rate": 0.003,
            "options": {"momentum": 0.5, "betas": [0.5, 0.999]},
        },
        "Shampoo": {
            "optimizer": "shampoo",
            "rate": 0.001,
            "options": {
                "betas": [0.5, 0.999],
                "moving_average_for_momentum": True,
                "graft_type": 4,
            },
        },
        "SOAP": {"optimizer": "soap", "rate": 0.001, "options": {"betas": [0.5, 0.95]}},
    },
    "z16": {
        "SGD": {"optimizer": "sgd", "rate": 0.3, "options": {}},
        "Adam": {"optimizer": "adamw", "rate": 0.001, "options": {"betas": [0.5, 0.99]}},
        "Muon": {
            "optimizer": "muon",
            "rate": 0.01,
            "options": {"momentum": 0.5, "betas": [0.5, 0.999]},
        },
        "Shampoo": {
            "optimizer": "shampoo",
            "rate": 0.003,
            "options": {
                "betas": [0.5, 0.999],
                "moving_average_for_momentum": True,
                "graft_type": 4,
            },
        },
        "SOAP": {"optimizer": "soap", "rate": 0.001, "options": {"betas": [0.5, 0.95]}},
    },
    "facts": {
        "SGD": {"optimizer": "sgd", "rate": 0.3, "options": {"momentum": 0.9}},
        "Adam": {"optimizer": "adamw", "rate": 0.003, "options": {}},
        "Muon": {"optimizer": "muon", "rate": 0.005, "options": {"all_matrices": True}},
        "Shampoo": {
            "optimizer": "shampoo",
            "rate": 0.001,
            "options": {"moving_average_for_momentum": True, "graft_type": 3},
        },
        "SOAP": {"optimizer": "soap", "rate": 0.003, "options": {"betas": [0.9, 0.99]}},
    },
    "terrain": {
        "SGD": {"optimizer": "sgd", "rate": 0.1, "options": {"momentum": 0.9}},
        "Adam": {"optimizer": "adamw", "rate": 0.1, "options": {"betas": [0.9, 0.99]}},
        "Muon": {"optimizer": "muon", "rate": 0.3, "options": {}},
        "Shampoo": {
            "optimizer": "shampoo",
            "rate": 0.1,
            "options": {"moving_average_for_momentum": True, "graft_type": 3},
        },
        "SOAP": {"optimizer": "soap", "rate": 0.1, "options": {}},
    },
}

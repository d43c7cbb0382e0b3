"""A model's state between two rollouts, and the callback that says where one begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.save_util import recursive_getattr

from symprior.agents.agent.generators import global_generators, load_global_generators
from symprior.agents.networks.policy_arrays import arrays_of
from symprior.agents.networks.saved import load_network, saved_network
from symprior.tasks.files.states import State

NUMBERS = (
    "num_timesteps",
    "_n_updates",
    "_n_calls",
    "_episode_num",
    "_current_progress_remaining",
    "exploration_rate",
)
"""Attributes of models, each of which has some of them."""

COLUMNS = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")
"""Arrays of a replay buffer, [rows, copies, …]."""


class Rests(BaseCallback):
    """Calls somebody before training and before each rollout: between rollouts a model can be put down.

    Args:
        begin: called when all is made, before anything is learned.
        rest: called before each rollout.
    """

    def __init__(self, begin: Callable[[], None], rest: Callable[[], None]) -> None:
        super().__init__()
        self._begin, self._rest = begin, rest

    def _on_training_start(self) -> None:
        self._begin()

    def _on_rollout_start(self) -> None:
        self._rest()

    def _on_step(self) -> bool:
        return True


def saved_model(model: Any) -> State:
    """All that decides how a model goes on, the global generators included, from which it draws."""
    (_, *optimizers), tensors = model._get_torch_save_params()
    buffer = getattr(model, "replay_buffer", None)
    return {
        "policy": saved_network(model.policy),
        "optimizers": {name: _saved_optimizer(recursive_getattr(model, name)) for name in optimizers},
        "tensors": arrays_of({name: recursive_getattr(model, name) for name in tensors}),
        "numbers": {name: getattr(model, name) for name in NUMBERS if hasattr(model, name)},
        "starts": np.array(model._last_episode_starts),
        "actions": model.action_space.np_random.bit_generator.state,
        "replay": None if buffer is None else _saved_buffer(buffer),
        "generators": global_generators(),
    }


@torch.no_grad()
def load_model(model: Any, state: State) -> None:
    """Go on from there; the model was made anew from the same settings."""
    load_network(model.policy, state["policy"])
    for name, own in state["optimizers"].items():
        _load_optimizer(recursive_getattr(model, name), own)
    for name, array in state["tensors"].items():
        recursive_getattr(model, name).copy_(torch.from_numpy(array))
    for name, number in state["numbers"].items():
        setattr(model, name, number)
    model._last_episode_starts = state["starts"]
    model.action_space.np_random.bit_generator.state = state["actions"]
    if state["replay"] is not None:
        _load_buffer(model.replay_buffer, state["replay"])
    load_global_generators(state["generators"])


def _saved_optimizer(optimizer: torch.optim.Optimizer) -> State:
    """What it keeps of each parameter, by its number."""
    return {str(number): arrays_of(own) for number, own in optimizer.state_dict()["state"].items()}


def _load_optimizer(optimizer: torch.optim.Optimizer, state: State) -> None:
    own = optimizer.state_dict()
    own["state"] = {
        int(number): {name: torch.from_numpy(array) for name, array in kept.items()} for number, kept in state.items()
    }
    optimizer.load_state_dict(own)


def _saved_buffer(buffer: ReplayBuffer) -> State:
    """The rows that are written, and how many copies of each transition a prior was seen to make."""
    rows = buffer.buffer_size if buffer.full else buffer.pos
    columns = {name: getattr(buffer, name)[:rows] for name in COLUMNS}
    return {"columns": columns, "pos": buffer.pos, "full": buffer.full, "copies": vars(buffer).get("copies")}


def _load_buffer(buffer: ReplayBuffer, state: State) -> None:
    for name, column in state["columns"].items():
        getattr(buffer, name)[: len(column)] = column
    buffer.pos, buffer.full = state["pos"], state["full"]
    if state["copies"] is not None:  # finding it out again would draw random numbers
        vars(buffer)["copies"] = state["copies"]

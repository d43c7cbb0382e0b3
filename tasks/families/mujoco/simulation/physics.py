"""MuJoCo's simulations of many robots of one kind, stepped and read without anything between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.families.mujoco.simulation.rules import Readings, Rules
from symprior.tasks.files.states import State


class Physics:
    """One model, and MuJoCo's data for each robot.

    Args:
        rules: of the robot; what they read is kept for now and for the step before.
        num_envs: how many robots.

    Attributes:
        before, now: the two last readings.

    Raises:
        ImportError: MuJoCo is not installed.
    """

    def __init__(self, rules: Rules, num_envs: int) -> None:
        from mujoco import MjData  # type: ignore[import-untyped]

        model = rules.robot.model
        leave_out_islands(model)
        self.models = [copy(model) if rules.change_the_model else model for _ in range(num_envs)]
        self.data = [MjData(model) for model in self.models]
        self._controls = [data.ctrl for data in self.data]
        self._frames, self._need_contact_forces = rules.robot.frame_skip, rules.need_contact_forces
        views = [rules.views(model, data) for model, data in zip(self.models, self.data, strict=True)]
        self.before, self.now = Reader(views), Reader(views)

    def step(self, robots: Iterable[int], actions: NDArray[np.float32]) -> None:
        """Step these robots and read each, under actions [num_envs, controls]."""
        from mujoco import mj_rnePostConstraint, mj_step

        self.before, self.now = self.now, self.before
        models, data, controls, read = self.models, self.data, self._controls, self.now.read
        frames, need_contact_forces = self._frames, self._need_contact_forces
        for i in robots:
            controls[i][:] = actions[i]
            mj_step(models[i], data[i], frames)
            if need_contact_forces:
                mj_rnePostConstraint(models[i], data[i])
            read(i)

    def save(self) -> State:
        """What MuJoCo integrates of each robot, and the two last readings; it computes all else anew in a step."""
        from mujoco import mj_getState, mj_stateSize, mjtState

        kind = int(mjtState.mjSTATE_INTEGRATION)
        physics = np.empty((len(self.data), mj_stateSize(self.models[0], kind)))
        for model, data, row in zip(self.models, self.data, physics, strict=True):
            mj_getState(model, data, row, kind)
        return {"physics": physics, "before": self.before.save(), "now": self.now.save()}

    def load(self, state: State) -> None:
        """Go on from there."""
        from mujoco import mj_setState, mjtState

        for model, data, row in zip(self.models, self.data, state["physics"], strict=True):
            mj_setState(model, data, row, int(mjtState.mjSTATE_INTEGRATION))
        self.before.load(state["before"])
        self.now.load(state["now"])


def leave_out_islands(model: Any) -> None:
    """Let MuJoCo not look for islands, trees of bodies that constraints hold together, where the model is a single tree.

    The solver's numbers are the same to the bit. Versions of MuJoCo that lack the switch look for none.
    """
    from mujoco import mjtDisableBit

    if model.ntree == 1:
        model.opt.disableflags |= int(getattr(mjtDisableBit, "mjDSBL_ISLAND", 0))


class Reader:
    """Copies what lies in the memory of many robots into arrays of its own.

    A robot is read as soon as it was stepped, while the processor has its memory at hand: all of it in one copy.

    Args:
        views: for each robot, its arrays by name; each is contiguous.

    Attributes:
        readings: what was read last.
    """

    def __init__(self, views: Sequence[dict[str, NDArray[np.float64]]]) -> None:
        self._sources = [[view.reshape(-1) for view in each.values()] for each in views]
        sizes = [len(source) for source in self._sources[0]]
        rows = np.zeros((len(views), sum(sizes)))
        parts = zip(np.split(rows, np.cumsum(sizes)[:-1], axis=1), views[0].items(), strict=True)
        self._rows = list(rows)
        self.readings: Readings = {name: part.reshape(len(views), *view.shape) for part, (name, view) in parts}

    def save(self) -> NDArray[np.float64]:
        """What was read last, [num_envs, numbers]."""
        return np.stack(self._rows)

    def load(self, rows: NDArray[np.float64]) -> None:
        """Take this for what was read last."""
        for own, row in zip(self._rows, rows, strict=True):
            own[:] = row

    def read(self, i: int) -> None:
        """Read robot i."""
        np.concatenate(self._sources[i], out=self._rows[i])

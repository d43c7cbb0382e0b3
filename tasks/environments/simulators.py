"""A task's dynamics as array operations over a batch of states, and the environments made from them.

A `Simulator` is written once, in the array API standard, so that it runs on numpy and on torch.
`SimulatorEnv` is the single gymnasium environment, `SimulatorVectorEnv` steps any number of environments at
once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import ModuleType

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.drawing import drawing, enlarged
from symprior.tasks.environments.gymnasium_types import Action, Infos, Seeds, Space, VectorEnvironment, VectorStep
from symprior.tasks.environments.streams import Streams, seed_from
from symprior.tasks.files.states import State


class Simulator(ABC):
    """Dynamics of one task over a batch of independent states.

    Attributes:
        observation_space, action_space: gymnasium spaces of a single environment.
        max_episode_steps: the time limit; reaching it truncates.
        reset_draws, step_draws: uniform random numbers that one reset and one step take.
    """

    observation_space: Space
    action_space: Space
    max_episode_steps: int
    reset_draws: int
    step_draws: int = 0

    @abstractmethod
    def initial(self, uniforms: Array) -> Array:
        """Start states [batch, …] from uniforms [batch, reset_draws]."""

    @abstractmethod
    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """One step: (next states [batch, …], rewards [batch] float64, terminated [batch] bool)."""

    @abstractmethod
    def observe(self, states: Array) -> Array:
        """Observations [batch, *observation shape] of the states."""

    def picture(self, state: Array) -> NDArray[np.uint8] | None:
        """One state [1, …] to look at, [height, width, 3]; None where the observation says it all."""
        return None


class TabularSimulator(Simulator):
    """A simulator that can be enumerated: finitely many states, and outcomes of each random draw."""

    @abstractmethod
    def all_states(self) -> NDArray[np.int64]:
        """Every state that is not terminal, [states, …]."""

    @abstractmethod
    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Uniforms [k, reset_draws], one for each outcome of a reset, and the outcomes' probabilities [k]."""

    @abstractmethod
    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Uniforms [k, step_draws], one for each outcome of a step, and the outcomes' probabilities [k]."""

    def every_step(
        self, states: NumpyArray, action: Action | int
    ) -> tuple[NumpyArray, NumpyArray, NumpyArray, NDArray[np.float64]]:
        """What an action gives from each state [batch, …] under each of k random draws.

        Returns:
            Next states, rewards and ends [batch · k, …], a state's draws one below the other; the draws' probabilities [k].
        """
        uniforms, probabilities = self.step_support()
        repeated = np.repeat(states, len(uniforms), axis=0)
        draws = np.tile(uniforms, (len(states), 1))
        following, rewards, ended = self.step(repeated, np.full(len(repeated), action), draws)
        return np.asarray(following), np.asarray(rewards), np.asarray(ended), probabilities

    def recognise(self, observations: NumpyArray) -> NDArray[np.int64]:
        """The states [batch, …] whose observations are nearest to these.

        Here every state is compared; a simulator with many states overrides this by reading the observation.
        """
        every = self.all_states()
        shown, wanted = (np.asarray(x, dtype=np.float64) + 0.0 for x in (self.observe(every), observations))  # no −0
        equal = {observation.tobytes(): i for i, observation in enumerate(shown)}
        axes = tuple(range(1, shown.ndim))
        numbers = [
            equal[observation.tobytes()]
            if observation.tobytes() in equal
            else int(np.abs(shown - observation).max(axis=axes).argmin())
            for observation in wanted
        ]
        return np.asarray(every[numbers])


class SimulatorEnv(gymnasium.Env[NumpyArray, Action]):
    """The single environment of a simulator; register it with the simulator's time limit.

    `state` [1, …] may be read and set, and `next_draw` [1, step_draws] chooses the random numbers of the
    next step: so a certificate or a test enumerates what can happen.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012  (gymnasium's own declaration)

    def __init__(self, simulator: Simulator, render_mode: str | None = None) -> None:
        self.simulator = simulator
        self.observation_space = simulator.observation_space
        self.action_space = simulator.action_space
        self.render_mode = render_mode
        self.state: NumpyArray = np.empty(0)
        self.next_draw: Array | None = None
        self._streams: Streams[Array] | None = None

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[NumpyArray, Infos]:
        """Start an episode; with a seed also start the random stream anew."""
        super().reset(seed=seed)
        if seed is not None or self._streams is None:
            start = seed if seed is not None else int(self.np_random.integers(1 << 62))
            self._streams = Streams(np.array([start], dtype=np.int64))
        self.state = as_numpy(self.simulator.initial(self._streams.draw(self.simulator.reset_draws)))
        return self._seen(), {}

    def render(self) -> NDArray[np.uint8] | None:
        """The simulator's picture of the state, or a drawing of what is observed there; None where none was asked for."""
        if self.render_mode is None:
            return None
        picture = self.simulator.picture(self.state)
        if picture is not None:
            return enlarged(picture)
        return drawing(self._seen(), self.observation_space)

    def step(self, action: Action) -> tuple[NumpyArray, float, bool, bool, Infos]:
        """One step, under the environment's own random draw unless `next_draw` is set."""
        if self._streams is None:
            raise SympriorError("Call reset before step.")
        if not self.action_space.contains(action):
            raise SympriorError(f"The action {action!r} is not in {self.action_space}.")
        uniforms, self.next_draw = self.next_draw, None
        if uniforms is None:
            uniforms = self._streams.draw(self.simulator.step_draws)
        following, rewards, terminated = self.simulator.step(self.state, np.asarray(action)[None], uniforms)
        self.state = as_numpy(following)
        return self._seen(), float(rewards[0]), bool(terminated[0]), False, {}

    def _seen(self) -> NumpyArray:
        return np.asarray(as_numpy(self.simulator.observe(self.state))[0])


class SimulatorVectorEnv(VectorEnvironment):
    """Many environments of one simulator: one array operation a step, same-step reset, a stream each.

    Where an episode ends, the observation returned is the next episode's first, and `infos["final_obs"]`
    [num_envs, …] holds the last one of the ended episode (its rows mean something where `infos["_final_obs"]`
    is true).

    Args:
        simulator: the dynamics.
        num_envs: how many environments.
        namespace: `numpy` (the default) or `torch`; observations, rewards and flags are arrays of it.
        device: where torch arrays lie.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(
        self, simulator: Simulator, num_envs: int, namespace: ModuleType = np, device: str | None = None
    ) -> None:
        if num_envs < 1:
            raise SympriorError(f"A vector environment holds at least one environment, not {num_envs}.")
        self.simulator = simulator
        self.num_envs = num_envs
        self.single_observation_space = simulator.observation_space
        self.single_action_space = simulator.action_space
        self.observation_space = batch_space(simulator.observation_space, num_envs)
        self.action_space = batch_space(simulator.action_space, num_envs)
        self.render_mode = None
        self._xp = namespace
        self._place = {} if device is None else {"device": device}
        self._streams: Streams[Array] | None = None

    def reset(
        self,
        *,
        seed: Seeds = None,
        options: Infos | None = None,
    ) -> tuple[Array, Infos]:
        """Start all episodes; environment i gets `seed + i`, or `seed[i]`. Without a seed the streams go on.

        Raises:
            SympriorError: the number of seeds is not the number of environments.
        """
        if seed is not None or self._streams is None:
            if seed is None:
                seed = int(np.random.default_rng().integers(1 << 62))
            seeds = np.asarray(seed, dtype=np.int64)
            seeds = seeds + np.arange(self.num_envs) if seeds.ndim == 0 else seeds
            if seeds.shape != (self.num_envs,):
                raise SympriorError(f"{self.num_envs} environments take {self.num_envs} seeds, not {seeds.size}.")
            self._streams = Streams(self._xp.asarray(seeds, **self._place))
        self.states = self.simulator.initial(self._streams.draw(self.simulator.reset_draws))
        self._no_uniforms = self._streams.draw(0)
        self._elapsed = self._xp.zeros(self.num_envs, dtype=self._xp.int64, **self._place)
        return self.simulator.observe(self.states), {}

    def step(self, actions: Array) -> VectorStep:
        """Step every environment; see the class for what stands in `infos`."""
        if self._streams is None:
            raise SympriorError("Call reset before step.")
        xp, simulator = self._xp, self.simulator
        uniforms = self._streams.draw(simulator.step_draws) if simulator.step_draws else self._no_uniforms
        self.states, rewards, terminated = simulator.step(self.states, actions, uniforms)
        self._elapsed += 1
        truncated = self._elapsed >= simulator.max_episode_steps
        done = terminated | truncated
        observations = simulator.observe(self.states)
        if xp is np and not done.any():
            return observations, rewards, terminated, truncated, {}
        infos = {"final_obs": observations, "_final_obs": done}
        fresh = simulator.initial(self._streams.draw_where(done, simulator.reset_draws))
        mask = xp.reshape(done, (self.num_envs, *(1,) * (self.states.ndim - 1)))
        self.states = xp.where(mask, fresh, self.states)
        self._elapsed = xp.where(done, xp.zeros_like(self._elapsed), self._elapsed)
        return simulator.observe(self.states), rewards, terminated, truncated, infos

    @property
    def can_be_restored(self) -> bool:
        """Once it was reset."""
        return self._streams is not None

    def save(self) -> State:
        """States, clocks and random streams."""
        assert self._streams is not None
        return {
            "states": as_numpy(self.states).copy(),
            "elapsed": as_numpy(self._elapsed).copy(),
            "streams": self._streams.save(),
        }

    def load(self, state: State) -> None:
        """Go on as the environments whose state this is; their seeds are those of the reset that came before."""
        assert self._streams is not None
        xp = self._xp
        self.states, self._elapsed = (xp.asarray(state[name], **self._place) for name in ("states", "elapsed"))
        self._streams.load(state["streams"])

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Nothing to spare: array code steps all at once."""


def training_seeds(task: str, seed: int, num_envs: int) -> NDArray[np.int64]:
    """The seeds of the environments that a run trains on: the same for every learner and every agent."""
    return np.array([seed_from(task, seed, "training", i) for i in range(num_envs)], dtype=np.int64)

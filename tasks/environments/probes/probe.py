"""Probes: how a certificate drives a task's real single environment from states of its choice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.finite import check_finite, name_of
from symprior.tasks.environments.gymnasium_types import Action, Environment
from symprior.tasks.environments.simulators import SimulatorEnv, TabularSimulator

FEW_STARTS = 3000
"""No more starts than this are compared by what they show, more by their states."""

APART = 5
"""Steps that sampled states lie apart in the mean: neighbours are too much alike, and few episodes are too few."""

FEW_STATES = 2500
"""No more states than this are all compared."""

TOGETHER = 1024
"""States that are moved by what they show at once."""


@dataclass(frozen=True)
class Outcome:
    """One possible result of a step, with its probability."""

    probability: float
    observation: NumpyArray
    reward: float
    terminated: bool
    truncated: bool


class Probe(ABC):
    """A single environment whose state can be read and set.

    Attributes:
        env: the registered environment, with its time limit.
        state_representation: how the group acts on the simulator's full state, where `act_on_states` uses
            it.
        unit: of what `readings` gives.
        replays_rewards: a step from a restored state earns what it earned in the episode, too.
    """

    replays_rewards: ClassVar[bool] = True
    unit: ClassVar[str] = "units of the observation"

    def __init__(self, env: Environment, state_representation: Representation | None = None) -> None:
        self.env = env
        self.state_representation = state_representation

    def are_all(self, count: int) -> bool:
        """Whether so many different states are all there are."""
        return False

    @abstractmethod
    def get_state(self) -> NumpyArray:
        """The simulator's full state."""

    @abstractmethod
    def set_state(self, state: NumpyArray) -> None:
        """Put the simulator into a state; the episode's clock starts anew."""

    @abstractmethod
    def observation(self, state: NumpyArray) -> NumpyArray:
        """What the agent sees in a state, as the environment's step would return it."""

    def readings(self, observation: NumpyArray) -> dict[str, NumpyArray]:
        """Named quantities read off an observation, where a symmetry is stated by shares; here the whole of it."""
        return {"observation": observation}

    def many_observations(self, states: NumpyArray) -> Sequence[NumpyArray]:
        """`observation` of each of the states [batch, …]."""
        return [self.observation(state) for state in states]

    @abstractmethod
    def boundary_states(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """States [count, …] at the edge of what can be reached (limits, contacts)."""

    def samplers(self) -> dict[str, Callable[[np.random.Generator, int], NumpyArray]]:
        """What draws states beside roll-outs, each by its name in words and as `boundary_states`."""
        return {"at the boundary": self.boundary_states}

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """g·s for states [batch, …]: what the symmetry claims about the simulator's full state.

        Where the observation determines the state, a probe overrides this by what ρ(g) makes of the
        observation.

        Raises:
            SympriorError: the probe does not know how the symmetry's group acts on states.
        """
        if self.state_representation is None or self.state_representation.group != symmetry.group:
            raise SympriorError(
                f"The probe of {self._name} does not know how {symmetry.group.name} acts on states. "
                "Give it a state representation of that group."
            )
        moved: NumpyArray = self.state_representation(g, states)
        return moved

    def place(self, state: NumpyArray, elapsed: int = 0) -> None:
        """Put the environment into a state of an episode that is `elapsed` steps old.

        Raises:
            SympriorError: the environment is in another state after it, or it has no such clock.
        """
        self.set_state(state)
        found = self.get_state()
        if not (np.array_equal(found, state) or np.allclose(found, state, rtol=1e-9, atol=1e-12)):
            raise SympriorError(
                f"{self._name} cannot be put into the state {np.asarray(state).tolist()}: "
                f"it is in {np.asarray(found).tolist()} instead. "
                "A certificate needs a probe that can set every state that it samples, and its images."
            )
        if elapsed and not self.env.set_wrapper_attr("_elapsed_steps", elapsed, force=False):
            raise SympriorError(f"{self._name} counts no steps: its probe's environment has no time limit.")

    def outcomes(self, state: NumpyArray, action: Action, elapsed: int = 0) -> list[Outcome]:
        """Every result of an action in a state, `elapsed` steps into the episode; here one.

        A probe of an environment with random steps overrides this by enumerating them.

        Raises:
            SympriorError: the reward or the observation is not finite.
        """
        self.place(state, elapsed)
        observation, reward, terminated, truncated, _ = self.env.step(action)
        check_finite(self.env, observation, reward, action, state)
        return [Outcome(1.0, observation, float(reward), bool(terminated), bool(truncated))]

    def outcomes_of_one_step(self, state: NumpyArray, action: Action, elapsed: int = 0) -> list[Outcome]:
        """The `outcomes`, where those are not of a single step."""
        return self.outcomes(state, action, elapsed)

    def check_restored(self) -> None:  # noqa: B027  (most probes know that)
        """What is shown of a state is what is observed there.

        Raises:
            SympriorError: it is not.
        """

    def repeated(self, state: NumpyArray, action: Action, seed: int, count: int) -> list[Outcome] | None:
        """A step that is taken `count` times, after one reset by this seed, each from the same state.

        None: `outcomes` says all that a step can give, whatever the seed is.
        """
        return None

    def states_to_show(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """States [count, …] of which a picture shows one."""
        return self.rollout_states(None, rng, count)

    def render(self, state: NumpyArray) -> NDArray[np.uint8] | None:
        """The simulator's own picture of a state, [height, width, 3]; None where it draws none."""
        self.place(state)
        return drawn(self.env)

    def many_outcomes(self, states: NumpyArray, action: Action, elapsed: int = 0) -> list[list[Outcome]]:
        """`outcomes` of one action in each of the states [batch, …]."""
        return [self.outcomes(state, action, elapsed) for state in states]

    def reset_distribution(self) -> list[tuple[float, NumpyArray]] | None:
        """(probability, observation) of every start, or None where the starts cannot be shown one by one."""
        return None

    def start_states(self) -> tuple[NDArray[np.float64], NumpyArray] | None:
        """Probabilities [starts] and states [starts, …] of every start, or None where they cannot be enumerated."""
        return None

    def rollout_states(
        self, policy: Callable[[NumpyArray], NumpyArray] | None, rng: np.random.Generator, count: int
    ) -> NumpyArray:
        """States met by a reference policy (None: uniformly random actions), some steps apart, [count, …]."""
        self.env.action_space.seed(int(rng.integers(1 << 31)))
        observation, _ = self.env.reset(seed=int(rng.integers(1 << 31)))
        states: list[NumpyArray] = []
        wanted = set(np.cumsum([0, *rng.integers(1, 2 * APART, count - 1)]).tolist())
        for step in range(max(wanted) + 1):
            state = self.get_state()
            if step in wanted:
                states.append(state)
            given = self.given_to_policy(state, observation)
            action = self.env.action_space.sample() if policy is None else policy(given[None])[0]
            observation, _, terminated, truncated, _ = self.env.step(action)
            if terminated or truncated:
                observation, _ = self.env.reset()
        return np.stack(states)

    def given_to_policy(self, state: NumpyArray, observation: NumpyArray) -> NumpyArray:
        """What the task's reference policy acts on: the state, or the observation where there is no simulator."""
        return state

    @property
    def _name(self) -> str:
        return name_of(self.env)


def drawn(env: Environment) -> NDArray[np.uint8] | None:
    """The environment's own picture of where it is, [height, width, 3]; None where it draws none."""
    inner: Any = env.unwrapped
    if isinstance(inner, SimulatorEnv):
        return inner.simulator.picture(inner.state)
    if "rgb_array" not in inner.metadata.get("render_modes", ()):
        return None
    inner.render_mode = "rgb_array"  # asked for here, not when it was made: certificates draw nothing
    picture = inner.render()
    return None if picture is None else np.asarray(picture)


class TabularProbe(Probe):
    """A probe of a `SimulatorEnv` over a tabular simulator: states, outcomes and starts are enumerated."""

    def are_all(self, count: int) -> bool:
        """Whether they are as many as the simulator has."""
        return count >= len(self._simulator.all_states())

    def __init__(self, env: Environment, state_representation: Representation | None = None) -> None:
        super().__init__(env, state_representation)
        inner = env.unwrapped
        assert isinstance(inner, SimulatorEnv) and isinstance(inner.simulator, TabularSimulator)
        self._inner, self._simulator = inner, inner.simulator

    def get_state(self) -> NumpyArray:
        """The state of the one environment."""
        return np.asarray(self._inner.state[0])

    def set_state(self, state: NumpyArray) -> None:
        """Start an episode in this state."""
        self.env.reset(seed=0)
        self._inner.state = state[None]

    def observation(self, state: NumpyArray) -> NumpyArray:
        """What the simulator shows of the state."""
        return np.asarray(self._simulator.observe(state[None])[0])

    def many_observations(self, states: NumpyArray) -> Sequence[NumpyArray]:
        """What the simulator shows of the states."""
        return list(self._simulator.observe(states))

    def boundary_states(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """All states: there are finitely many."""
        return self._simulator.all_states()

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """The state whose observation is nearest to ρ(g) of the state's: equal, if g is a symmetry.

        With a state representation, that acts instead: needed where two states look the same.
        """
        if self.state_representation is not None:
            return super().act_on_states(symmetry, g, states)
        moved = []
        for start in range(0, len(states), TOGETHER):
            shown = np.asarray(self._simulator.observe(states[start : start + TOGETHER]), dtype=np.float64)
            moved.append(self._simulator.recognise(symmetry.observation(g, shown)))
        return np.concatenate(moved)

    def outcomes(self, state: NumpyArray, action: Action, elapsed: int = 0) -> list[Outcome]:
        """Every outcome of the step's random draw."""
        found = []
        for uniforms, probability in zip(*self._simulator.step_support(), strict=True):
            self.place(state, elapsed)
            self._inner.next_draw = uniforms[None]
            observation, reward, terminated, truncated, _ = self.env.step(action)
            found.append(Outcome(float(probability), observation, float(reward), terminated, truncated))
        return found

    def reset_distribution(self) -> list[tuple[float, NumpyArray]] | None:
        """Every start."""
        uniforms, probabilities = self._simulator.reset_support()
        observations = self._simulator.observe(self._simulator.initial(uniforms))
        return list(zip(map(float, probabilities), observations, strict=True))


class SampledTabularProbe(TabularProbe):
    """A tabular probe where the states may be too many to compare all, and a state is moved as its observation is.

    For simulators whose states are laid out as their observations: the same representation acts on both. Many steps are
    taken at once, by the simulator that the environment steps; a certificate checks in some states that both agree.
    """

    def boundary_states(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """All states, where those are few; else so many of them, drawn uniformly and without repetition."""
        every = self._simulator.all_states()
        if len(every) <= FEW_STATES:
            return every
        return np.asarray(every[rng.choice(len(every), min(count, len(every)), replace=False)])

    def many_outcomes(self, states: NumpyArray, action: Action, elapsed: int = 0) -> list[list[Outcome]]:
        """Every outcome of the step's random draw, equal ones once."""
        following, rewards, ended, probabilities = self._simulator.every_step(states, action)
        shown = np.asarray(self._simulator.observe(following))
        is_last = elapsed + 1 >= self._simulator.max_episode_steps
        found = [dict[Any, Outcome]() for _ in states]
        for i, (reward, terminated) in enumerate(zip(map(float, rewards), map(bool, ended), strict=True)):
            state, draw = divmod(i, len(probabilities))
            key = (shown[i].tobytes(), reward, terminated)
            before = found[state][key].probability if key in found[state] else 0.0
            probability = before + float(probabilities[draw])
            found[state][key] = Outcome(probability, shown[i], reward, terminated, is_last)
        return [list(each.values()) for each in found]

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """The group acts on states as on observations."""
        return np.asarray(symmetry.observation(g, states))


class RecognisingProbe(SampledTabularProbe):
    """A sampled tabular probe that moves a state by what it shows: to the state that shows what ρ(g) makes of that."""

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """The state whose observation is nearest to ρ(g) of the state's."""
        return TabularProbe.act_on_states(self, symmetry, g, states)

    def reset_distribution(self) -> list[tuple[float, NumpyArray]] | None:
        """Every start, where they are few."""
        probabilities, states = self.start_states()
        if len(states) > FEW_STARTS:
            return None
        return list(zip(map(float, probabilities), self._simulator.observe(states), strict=True))

    def start_states(self) -> tuple[NDArray[np.float64], NumpyArray]:
        """Every start."""
        uniforms, probabilities = self._simulator.reset_support()
        return probabilities, np.asarray(self._simulator.initial(uniforms))

"""symprior as a library: tasks with a declared symmetry, their certificates, published results, equivariant networks.

    env = symprior.make("cartpole-v1")
    certificate = symprior.certify(env, symmetry)
    frame = symprior.results("quick")

All that is offered stands in this file. A name is imported when it is asked for, so that `import symprior` takes no time and
needs no torch; what trains or computes with torch needs the extra `train`.
"""

from typing import TYPE_CHECKING

from symprior.symmetry.lazy_names import lazy_names

if TYPE_CHECKING:
    from symprior.agents.learners.stable_baselines3.drop_in.augmented import (
        AugmentedReplayBuffer,
        AugmentedRolloutBuffer,
    )
    from symprior.agents.learners.stable_baselines3.drop_in.homomorphic import (
        HomomorphicDQNPolicy,
        HomomorphicPolicy,
        HomomorphicSACPolicy,
        HomomorphicTD3Policy,
    )
    from symprior.agents.learners.stable_baselines3.drop_in.mirror import MirrorPolicy
    from symprior.agents.networks.images import with_images
    from symprior.agents.networks.layers.alone import EquivariantConv2d, EquivariantLinear
    from symprior.benchmark.library.certified import certify
    from symprior.benchmark.library.policies import load_policy
    from symprior.benchmark.library.release import __version__
    from symprior.benchmark.library.results import results
    from symprior.symmetry.errors import SympriorError
    from symprior.symmetry.names import Names
    from symprior.symmetry.symmetry import Exactness, Symmetry
    from symprior.tasks.custom.custom_tasks import custom_task
    from symprior.tasks.discovery.discover import discover
    from symprior.tasks.lookup import get_task as task
    from symprior.tasks.lookup import make
    from symprior.tasks.task import Task

__all__ = [
    "AugmentedReplayBuffer",
    "AugmentedRolloutBuffer",
    "EquivariantConv2d",
    "EquivariantLinear",
    "Exactness",
    "HomomorphicDQNPolicy",
    "HomomorphicPolicy",
    "HomomorphicSACPolicy",
    "HomomorphicTD3Policy",
    "MirrorPolicy",
    "Names",
    "Symmetry",
    "SympriorError",
    "Task",
    "__version__",
    "certify",
    "custom_task",
    "discover",
    "load_policy",
    "make",
    "results",
    "task",
    "with_images",
]

_DROP_IN = "symprior.agents.learners.stable_baselines3.drop_in"
_POLICIES = ("HomomorphicDQNPolicy", "HomomorphicPolicy", "HomomorphicSACPolicy", "HomomorphicTD3Policy")
__getattr__ = lazy_names(
    __name__,
    {
        **dict.fromkeys(("AugmentedReplayBuffer", "AugmentedRolloutBuffer"), f"{_DROP_IN}.augmented"),
        **dict.fromkeys(_POLICIES, f"{_DROP_IN}.homomorphic"),
        **dict.fromkeys(("EquivariantConv2d", "EquivariantLinear"), "symprior.agents.networks.layers.alone"),
        "MirrorPolicy": f"{_DROP_IN}.mirror",
        "Names": "symprior.symmetry.names",
        **dict.fromkeys(("Exactness", "Symmetry"), "symprior.symmetry.symmetry"),
        "SympriorError": "symprior.symmetry.errors",
        "Task": "symprior.tasks.task",
        "__version__": "symprior.benchmark.library.release",
        "certify": "symprior.benchmark.library.certified",
        "load_policy": "symprior.benchmark.library.policies",
        "make": "symprior.tasks.lookup",
        "custom_task": "symprior.tasks.custom.custom_tasks",
        "discover": "symprior.tasks.discovery.discover",
        "results": "symprior.benchmark.library.results",
        "task": "symprior.tasks.lookup:get_task",
        "with_images": "symprior.agents.networks.images",
    },
)


def __dir__() -> list[str]:
    return sorted(__all__)

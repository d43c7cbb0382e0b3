"""Every environment's id in gymnasium's registry: a table of strings, so that no environment is imported for it.

`symprior.tasks` registers the table when it is imported, and gymnasium imports what stands before a colon:
`gymnasium.make("symprior.tasks:symprior/CartPole-v1")` works by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import gymnasium

NAMESPACE = "symprior"
FAMILIES = "symprior.tasks.families"


@dataclass(frozen=True)
class Registration:
    """One of this project's own environments.

    Attributes:
        maker: below `FAMILIES`, as `module:function`.
        limit: steps until an episode is truncated.
        reward_threshold: the mean return from which on the environment counts as solved; None where nobody says so.
        arguments: what it is made with.
    """

    maker: str
    limit: int
    reward_threshold: float | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)


_CATCH, _COLOURS, _ROOM = (f"grid_worlds.{name}:make_env" for name in ("grid_catch", "colour_world", "room"))
_KEYS, _PONG = "grid_worlds.key_room:make_env", "pong:make_env"
_TORQUE, _WIND = "classic_control.pendulum_torque", "classic_control.cartpole_wind"
_PLAN_KEYS, _PLAN_ROOM = (f"planning.{name}:make_env" for name in ("key_room", "room"))
_FRICTION = "mujoco.walker2d_friction"
_CHEETAH = Registration("mujoco.robots.half_cheetah:quietly", 1000)
_PUSHER = Registration("mujoco.robots.pusher:from_the_shoulder", 100)

OWN: dict[str, Registration] = {
    "CartPoleObservedWind-v1": Registration(f"{_WIND}:make_observed", 500, 475.0),
    "CartPolePositions-v1": Registration("classic_control.cartpole_positions:make_env", 500, 475.0),
    "CartPoleWind-v1": Registration(f"{_WIND}:make_windy", 500, 475.0),
    "Collect-v1": Registration("grid_worlds.collect:make_env", 50),
    "ColourWorld-v1": Registration(_COLOURS, 100, arguments={"image": True}),
    "ColourWorldVector-v1": Registration(_COLOURS, 100, arguments={"image": False}),
    "GridCatch-v1": Registration(_CATCH, 100, arguments={"image": True}),
    "GridCatchDrift-v1": Registration("grid_worlds.dials.grid_catch_drift:make_env", 100),
    "GridCatchVector-v1": Registration(_CATCH, 100, arguments={"image": False}),
    "HalfCheetah-v1": _CHEETAH,
    "HumanoidSymmetric-v1": Registration("mujoco.robots.humanoid:symmetric_humanoid", 1000),
    "KeyRoom-v1": Registration(_KEYS, 100, arguments={"objects": 1}),
    "KeyRoomTwo-v1": Registration(_KEYS, 100, arguments={"objects": 2}),
    "MountainCarContinuous-v1": Registration("classic_control.mountain_car:make_env", 999, 90.0),
    "PendulumObservedTorque-v1": Registration(f"{_TORQUE}:make_observed", 200),
    "PendulumTorque-v1": Registration(f"{_TORQUE}:make_torqued", 200),
    **dict.fromkeys(("PlanCatch-v1", "PlanCatchHeldOut-v1"), Registration("planning.catch:make_env", 50)),
    **dict.fromkeys(("PlanImage-v1", "PlanImageHeldOut-v1"), Registration("planning.image:make_env", 50)),
    **dict.fromkeys(
        ("PlanKeyRoom-v1", "PlanKeyRoomHeldOut-v1", "PlanKeyRoomNoPassage-v1"),
        Registration(_PLAN_KEYS, 100, arguments={"objects": 1}),
    ),
    **dict.fromkeys(
        ("PlanRoom-v1", "PlanRoomHeldOut-v1", "PlanRoomNoPassage-v1"),
        Registration(_PLAN_ROOM, 50, arguments={"layout": "hall"}),
    ),
    "PlanRoomC4-v1": Registration(_PLAN_ROOM, 50, arguments={"layout": "pinwheel"}),
    "Pong-v1": Registration(_PONG, 4500, arguments={"size": 80}),
    "PongObjects-v1": Registration(_PONG, 4500, arguments={"size": None}),
    "PongSmall-v1": Registration(_PONG, 4500, arguments={"size": 40}),
    "Pusher-v1": _PUSHER,
    "PusherFromShoulder-v1": _PUSHER,
    "QuietHalfCheetah-v1": _CHEETAH,
    "Room-v1": Registration(_ROOM, 50, arguments={"layout": "hall", "image": True}),
    "RoomBias-v1": Registration("grid_worlds.dials.room_bias:make_env", 50),
    "RoomC4-v1": Registration(_ROOM, 50, arguments={"layout": "pinwheel", "image": True}),
    "RoomObstacles-v1": Registration("grid_worlds.dials.room_obstacles:make_env", 50),
    "RoomTransposed-v1": Registration(_ROOM, 50, arguments={"layout": "folded", "image": True}),
    "RoomVector-v1": Registration(_ROOM, 50, arguments={"layout": "hall", "image": False}),
    "TwoAgents-v1": Registration("grid_worlds.two_agents:make_env", 50),
    "Walker2dFriction-v1": Registration(f"{_FRICTION}:slippery_right_foot", 1000),
    "Walker2dObservedFriction-v1": Registration(f"{_FRICTION}:slippery_observed_foot", 1000),
}
"""This project's own environments, by name and version."""

GYMNASIUMS = {
    "Acrobot-v1": "Acrobot-v1",
    "Ant-v1": "Ant-v5",
    "CartPole-v1": "CartPole-v1",
    "Hopper-v1": "Hopper-v5",
    "Humanoid-v1": "Humanoid-v5",
    "InvertedDoublePendulum-v1": "InvertedDoublePendulum-v5",
    "InvertedPendulum-v1": "InvertedPendulum-v5",
    "LunarLander-v1": "LunarLander-v3",
    "LunarLanderContinuous-v1": "LunarLanderContinuous-v3",
    "Pendulum-v1": "Pendulum-v1",
    "Reacher-v1": "Reacher-v5",
    "ReacherTurned4-v1": "Reacher-v5",
    "ReacherTurned8-v1": "Reacher-v5",
    "Swimmer-v1": "Swimmer-v5",
    "Walker2d-v1": "Walker2d-v5",
}
"""Tasks that are an environment of gymnasium's, under their own name and version: which one."""


def register_all() -> None:
    """Put every environment into gymnasium's registry; what stands there already stays."""
    for name, own in OWN.items():
        if _is_missing(name):
            gymnasium.register(
                f"{NAMESPACE}/{name}",
                f"{FAMILIES}.{own.maker}",
                reward_threshold=own.reward_threshold,
                max_episode_steps=own.limit,
                kwargs=dict(own.arguments),
            )
    for name, known in GYMNASIUMS.items():
        spec = gymnasium.registry.get(known)
        if spec is not None and _is_missing(name):
            gymnasium.register(
                f"{NAMESPACE}/{name}",
                spec.entry_point,
                reward_threshold=spec.reward_threshold,
                max_episode_steps=spec.max_episode_steps,
                kwargs=dict(spec.kwargs),
            )


def _is_missing(name: str) -> bool:
    return f"{NAMESPACE}/{name}" not in gymnasium.registry

"""Without MuJoCo its tasks say how to install it, and all others work."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

SCRIPT = """
    import sys, warnings
    warnings.simplefilter("error")
    sys.modules["mujoco"] = None  # as if it were not installed
    from symprior.tasks import TASKS, get_task
    from symprior.tasks.certificates import certify
    from symprior.tasks.task.dials import DIALS
    from symprior.symmetry.errors import SympriorError

    assert {"ant-v1", "humanoid-symmetric-v1", "cartpole-v1"} <= set(TASKS) and "walker2d-friction-v1" in DIALS
    for name in ("ant-v1", "humanoid-symmetric-v1", "pusher-v1", "walker2d-friction-v1@eps=0.3"):
        task = get_task(name)
        assert task.symmetry().group.name == "C2"
        uses = task.make, task.probe, lambda: task.make_vector(2), lambda: certify(task), lambda: task.max_episode_steps
        for use in uses:
            try:
                use()
            except SympriorError as error:
                assert "pip install 'symprior[mujoco]'" in str(error) and name.partition("@")[0] in str(error), error
            else:
                raise AssertionError(f"{name} works without MuJoCo")
    assert certify(get_task("cartpole-v1"), samples=4, resets=2000).dynamics == "exact"
"""


def test_a_missing_extra_names_its_command_and_leaves_the_others_working() -> None:
    done = subprocess.run([sys.executable, "-c", dedent(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

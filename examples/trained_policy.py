"""Train an agent, keep its policy, let it act, and play its last evaluation again."""

import subprocess
import sys
import tempfile
from pathlib import Path

import symprior

SYMPRIOR = [sys.executable, "-m", "symprior.benchmark.cli"]  # or, in a shell, `symprior`
RUN = "run --task cartpole-v1 --agent ppo+homomorphic --seeds 0 --budget 2000 --learner batched --save-policies"


def main() -> None:
    """Show it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*SYMPRIOR, *RUN.split()], cwd=folder, check=True, capture_output=True)
        record = Path(folder, "runs/custom-1/batched/cartpole-v1/ppo+homomorphic/seed-0000.json")
        policy = symprior.load_policy(record)

    env = policy.task.make()
    observation, _ = env.reset(seed=0)
    total, ended = 0.0, False
    while not ended:
        observation, reward, terminated, truncated, _ = env.step(policy.act(observation, greedy=True))
        total, ended = total + float(reward), terminated or truncated
    print(f"one episode: {total:g}")

    again, recorded = policy.evaluate(), policy.record.curve[-1].returns
    print(f"the last evaluation again: {'the same returns' if again == recorded else 'other returns'}")


if __name__ == "__main__":
    main()

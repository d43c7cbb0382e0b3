"""`symprior equivalence` from a pilot to a published page, with real runs of both learners."""

import pytest

SMALL = ["--pilot", 2, "--at-most", 2, "--ratio", 1.5, "--evaluate-every", 1000, "--workers", 1]


@pytest.mark.covering
def test_a_test_is_planned_by_a_pilot_run_published_and_not_run_again(answer, tmp_path):
    setting = ["--set", "learning_rate=0.002"]
    command = ["equivalence", "grid-catch-vector-v1", *SMALL, *setting, "--publish", "--results", "results"]
    first = answer(*command)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "Equivalence is not shown for every quantity." in first.stdout, "two runs show nothing"
    for agent in ("ppo", "ppo+homomorphic"):
        assert f"{agent}: 90 % power takes " in first.stdout
        (published,) = (tmp_path / "results").rglob(f"{agent}.json")
        text = published.read_text()
        assert text.count('{"seed":') == 5, "three batched runs and two of Stable-Baselines3"
        assert '"learning_rate":0.002' in text.replace(" ", ""), "both agents take what is set"
    seeds = {path.stem for path in (tmp_path / "runs-equivalence").rglob("*.json")}
    assert seeds == {f"seed-{seed}" for seed in (100_000, 100_001, 101_000, 101_001, 101_002)}, "the pilot's are others"

    records = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs-equivalence").rglob("*.json")}
    again = answer(*command)
    assert again.stdout.splitlines()[-1] == "Equivalence is not shown for every quantity."
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs-equivalence").rglob("*.json")} == records

    page = answer("equivalence", "--published", "--results", "results")
    assert page.returncode == 0, page.stderr
    assert "## ppo on grid-catch-vector-v1, round 1" in (tmp_path / "results" / "equivalence.md").read_text()


def test_a_wrong_setting_is_named_before_anything_runs(answer, tmp_path):
    wrong = answer("equivalence", "grid-catch-vector-v1", *SMALL, "--set", "learning_speed=1")
    assert wrong.returncode != 0
    assert "learning_speed" in wrong.stderr
    assert not any(tmp_path.iterdir())

"""`symprior equivalence` from a pilot to a published page, with real runs of both learners."""

import pytest

SMALL = ["--pilot", 2, "--at-most", 2, "--ratio", 1.5, "--evaluate-every", 1000, "--workers", 1]


@pytest.mark.covering
def test_a_test_is_planned_by_a_pilot_run_published_and_not_run_again(answer, tmp_path):
    setting = ["--set", "learning_rate=0.002", "--set", "epochs=1"]
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

    by_kernel = ["equivalence", "grid-catch-vector-v1", "--kernel", "fused", "--runs", 2, "--round", 2, "--workers", 1]
    of_kernel = answer(*by_kernel, "--publish", "--results", "results")
    assert "Equivalence is not shown for every quantity." in of_kernel.stdout, of_kernel.stderr
    (published,) = (tmp_path / "results" / "equivalence-2").rglob("ppo.json")
    text = published.read_text().replace(" ", "")
    assert '"kernel":"fused"' in text and '"learning_rate":0.002' in text, "the settings are those of the first round"

    by_both = ["equivalence", "grid-catch-vector-v1", "--kernel", "fused", "--runs", 2, "--torch-runs", 3, "--round", 3]
    of_both = answer(*by_both, "--workers", 1, "--publish", "--results", "results")
    assert "Equivalence is not shown for every quantity." in of_both.stdout, of_both.stderr
    (published,) = (tmp_path / "results" / "equivalence-3").rglob("ppo.json")
    text = published.read_text().replace(" ", "")
    assert text.count('{"seed":') == 5 and text.count('"kernel":"fused"') == 2 and '{"seed":350002' in text

    itself = answer("equivalence", "grid-catch-vector-v1", "--kernel", "fused", "--results", "results")
    assert "No round before 1 has runs of ppo on grid-catch-vector-v1 in torch." in itself.stderr

    page = answer("equivalence", "--published", "--results", "results")
    assert page.returncode == 0, page.stderr
    written = (tmp_path / "results" / "equivalence.md").read_text()
    assert "## ppo on grid-catch-vector-v1, round 1" in written
    for number in (2, 3):
        assert f"### ppo on grid-catch-vector-v1, round {number}\n\n| | Fused | Torch |" in written


def test_a_kernel_is_held_against_an_earlier_round_in_torch(answer, tmp_path):
    (tmp_path / "results").mkdir()
    none = answer("equivalence", "cartpole-v1", "--kernel", "fused", "--round", 1, "--results", "results")
    assert none.returncode != 0
    assert "No round before 1 has runs of ppo on cartpole-v1 in torch." in none.stderr
    alone = answer("equivalence", "cartpole-v1", "--torch-runs", 5)
    assert "--torch-runs go with --kernel" in alone.stderr


def test_a_wrong_setting_is_named_before_anything_runs(answer, tmp_path):
    wrong = answer("equivalence", "grid-catch-vector-v1", *SMALL, "--set", "learning_speed=1")
    assert wrong.returncode != 0
    assert "learning_speed" in wrong.stderr
    assert not any(tmp_path.iterdir())

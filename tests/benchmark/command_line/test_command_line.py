"""The command line: help that teaches, and every mistake is one sentence without a traceback."""

import json
import os
import re
import time

import pytest

from symprior.agents import get_agent
from symprior.agents.ledgers.ledger import load
from symprior.tasks import TASKS, get_task

NO_ACT = "class Half:\n    def __init__(self, problem, seed): pass\n    def learn(self, env, budget): pass\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--suite", "quikc"], "Did you mean 'quick'"),
        (["run", "--suite", "quick", "--symmetry", "discovered"], "A suite fixes what agents are told"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--symmetry", "discoverd"], "Did you mean 'discovered'"),
        (["run", "--task", "acrobot-v1", "--agent", "ppo+fold", "--symmetry", "discovered"], "not for ppo+fold"),
        (["discover", "Pendulum-v1", "--write"], "comes with symprior"),
        (["run", "--task", "cartpol-v1", "--agent", "ppo"], "Did you mean 'cartpole-v1'"),
        (["run", "--task", "cartpole-v1", "--agent", "pppo"], "Did you mean 'ppo'"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo+augmnt"], "Did you mean 'augment'"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "a-b"], "no list of seeds"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "9-0"], "runs backwards"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "1,1"], "twice"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--budget", "0"], "from 1 to 1,000,000,000,000"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--budget", "9" * 30], "from 1 to 1,000,000,000,000"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "2147483648"], "from 0 to 2,147,483,647"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "0-" + "9" * 9999], "from 0 to 2,147,483,647"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "３"], "no list of seeds"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "widths=1000000,1000000"], "equal to 16384"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "learning_rate"], "no name=value"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "learning_rate=fast"], "should be a valid number"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "activation=gelu"], "should be 'relu' or 'tanh'"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "clip_range=-1"], "cannot take clip_range"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "widths=64"], "as 64,64 or 64, on the command"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "lerning_rate=1"], "Did you mean 'learning_rate'"),
        (
            ["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "minibatches=7"],
            "do not divide into 7 minibatches.",
        ),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "gamma=true"], "takes no true or false"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "gamma=0", "--set", "gamma=1"], "gamma twice"),
        (["run", "--task", "cartpole-v1", "--agent", "ppo", "--set", "widths=64,wide"], "it takes a list of numbers"),
        (
            ["run", "--task", "cartpole-v1", "--agent", "ppo", "--device", "cuda:99"],
            "There is no device 'cuda:99' here",
        ),
        (["run", "--suite", "quick", "--device", "cuda:99"], "There is no device 'cuda:99' here"),
        (["tune", "--task", "cartpole-v1", "--agent", "sac"], "sac takes action vectors"),
        (["tune", "--suite", "paper-cartpole", "--task", "cartpole-v1"], "A suite fixes what is tuned"),
        (["tune", "--suite", "paper-cartpole", "--device", "cuda:99"], "There is no device 'cuda:99' here"),
        (["tune", "--suite", "paper-cartpole", "--learning-rates", "0.1"], "A suite fixes what is tuned"),
        (["tune", "--suite", "paper-cartpole", "--seeds", "1-2"], "A suite fixes what is tuned"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--finals", "10004-10006"], "has 10004 already"),
        (
            ["tune", "--task", "cartpole-v1", "--agent", "ppo+fold", "--agent", "ppo", "--finals", "1-2"],
            "Give the plain agent first",
        ),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--learning-rates", "0.1,0"], "no list of learning rates"),
        (
            ["tune", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "0-4", "--save"],
            "from 10000 on, and not of 0",
        ),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--learning-rates", "fast"], "no list of learning rates"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--range", "gamma"], "no setting and range"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--range", "gamma=1:0.9"], "no range; give two rising"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--range", "gama=0.9:1"], "Did you mean 'gamma'"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--range", "gamma=0.9:2"], "cannot take gamma"),
        (["tune", "--task", "cartpole-v1", "--agent", "ppo", "--configurations", "5"], "spread over ranges"),
        (["equivalence", "cartpole-v1", "--algorithm", "qrdqn"], "runs on the learner stable-baselines3 only"),
        (["references", "cartpole-v1", "--steps", "10"], "give both"),
        (["references", "room-c4-v1", "--within", "10"], "give both"),
        (["references", "cartpole-v1", "--plain", "ppo+augment"], "--plain takes a plain agent"),
        (["wrong-group", "cartpole-wind-v1@eps=99"], "it is a number from 0 to 0.8"),
        (["run", "--task", "cartpole-v1"], "--agent"),
        (["run", "--suite", "quick", "--task", "cartpole-v1"], "A suite fixes"),
        (["run", "--suite", "quick", "--seeds", "18-21"], "no seeds 20, 21"),
        (["run", "--task", "cartpole-v1", "--agent", "nowhere.py:Agent"], "no agent file"),
        (["run", "--task", "cartpole-v1", "--agent", "half.py"], "names a file but no class"),
        (["run", "--task", "cartpole-v1", "--agent", "half.py:Whole"], "defines no 'Whole'"),
        (["run", "--task", "cartpole-v1", "--agent", "half.py:Half"], "lacks act"),
        (["run", "--task", "cartpole-v1", "--agent", "broken.py:Half"], "does not import"),
        (["tasks", "show", "catch"], "Did you mean"),
        (["agents", "show", "ppoo"], "Did you mean 'ppo'"),
        (["check"], "Name a task"),
        (["wrong-group"], "Name a task"),
        (
            ["run", "--task", "hopper-v1", "--agent", "ppo+wrong-group", "--budget", "99"],
            "symprior wrong-group hopper-v1",
        ),
        (["run", "--task", "cartpole-v1", "--agent", "ppo+subgroup"], "that is the plain agent"),
        (["run", "--task", "cartpole-v1", "--agent", "a2c+augment-own-probability"], "a2c never reads"),
        (["leaderboard", "--records", "nothing-here"], "no records folder"),
        (["cite", "--suite", "slow"], "There is no suite"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(answer, agent_file, arguments, sentence):
    agent_file(NO_ACT, "half.py")
    agent_file("import no_such_module", "broken.py")
    result = answer(*arguments)
    assert result.returncode == 2, result.stdout
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "leaderboard",
        "publish",
        "tasks",
        "agents",
        "check",
        "cite",
        "suites",
        "tune",
        "references",
        "wrong-group",
        "dial-curves",
        "data-gains",
        "data",
    ],
)
def test_every_command_explains_itself(answer, command):
    result = answer(command, "--help")
    assert result.returncode == 0
    assert len(result.stdout) > 200


def test_help_says_the_defaults(answer):
    shown = answer("run", "--help").stdout
    for default in ("0-4", "stable-baselines3", "cpu"):
        assert f"[default: ({default})]" in shown


def test_cards_and_lists(answer):
    assert "cartpole-v1" in answer("tasks").stdout
    card = answer("tasks", "show", "grid-catch-v1").stdout
    for part in ("C4", "optimal", "Threshold", "Budget", "vanderpol2020mdp"):
        assert part in card
    assert "ppo+homomorphic" in answer("agents").stdout
    card = answer("agents", "show", "ppo+homomorphic").stdout
    gammas = [get_agent("ppo+homomorphic").settings(get_task(name).family).gamma for name in TASKS]
    assert card.count("gamma") == 1 + sum(gamma != 0.99 for gamma in gammas), "what tasks have in common is said once"
    assert "parameters" not in answer("agents", "show", "random").stdout, "no column is empty"
    tuned = load("cartpole", "ppo+homomorphic").at(load("cartpole", "ppo").chosen)
    assert tuned is not None and f"{tuned.score:.3f}" in card, "the prior switched on at the plain agent's settings"
    assert "quick" in answer("suites").stdout
    assert "@software{symprior" in answer("cite", "--suite", "quick").stdout


def test_check_measures_and_exits_zero_where_the_declaration_holds(answer):
    result = answer("check", "cartpole-v1", "grid-catch-vector-v1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "exact" in result.stdout


def test_hyperparameters_are_set_by_name(answer, tmp_path):
    settings = {"widths=32,16": [32, 16], "activation=tanh": "tanh", "normalise_advantage=true": True}
    given = [word for pair in settings for word in ("--set", pair)]
    task = ["--task", "grid-catch-vector-v1", "--seeds", "0", "--budget", "128", "--evaluate-every", "128"]
    result = answer("run", "--agent", "ppo", *task, *given)
    assert result.returncode == 0, result.stderr
    (record,) = (tmp_path / "runs").rglob("*.json")
    used = json.loads(record.read_text())["hyperparameters"]
    for pair, value in settings.items():
        assert used[pair.partition("=")[0]] == value


def test_from_a_run_to_a_page(symprior, answer, tmp_path):
    agents, few = ("--agent", "ppo", "--agent", "ppo+homomorphic"), ("--evaluate-every", "80")
    result = answer("run", "--task", "grid-catch-vector-v1", *agents, "--seeds", "0-4", "--budget", "160", *few)
    assert result.returncode == 0, result.stderr
    first = symprior("leaderboard", "--out", "first")
    assert first.returncode == 0, first.stderr
    assert answer("leaderboard", "--out", "second").returncode == 0
    for name in ("leaderboard.md", "leaderboard.json", "index.html"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert "index.html" in first.stdout
    absent = answer("leaderboard", "--suite", "quick")
    assert "runs holds no records of the suite quick; it has custom-1" in " ".join(absent.stderr.split())
    assert "symprior leaderboard --suite quick --published" in " ".join(absent.stderr.split())


def test_a_release_is_named_with_its_commit(symprior):
    result = symprior("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"symprior \d+\.\d+\.\d+(, commit [0-9a-f]{12}(, changed)?)?\n", result.stdout)


@pytest.mark.parametrize("command", [["tasks", "show", "cartpole-v1"], ["run", "--suite", "quick", "--dry-run"]])
def test_an_output_that_knows_ascii_alone_gets_what_it_can_show(symprior, monkeypatch, command):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = symprior(*command)
    assert result.returncode == 0 and result.stdout.isascii() and "Traceback" not in result.stderr


def test_a_plan_of_a_million_runs_is_told_at_once(answer):
    before = time.process_time()
    result = answer("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0-999999", "--dry-run")
    assert result.returncode == 0 and "1000000 of 1000000 runs to do" in result.stdout
    assert time.process_time() - before < 20


def test_a_pipe_among_the_records_is_told_and_not_waited_for(answer, tmp_path):
    folder = tmp_path / "runs" / "custom-1" / "none" / "cartpole-v1" / "random"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "seed-0000.json")
    result = answer("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0", "--budget", "100")
    assert result.returncode == 2 and "is no regular file" in result.stderr


def test_a_file_that_ends_its_process_at_import_is_an_error(answer, agent_file):
    agent_file("import os\nos._exit(0)\nclass X: pass\n")
    result = answer("run", "--task", "cartpole-v1", "--agent", "./mine.py:X", "--seeds", "0", "--budget", "100")
    assert result.returncode == 2 and "does not import: The agent's process died (exit code 0)" in result.stderr

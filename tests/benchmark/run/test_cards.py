"""What the terminal shows of tasks and agents: nothing empty, nothing cut, and commands that work as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symprior.agents.ledgers.ledger import Ledger, Trial, decider, every, larger_search, load
from symprior.benchmark.commands import agents, tasks
from symprior.benchmark.commands.tuning import tune
from symprior.tasks import get_task

PAGE = Path(__file__).resolve().parents[3] / "docs" / "custom.md"


@pytest.fixture
def custom_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the page's own task, with nothing said but what must be."""
    code = re.search(r"<!-- example: my_task\.py -->\s*```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.M)
    assert code is not None
    (tmp_path / "my_task.py").write_text(re.sub(r"\n +group_in_words=.*", "", code[1]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "./my_task.py:Corridor"


def test_an_own_tasks_card_names_it_as_it_was_given(custom_task: str, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.show(custom_task)
    card = capsys.readouterr().out
    printed = re.findall(r"symprior (?:check|tasks picture) (\S+)|get_task\('(\S+)'\)", card)
    assert ["".join(name) for name in printed] == [custom_task] * 3
    assert all(get_task("".join(name)).id == "corridor-v1" for name in printed)
    assert "Symmetry  C2\n" in card
    assert "Licence" not in card


@pytest.mark.parametrize(("rates", "score"), [(7, "-0.912"), (10, "-0.91")])
def test_no_score_of_a_tuning_is_cut(rates: int, score: str, capsys: pytest.CaptureFixture[str]) -> None:
    tried = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3)[-rates:]
    trials = [
        Trial(settings={"learning_rate": rate}, data_efficiency=[-0.912], steps_to_threshold=[1.0], censored=0)
        for rate in tried
    ]
    rest = {"scope": "cartpole", "task": "cartpole-v1", "learner": "batched", "budget": 1, "seeds": [0]}
    names = ("ppo+augment-own-probability", "ppo")
    ledgers = [Ledger(agent=name, trials=trials, chosen={"learning_rate": 0.1}, **rest) for name in names]
    tune.console.print(tune._table(ledgers))
    table = capsys.readouterr().out
    assert table.count(score) == 2 * rates
    assert "…" not in table


def test_nothing_of_a_search_over_ranges_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    ledgers = [load("grid-catch-vector", agent) for agent in ("ppo", "ppo+wrong-group-augment")]
    tune.console.print(tune._table(ledgers))
    for ledger in ledgers:
        agents.console.print(agents._tuning([ledger]))
    shown = capsys.readouterr().out
    assert "…" not in shown
    for ledger in ledgers:
        assert " / ".join(f"{value:g}" for value in ledger.chosen.values()) in shown
        assert all(f"{name} {value}" in shown for name, value in ledger.chosen.items())


def test_budgets_set_by_hand_are_marked() -> None:
    assert tasks._row(get_task("ant-v1"))[-1] == "1M*"
    assert tasks._row(get_task("cartpole-v1"))[-1] == "50k"


def test_the_effort_of_tuning_is_shown_with_agents_of_unequal_effort_apart(monkeypatch, capsys):
    kept = load("cartpole", "ppo"), load("cartpole", "ppo+fold"), load("cartpole", "ppo+wide")
    less = kept[2].model_copy(update={"trials": kept[2].trials[:7]})
    shorter = kept[0].model_copy(update={"budget": 20_000})
    monkeypatch.setattr(agents, "every", lambda: [*kept[:2], less, shorter])
    agents.tuning()
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "ppo: 20 of learning_rate, entropy_coefficient, gae_lambda; 5+15 seeds; 50,000 steps on batched plain, fold"
        in shown
    )
    assert "ppo: 7 of learning_rate, entropy_coefficient, gae_lambda; 5+15 seeds; 50,000 steps on batched wide" in shown
    assert "5+15 seeds; 20,000 of 50,000 steps on batched plain" in shown


def test_every_kept_ledger_is_in_the_table_of_effort(capsys):
    agents.tuning()
    shown = " ".join(capsys.readouterr().out.split())
    for ledger in every():
        assert f"{ledger.scope} {ledger.agent.partition('+')[0]}: {len(ledger.trials)} of " in shown


def test_where_a_larger_search_of_the_plain_agent_is_kept_it_decides_and_is_shown(capsys):
    agents.tuning()
    shown = " ".join(capsys.readouterr().out.split())
    decided = [ledger for ledger in every() if ledger.decided_by]
    assert {"room", "two-agents"} <= {ledger.scope for ledger in decided}
    for ledger in decided:
        larger = decider(ledger)
        assert larger.chosen == ledger.chosen and larger.outweighs(ledger)
        tried = f"{len(larger.trials)} of learning_rate; {len(larger.seeds)} seeds; {larger.budget:,}"
        assert f"{ledger.scope} {ledger.agent}: {tried} " in shown
    for ledger in every():
        assert "+" in ledger.agent or larger_search(ledger) == decider(ledger)


def test_every_kept_ledger_has_the_agent_at_the_plain_agents_settings():
    for ledger in every():
        plain = load(ledger.scope, ledger.agent.partition("+")[0])
        there = ledger.at(plain.chosen)
        assert there is not None and there.runs == plain.best.runs
        assert (ledger.task, ledger.budget, ledger.learner, ledger.seeds) == (
            plain.task,
            plain.budget,
            plain.learner,
            plain.seeds,
        )

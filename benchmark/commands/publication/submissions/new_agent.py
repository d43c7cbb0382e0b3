"""`symprior new-agent`: a folder to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.leaderboard.records.learners import REFERENCE
from symprior.symmetry.errors import SympriorError

TEMPLATES = Path(__file__).parent / "templates"


class Template(StrEnum):
    """What an agent can start from."""

    FROM_SCRATCH = "from-scratch"
    STABLE_BASELINES3 = REFERENCE
    PRIOR = "prior"


SAID = {
    Template.FROM_SCRATCH: ("none", "The task's own group, by weights that are averaged over it."),
    Template.STABLE_BASELINES3: ("ppo", "The task's own group, by a network whose layers commute with it."),
    Template.PRIOR: ("ppo", "The task's own group: each transition of a minibatch is replaced by one of its images."),
}
"""The plain agent of each, and which symmetry it uses."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new-agent")(new_agent)


def new_agent(
    name: Annotated[str, typer.Argument(help="Of the class and its folder, as MyAgent.")],
    template: Annotated[
        Template,
        typer.Option(help="From scratch, a policy for Stable-Baselines3, or a prior for the shipped learners."),
    ] = Template.FROM_SCRATCH,
    out: Annotated[Path, typer.Option(help="Where the folder is made.")] = Path(),
) -> None:
    """Write the folder of an agent of your own: code that trains at once, a statement for the board, and a test.

    Examples:
      symprior new-agent MyAgent --template prior

      symprior run --suite quick --agent ./MyAgent/agent.py:MyAgent

      symprior submit pack MyAgent
    """
    from symprior.leaderboard.submissions.statement import checked_name

    try:
        folder = out / checked_name(name)
    except ValueError as error:
        raise SympriorError(f"{error}. Write MyAgent, for one.") from error
    if folder.exists():
        raise SympriorError(f"{folder} is there already. Take another name, or another --out.")
    for path in _written(folder, template):
        console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
    console.print(
        f"Train it: symprior run --task cartpole-v1 --agent {folder / 'agent.py'}:{name} --seeds 0-9\n"
        f"On a suite, for the board: symprior run --suite quick --agent {folder / 'agent.py'}:{name}, then symprior "
        f"submit pack {folder}",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )


def _written(folder: Path, template: Template) -> list[Path]:
    """The files of the folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from symprior.tasks.files.atomic import write_text_atomically

    algorithm, symmetry = SAID[template]
    told = {"name": folder.name, "algorithm": algorithm, "symmetry": symmetry, "year": datetime.now(UTC).year}
    files = {"agent.py": template.value + ".py", "submission.toml": "submission.toml", "test_agent.py": "test_agent.py"}
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    for name, source in files.items():
        write_text_atomically(folder / name, environment.get_template(f"{source}.j2").render(told))
    return [folder / name for name in files]

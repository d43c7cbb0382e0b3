"""The Python that declares what was found: a file that `symprior check file.py:Discovered` takes as it is."""

from __future__ import annotations

import re
from textwrap import indent

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.generated.turned import TurnedSignedPermutation
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import SignedPermutation
from symprior.tasks.discovery.proposal import Proposal
from symprior.tasks.discovery.subject import Subject

NUMBERS_IN_A_LINE = 24
MAKERS = {"C": "cyclic", "D": "dihedral", "S": "symmetric"}

TEMPLATE = '''"""The symmetry of {name} that was found: {group}; dynamics {exactness}, starts {reset}."""

{imports}


def group():
    """{group}."""
    return {group_code}


def symmetry():
    """How it acts on observations and on actions."""
    observation = {observation}
    action = {action}
    return Symmetry(observation, action, discrete={discrete}, exactness={exactness!r}, reset={reset!r})
{task}'''

CUSTOM = '''

def on_states():
    """How it acts on the simulator's states."""
    return {states}


@custom_task(
    symmetry=symmetry,
    state_representation=on_states,
    id={id!r},
    description={description!r},
    time_limit={limit},
)
def Discovered():
    return {source}
'''

REPLACED = """

Base = get_task({base!r})
Discovered = replace(Base, id={id!r}, symmetry=symmetry, probe=lambda: RecognisingProbe(Base.make()))
"""

CUSTOM_PLAYED = CUSTOM[CUSTOM.index("\n\n@custom_task") :].replace("    state_representation=on_states,\n", "")


def declaration(subject: Subject, proposal: Proposal, is_table: bool) -> str:
    """Python with a task `Discovered` that declares the proposal.

    Args:
        subject: what was searched.
        proposal: what was found and measured.
        is_table: it was enumerated, and the declaration keeps the task's simulator.
    """
    symmetry, found = proposal.symmetry, proposal.found
    assert isinstance(symmetry.observation, SignedPermutation) and isinstance(symmetry.action, SignedPermutation)
    has_states = not is_table and len(found.motions[0].states.source) > 0
    acts = [symmetry.observation, symmetry.action, *([found.state_representation] if has_states else [])]
    code = [_constructor(each) for each in acts]
    template = REPLACED if is_table else CUSTOM if has_states else CUSTOM_PLAYED
    task = template.format(
        states=indent(code[2], "    ").lstrip() if has_states else "",
        id=f"{_slug(subject.name)}-discovered-v1",
        base=subject.task.name_to_type if subject.task is not None else subject.name,
        description=f"{subject.name} under a symmetry that was found.",
        limit=subject.time_limit,
        source=subject.source,
    )
    return TEMPLATE.format(
        name=subject.name,
        group=found.group.name,
        imports=_imports(found.group, code, subject, is_table),
        group_code=_group_code(found.group),
        observation=indent(code[0], "    ").lstrip(),
        action=indent(code[1], "    ").lstrip(),
        discrete=symmetry.discrete,
        exactness=str(symmetry.exactness),
        reset=str(symmetry.reset),
        task=task,
    )


def _imports(group: Group, code: list[str], subject: Subject, is_table: bool) -> str:
    makers = sorted({*_makers(_group_code(group))})
    lines = [f"from symprior.symmetry.groups import {', '.join(makers)}"]
    lines.append("from symprior.symmetry.representations import SignedPermutation")
    if any("Turned" in each for each in code):
        lines.append("from symprior.symmetry.generated.turned import TurnedSignedPermutation")
    if "get_task" in subject.source or is_table:
        offered = ["Symmetry", "get_task"] if is_table else ["Symmetry", "custom_task", "get_task"]
    else:
        offered = ["Symmetry", "custom_task"]
    lines.append(f"from symprior.tasks import {', '.join(offered)}")
    if is_table:
        lines.append("from symprior.tasks.environments.probes.probe import RecognisingProbe")
        lines.insert(0, "from dataclasses import replace\n")
    if "np." in "".join([*code, _group_code(group)]):
        lines.insert(0, "import numpy as np\n")
    if subject.source.startswith("gymnasium."):
        lines.insert(0, "import gymnasium" if lines[0].startswith("import") else "import gymnasium\n")
    return "\n".join(lines)


def _makers(code: str) -> list[str]:
    return re.findall(r"(cyclic|dihedral|symmetric|product|Group)\(", code)


def _group_code(group: Group) -> str:
    """What makes the group: by its name where it has one, else by its table."""
    parts = re.findall(r"([CDS])(\d+)", group.name)
    if "×".join(f"{kind}{n}" for kind, n in parts) != group.name:
        return f"Group({group.name!r}, {list(group.elements)!r}, {group.table.tolist()})"
    code = ""
    for kind, n in parts:
        maker = f"{MAKERS[kind]}({n})"
        code = f"product({code}, {maker})" if code else maker
    return code


def _constructor(acts: SignedPermutation) -> str:
    """A representation as Python, indented by four."""
    name = "SignedPermutation"
    arguments = [f"source={_rows(acts.source)}"]
    if (acts.sign < 0).any() or isinstance(acts, TurnedSignedPermutation):
        arguments.append(f"sign={_rows(acts.sign)}")
    if isinstance(acts, TurnedSignedPermutation):
        name = "TurnedSignedPermutation"
        arguments.append(f"turn={_rows(acts.turn)}")
    if len(acts.shape) > 1:
        arguments.append(f"shape={acts.shape}")
    inner = "".join(f"    {argument},\n" for argument in ["group()", *arguments])
    return f"{name}(\n{inner})"


def _rows(values: NDArray[np.int64]) -> str:
    """An array of integers, a row below the other, long ones broken."""
    rows = []
    for row in values.tolist():
        parts = [row[i : i + NUMBERS_IN_A_LINE] for i in range(0, len(row), NUMBERS_IN_A_LINE)]
        rows.append(",\n         ".join(", ".join(map(str, part)) for part in parts))
    return "[\n" + "".join(f"        [{row}],\n" for row in rows) + "    ]"


def _slug(name: str) -> str:
    """The name as the name of a task has to be: small letters, digits and dashes."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")

"""The calibration as Markdown tables, in per cent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symprior.leaderboard.calibration.measures import EQUALS, Frequencies, coverage, false_alarms, false_claims, power
from symprior.leaderboard.calibration.populations import ONE_TASK, TEN_TASKS, TWO_TASKS, Population, populations
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.rules import RULES

SEEDS = (5, 10, 20)
GAINS = (1.2, 1.5, 2.0)
DRAWS = 1_000
OF_ALARMS, OF_CLAIMS = 4, 2
"""So many times the draws: a share of 5 % is to be told from one of 6.5 %."""
SUITES = ("paper-cartpole-2", "equivalence-1", "equivalence-2", "priors-2", "dials-3")
"""Whose published records are drawn from."""


@dataclass(frozen=True)
class Line:
    """One line of a table: what was drawn from, with how many seeds, and how often something was so."""

    table: str
    population: str
    tasks: int
    seeds: int
    shares: Frequencies


def calibration(records: Iterable[RunRecord], draws: int = DRAWS, seeds: Sequence[int] = SEEDS) -> Iterator[Line]:
    """Every line of every table, as it is computed.

    Args:
        records: the published ones.
        draws: groups of seeds for each line.
        seeds: the sizes of a group.
    """
    chosen = [record for record in records if record.suite_id in SUITES]
    for population in populations(chosen, [*ONE_TASK, *TWO_TASKS, *TEN_TASKS]):
        yield from lines_of(population, draws, seeds)


def lines_of(population: Population, draws: int, seeds: Sequence[int]) -> Iterator[Line]:
    """Every line of one population that has runs enough: twice the draw, and for equal priors so many times."""
    tasks = len(population.pairs)

    def line(table: str, name: str, runs: int, shares: Frequencies) -> Line:
        return Line(table, name, tasks, runs, shares)

    for runs in seeds:
        if population.runs < 2 * runs:
            continue
        name = population.name + (" (rare disasters)" if population.has_rare_disasters else "")
        yield line(ALARMS, f"{population.name}: plain", runs, false_alarms(population, runs, OF_ALARMS * draws))
        yield line(ALARMS, f"{name}: prior", runs, false_alarms(population.equal_priors, runs, OF_ALARMS * draws))
        yield line(COVERAGE, name, runs, coverage(population, runs, draws))
        for gain in GAINS:
            for held, words in ((True, "last value held"), (False, "shorter budget")):
                shares = power(population, gain, runs, draws, held=held)
                yield line(POWER_OF, f"{population.name}: {gain:g}×, {words}", runs, shares)
        if min(len(plain.efficiency) for _, plain in population.pairs) >= (EQUALS + 1) * runs:
            yield line(CLAIMS, population.name, runs, false_claims(population, runs, OF_CLAIMS * draws))


ALARMS = "False alarms between equals"
COVERAGE = "Coverage of unequal pairs"
POWER_OF = "A planted gain is found"
CLAIMS = f"False claims among {EQUALS} priors equal to plain"

EXPLAINED = {
    ALARMS: "Two disjoint groups of one arm are told apart, at 95 %: by the gain, by it in Student's t without widening, by "
    "the gain in reaching, by either of the two gains, by P(better), and by the test of their headlines that ranks rest on.",
    COVERAGE: "The 95 % interval covers the number of the runs that were not drawn, both variances counted; *lost "
    "run*: the interval reaches down to what the number would be with one more lost run. Beside what is printed stand "
    "Student's t, rliable's percentile interval and Hesterberg's expanded one.",
    POWER_OF: "Time is compressed, prior(t) = plain(g · t), between disjoint groups of the plain arm. *Gain, t*: by "
    "Student's t without widening. *Sentence*: the gain is found, and stays over 1 with one more lost run.",
    CLAIMS: "A board of equals makes at least one claim: where no interval is corrected, after Holm's correction, in a "
    "sentence (which also needs one more lost run), in a rank, and in any of the two.",
}


def to_markdown(lines: Iterable[Line], draws: int = DRAWS) -> str:
    """All tables."""
    found = list(lines)
    alarms, claims = (f"{100 * (0.05 * 0.95 / (of * draws)) ** 0.5:.1f}" for of in (OF_ALARMS, OF_CLAIMS))
    parts = [
        f"Rules {RULES}; {draws:,} draws a line, {OF_ALARMS * draws:,} between equals and {OF_CLAIMS * draws:,} boards of "
        f"equal priors. The standard error of a share is at most {100 * (0.25 / draws) ** 0.5:.1f}; of one near 5 % it is "
        f"{alarms} between equals and {claims} among boards. All figures are per cent. One task has no interval under ten "
        "seeds; the figures at five say why.\n"
    ]
    for table in (ALARMS, COVERAGE, POWER_OF, CLAIMS):
        if own := [line for line in found if line.table == table]:
            parts.append(f"### {table}\n\n{EXPLAINED[table]}\n\n{_table(own)}")
    return "\n".join(parts)


def _table(lines: Sequence[Line]) -> str:
    """Lines of one population with other numbers of seeds stand in one row."""
    kinds = list(lines[0].shares)
    seeds = sorted({line.seeds for line in lines})
    of = {(line.population, line.seeds): line.shares for line in lines}
    names = list(dict.fromkeys((line.population, line.tasks) for line in lines))
    head = f"| drawn from | tasks |{''.join(f' {kind} |' for kind in kinds)}"
    rows = [head, "| :--- | ---: |" + " ---: |" * len(kinds)]
    for name, tasks in names:
        cells = (" / ".join(_share(of.get((name, runs)), kind) for runs in seeds) for kind in kinds)
        rows.append(f"| {name} | {tasks} |{''.join(f' {cell} |' for cell in cells)}")
    return f"{' / '.join(map(str, seeds))} seeds.\n\n" + "\n".join(rows) + "\n"


def _share(shares: Frequencies | None, kind: str) -> str:
    return "–" if shares is None else f"{100 * shares[kind]:.1f}"

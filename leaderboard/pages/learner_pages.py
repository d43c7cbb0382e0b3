"""The page of the tests of the two learners, rebuilt from records to the last byte."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp
from typing import Any

from symprior.leaderboard.comparison.learner_tests import KERNELS, SUITE, LearnerTest
from symprior.leaderboard.pages.rendering import rendered
from symprior.leaderboard.statistics.equivalence import EFFICIENCY_MARGIN, LEVEL, Equivalence, runs_needed

PAGE = "equivalence.md"
"""Below the published results."""


def to_markdown(tests: list[LearnerTest]) -> str:
    """All tests as Markdown."""
    kernels = [test for test in tests if test.sides == KERNELS]
    learners = [test for test in tests if test.sides != KERNELS]
    planned, others = ([test for test in learners if (test.suite == SUITE) is flag] for flag in (True, False))
    quantities = [quantity for test in planned for quantity in test.quantities]
    hints = [
        f"{quantity.quantity} on {test.task} ({_place(test)})"
        for test in planned + others
        for quantity in test.quantities
        if quantity.hints_at_a_difference
    ]
    return rendered(
        "equivalence.md.j2",
        planned=planned,
        others=others,
        kernels=kernels,
        of_kernels=[quantity for test in kernels for quantity in test.quantities],
        row=row,
        in_words=_in_words,
        quantities=quantities,
        hints=hints,
        intervals=sum(len(test.quantities) for test in learners),
        repeats=sum(test.round != "1" for test in planned),
        efficiency_margin=EFFICIENCY_MARGIN,
        level=LEVEL,
    )


def _place(test: LearnerTest) -> str:
    return f"round {test.round}" if test.suite == SUITE else f"{test.suite}-{test.round}"


def row(quantity: Equivalence) -> list[str]:
    """A quantity of a test as cells; gains as ratios, their difference in logarithms."""
    is_gain = quantity.quantity.startswith("gain")
    first, second = quantity.sides
    runs = [(by.runs, of.runs) for by, of in zip(first.shares, second.shares, strict=True)]
    values = [f"{exp(side.value):.2f}×" if is_gain else f"{side.value:.3f}" for side in quantity.sides]
    return [
        quantity.quantity,
        *values,
        f"{quantity.difference:+.3f}",
        f"{quantity.low:+.3f} … {quantity.high:+.3f}",
        f"±{quantity.margin:.3f}",
        f"{quantity.p_value:.2g}",
        _of_arms(runs),
        _of_arms(runs_needed(quantity, sum(batched for batched, _ in runs) / sum(of for _, of in runs))),
        "equal" if quantity.holds else "not shown",
    ]


def _of_arms(runs: Iterable[tuple[int, int]]) -> str:
    return " and ".join(f"{batched:,} / {reference:,}" for batched, reference in runs)


def _in_words(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(settings.items()) if value is not None)

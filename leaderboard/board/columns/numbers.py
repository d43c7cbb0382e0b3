"""Numbers of a row as columns show them: with intervals, marks, units, or why there is none."""

from __future__ import annotations

from symprior.leaderboard.board.columns.column import NOTHING, Drawn, Shown
from symprior.leaderboard.board.tables.rows import AgentRow, Equivariance, Span, TaskRow
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.statistics.closed_forms.proportions import Share
from symprior.leaderboard.statistics.intervals import Estimate, in_words

SCORES, GAINS, SHARES = (0.0, 1.0), (0.2, 5.0), (0.0, 1.0)
"""The ends of the axes on which intervals are drawn; that of gains is logarithmic."""


def estimate(value: Estimate | None, digits: int = 3, axis: tuple[float, float] | None = None) -> Shown:
    """A number with its interval, or why there is none; drawn where there is an axis."""
    if value is None:
        return Shown(NOTHING)
    text = f"{value.bound} {value.value:,.{digits}f}".strip()
    return Shown(text, _detail(value, digits), value.value, None if axis is None else _drawn(value, axis))


def _detail(value: Estimate, digits: int) -> str:
    """The interval, or that there is none; the marks say why."""
    if value.interval is None:
        return value.note if value.bound else "no interval"
    return f"{in_words(value.interval.low, value.interval.high, digits)}{value.interval.mark}"


def _drawn(value: Estimate, axis: tuple[float, float], logarithmic: bool = False) -> Drawn:
    interval = (value.interval.low, value.interval.high) if value.interval else None
    return Drawn(value.value, interval, axis, logarithmic)


def percentiles(value: Estimate | None, digits: int = 3) -> Shown:
    """Rliable's interval of a number that is printed with another."""
    interval = value.interval if value else None
    if interval is None or interval.percentile_low is None or interval.percentile_high is None:
        return Shown(NOTHING)
    low, high = interval.percentile_low, interval.percentile_high
    return Shown(in_words(low, high, digits), "", high - low)


def gain_of(gain: Gain | None, plain: bool = False) -> Shown:
    """A gain, or why there is none."""
    if gain is None:
        return Shown("plain arm" if plain else NOTHING)
    if gain.estimate is None:
        return Shown(NOTHING, gain.why_none)
    shown = estimate(gain.estimate, digits=2)
    return Shown(f"{shown.text}×", shown.detail, shown.order, _drawn(gain.estimate, GAINS, logarithmic=True))


def times(value: float | None) -> Shown:
    """A factor."""
    return Shown(NOTHING) if value is None else Shown(f"{value:.2f}×", "", value)


def reaching(gain: Gain | None) -> Shown:
    """The gain in reaching."""
    if gain is None or gain.reaching is None:
        return Shown(NOTHING)
    shown = estimate(gain.reaching, digits=2)
    return Shown(f"{shown.text}×", shown.detail, shown.order)


def range_over_tasks(gain: Gain | None) -> Shown:
    """The smallest and the largest gain of a task."""
    if gain is None or not gain.of_tasks:
        return Shown(NOTHING)
    low, high = (choose(gain.of_tasks, key=lambda task: gain.of_tasks[task]) for choose in (min, max))
    words = f"{low}, {high}" + (f"; no gain on {', '.join(gain.left_out)}" if gain.left_out else "")
    return Shown(f"{gain.of_tasks[low]:.2f}× … {gain.of_tasks[high]:.2f}×", words, gain.of_tasks[low])


def without_families(gain: Gain | None) -> Shown:
    """The gain without each family, from the smallest to the largest."""
    if gain is None or not gain.without:
        return Shown(NOTHING)
    parts = sorted((value, family) for family, value in gain.without.items())
    return Shown("; ".join(f"{value:.2f}× without {family}" for value, family in parts), "", parts[0][0])


def rank(row: AgentRow) -> Shown:
    """A rank range, or that the row is incomplete."""
    if row.rank is not None:
        return Shown(str(row.rank), "", row.rank.best + row.rank.worst / 1000)
    return Shown(NOTHING, "" if row.complete else "incomplete")


def seeds(row: AgentRow) -> Shown:
    """How many seeds, marked where some are missing."""
    mark = "" if row.complete else " ⚠"
    return Shown(span_of(row.seeds).text + mark, "" if row.complete else "incomplete", row.seeds.low)


def span_of(span: Span | None) -> Shown:
    """From the smallest to the largest."""
    if span is None:
        return Shown(NOTHING)
    low, high = f"{span.low:,.0f}", f"{span.high:,.0f}"
    return Shown(low if low == high else f"{low} – {high}", "", span.low)


def share_of(of: Share) -> Shown:
    """A share of runs with Wilson's interval."""
    if of.interval is None:
        return Shown(NOTHING)
    low, high = (100 * end for end in of.interval)
    rate = of.count / of.runs
    return Shown(f"{of.count} of {of.runs}", f"{in_words(low, high, 0)} %", rate, Drawn(rate, of.interval, SHARES))


def error(value: float | None, of: Equivariance | None) -> Shown:
    """An equivariance error; in how many runs it is undefined."""
    undefined = of.undefined if of is not None else 0
    detail = f"undefined in {undefined} run{'s' if undefined > 1 else ''}" if undefined else ""
    return Shown(NOTHING, detail) if value is None else Shown(f"{value:.2g}", detail, value)


def seconds(seconds: float | None) -> Shown:
    """A time in the unit that fits."""
    if seconds is None:
        return Shown(NOTHING)
    text = (
        f"{seconds:.0f} s"
        if seconds < 600
        else f"{seconds / 60:.0f} min"
        if seconds < 36_000
        else f"{seconds / 3600:.1f} h"
    )
    return Shown(text, "", seconds)


def plain_number(value: float | None) -> Shown:
    """A number without an interval."""
    return Shown(NOTHING) if value is None else Shown(f"{value:.3f}", "", value)


def steps(steps: float | None) -> Shown:
    """Environment steps, or that it never came to that."""
    return Shown("never") if steps is None else Shown(f"{steps:,.0f}", "", steps)


def standing(row: AgentRow | TaskRow) -> str:
    """What is to be known of an agent that is not the project's own: what was shown of it, or that nobody has looked."""
    return "" if row.verified else row.level or "unverified"

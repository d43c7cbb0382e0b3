"""What commands print fits the terminal, and is not cut for 80 columns in a pipe."""

import pytest
from rich.table import Table

from symprior.benchmark.command_line.console import console, fit_to_output


def printed(capsys):
    """A table of 160 characters, as it was printed."""
    table = Table("long", "short", box=None)
    table.add_row("x" * 150, "end")
    fit_to_output()
    console.print(table)
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def as_before():
    """The console is every test's; it gets its width back."""
    width = console._width
    yield
    console._width = width


def test_a_pipe_gets_whole_lines(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert any("x" * 150 in line and "end" in line for line in printed(capsys))


@pytest.mark.parametrize("columns", [60, 100])
def test_columns_is_obeyed_as_it_is_now(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, printed(capsys))) <= columns

"""Boards to look at: HTML, Markdown, figures and the terminal's table. Nothing is computed here."""

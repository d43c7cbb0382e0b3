"""What is looked for in a submission, each kind of forgery or mistake in one file; `check` in `checked.py` runs them all.

A *problem* is refused. A *remark* may be right, and a reviewer looks at it. Every check reads data and text alone.
"""

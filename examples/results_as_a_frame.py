"""Published results in pandas: one row for each run and evaluation point."""

import symprior

frame = symprior.results("quick")
print(frame.head())

last = frame[frame.step == frame.groupby(["task", "agent", "seed"])["step"].transform("max")]
print(last.pivot_table(index="agent", columns="task", values="score", aggfunc="median").round(3))
# Your own runs: symprior.results(records="runs")

"""The checkout's root is the package: tasks/ installs as symprior.tasks. All else is in pyproject.toml."""

from setuptools import find_packages, setup

FLOORS = ("symmetry", "tasks", "agents", "leaderboard", "benchmark")
packages = find_packages(include=[pattern for floor in FLOORS for pattern in (floor, f"{floor}.*")])
setup(
    packages=[f"symprior.{package}" for package in packages],
    package_dir={f"symprior.{floor}": floor for floor in FLOORS},
)

"""The checkout's root is the package: tasks/ installs as symprior.tasks. All else is in pyproject.toml."""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

FLOORS = ("symmetry", "tasks", "agents", "leaderboard", "benchmark")
ENDINGS = ("bib", "css", "csv", "gz", "html", "j2", "js", "json", "jsonl", "md", "png", "svg", "toml", "txt")
packages = find_packages(include=[pattern for floor in FLOORS for pattern in (floor, f"{floor}.*")])


class WithoutThisScript(build_py):
    """Takes `__init__` alone of the root's modules."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        found = super().find_package_modules(package, package_dir)
        return [module for module in found if package != "symprior" or module[1] == "__init__"]


setup(
    packages=["symprior", *(f"symprior.{package}" for package in packages)],
    package_dir={"symprior": ".", **{f"symprior.{floor}": floor for floor in FLOORS}},
    # The root takes nothing by its ending alone: beside the floors it holds tests and an environment. The rules and the
    # documents are pages of the site.
    package_data={
        "symprior": ["py.typed", "RULES.md", "docs/*.md"],
        **{f"symprior.{floor}": ["py.typed", *(f"**/*.{ending}" for ending in ENDINGS)] for floor in FLOORS},
    },
    include_package_data=False,
    cmdclass={"build_py": WithoutThisScript},
)

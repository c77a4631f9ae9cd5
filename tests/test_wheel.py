"""The wheel holds all that the program needs, away from the checkout."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


def run(*command: object, cwd: Path) -> str:
    """What a command said; its failure is the test's."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as an index would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    run(sys.executable, "-c", build, folder, cwd=CHECKOUT)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_templates_themes_messages_and_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packaged = {name for name in names if ".dist-info/" not in name}
    assert all(name.startswith("byline/") for name in packaged)
    for folder, place in (("templates", "templates"), ("themes", "themes"), ("generator/byline", "")):
        for path in (CHECKOUT / folder).rglob("*"):
            inside = path.relative_to(CHECKOUT / folder).as_posix()
            if path.is_file() and "__pycache__" not in inside:
                assert "/".join(filter(None, ("byline", place, inside))) in names
    assert "byline/py.typed" in names


def test_the_wheel_states_the_licences_of_all_that_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        told = packed.read(name).decode().splitlines()
    assert "License-Expression: MIT AND OFL-1.1" in told
    assert len([line for line in told if line.startswith("License-File: ")]) == 2


def test_what_is_imported_is_depended_on_and_nothing_else() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    imported = set[str]()
    for path in (CHECKOUT / "generator/byline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    providers = packages_distributions()
    others = imported - sys.stdlib_module_names - {"byline"}
    needed = {providers[name][0].lower().replace("_", "-") for name in others}
    assert needed == {re.split("[<>=,]", one)[0] for one in declared}


def test_the_wheel_builds_an_archive_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env/bin/python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", wheel, cwd=tmp_path)
    where = run(python, "-c", "import byline; print(byline.__file__)", cwd=tmp_path)
    packages = Path(where).parent.parent
    assert packages.is_relative_to(tmp_path)
    # What it depends on comes from this environment, which a path file that runs no code lends.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    byline = tmp_path / "env/bin/byline"
    run(byline, "new", "show", cwd=tmp_path)
    settings = ("--set", "archive.language=de")
    said = run(byline, "-C", "show", "build", "--output", "site", *settings, cwd=tmp_path)
    assert " files, " in said
    page = (tmp_path / "site/index.html").read_text("utf-8")
    assert 'rel="stylesheet"' in page
    assert list((tmp_path / "site/assets").glob("*.css"))
    assert '<html lang="de"' in page
    assert "Skip to the content" not in page

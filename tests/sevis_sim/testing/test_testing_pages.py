"""docs/pytest.md and docs/ci.md hold: every example of them is run here."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from ruamel.yaml import YAML
from support import FILES, ROOT

pytest_plugins = "pytester"

BATCH = FILES / "two-students.xml"


def blocks(page, language):
    """Return the code blocks of a page in one language."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


EXAMPLES = {re.search(r"def (test_\w+)|(SyncSimulator)", block)[0]: block for block in blocks("pytest.md", "python")}


@pytest.fixture
def bare(monkeypatch):
    """Let no variable of this machine get between a client and its CA."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in [each for each in os.environ if each.startswith("SEVIS_SIM_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("block", [pytest.param(block, id=name) for name, block in EXAMPLES.items()])
def test_each_example_of_the_page_about_pytest_runs(block, pytester, bare):
    for module in ("requests", "numpy"):
        if module in block or (module == "numpy" and "udir" in block):
            pytest.importorskip(module, reason="an example needs it")
    shutil.copy(BATCH, pytester.path)
    if "def test_" not in block:
        subprocess.run([sys.executable, "-c", block], check=True)
        return
    pytester.makepyfile(test_example=block)
    settings = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    result = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", *settings)
    result.assert_outcomes(passed=len(re.findall(r"^(?:async )?def test_", block, re.MULTILINE)))


def test_the_page_names_every_option_and_every_member(pytester):
    from sevis_sim.synchronous import PartyWithFiles, SyncSandbox
    from sevis_sim.testing.wishes import OPTIONS

    page = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
    assert all(f"`{name}=`" in page and f"`--sevis-{name}`" in page and f"`sevis_{name}`" in page for name in OPTIONS)
    shown = {"school", "sponsor", "env", "clock", "journal", "faults", "records", "reset", "restore", "aio", "name"}
    assert shown <= set(dir(SyncSandbox))
    files = re.findall(r"\.(\w+)", re.search(r"\| `sevis\.school.*\|", page)[0].split("organization:")[1])
    assert {"cert_file", "p12", "password"} < set(files)
    assert set(files) - {"p12"} <= set(dir(PartyWithFiles))


@pytest.fixture
def project(tmp_path, bare):
    """A vendor's project with the scripts of docs/ci.md, and a function that runs lines of a recipe in it."""
    for block in blocks("ci.md", "sh"):
        name = re.search(r"^# (ci/[\w.-]+)", block, re.MULTILINE)[1]
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(block, encoding="utf-8")
    shutil.copy(BATCH, tmp_path)
    (tmp_path / "test_client.py").write_text("def test_it(sevis):\n    assert sevis.school()\n", encoding="utf-8")
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("sevis-sim", "python3", "pip", "pytest"):
        run = {"sevis-sim": "-m sevis_sim", "pytest": "-m pytest -p no:cacheprovider", "python3": ""}.get(name)
        line = "echo pip" if run is None else f"exec {sys.executable} {run}"
        (commands / name).write_text(f'#!/bin/sh\n{line} "$@"\n', encoding="utf-8")
        (commands / name).chmod(0o755)
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTEST_XDIST_AUTO_NUM_WORKERS": "1"}

    def run(*lines):
        for line in lines:
            done = subprocess.run(["sh", "-euc", line], cwd=tmp_path, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return tmp_path

    return run


@pytest.fixture(scope="module")
def github():
    (recipe,) = [YAML(typ="safe").load(block) for block in blocks("ci.md", "yaml") if "runs-on" in block]
    return recipe["jobs"]


@pytest.fixture(scope="module")
def gitlab():
    (recipe,) = [YAML(typ="safe").load(block) for block in blocks("ci.md", "yaml") if "before_script" in block]
    return recipe


def test_a_client_is_judged_as_the_page_says(project, tmp_path):
    (client,) = [block for block in blocks("conform.md", "sh") if block.startswith("cat > client.yaml")]
    (tmp_path / "client.yaml").write_text(client.partition("<<'EOF'\n")[2].partition("\nEOF")[0], encoding="utf-8")
    (tmp_path / "ci" / "scenarios").mkdir()
    project(
        "sevis-sim scenario init first -o ci/scenarios/first.yaml",
        "sevis-sim conform first-steps --client client.yaml --write-baseline ci/baseline.yaml",
        "sh ci/judge.sh first-steps",
    )
    assert 'failures="0"' in (tmp_path / "conform.xml").read_text(encoding="utf-8")
    assert 'failures="0"' in (tmp_path / "scenarios.xml").read_text(encoding="utf-8")
    assert (tmp_path / "evidence.zip").exists()


def test_the_recipe_for_github_works(github, project):
    for job in github.values():
        done = project(*(step["run"] for step in job["steps"] if "run" in step))
    assert (done / "result.zip").exists()
    assert 'tests="1"' in (done / "report.xml").read_text(encoding="utf-8")


def test_the_recipe_for_gitlab_does_the_same(gitlab, github):
    """Both are the same commands; only where they stand differs."""
    for name, job in gitlab.items():
        assert [*job["before_script"], *job["script"]] == [
            step["run"] for step in github[name]["steps"] if "run" in step
        ]
    assert gitlab["pytest"]["artifacts"]["reports"] == {"junit": "report.xml"}


def test_the_recipe_for_jenkins_does_the_same_in_an_environment_of_its_own(github):
    (recipe,) = blocks("ci.md", "groovy")
    lines = re.findall(r"sh '(.*)'", recipe)
    told = [line.replace('PATH="$PWD/.venv/bin:$PATH" ', "").removeprefix(".venv/bin/") for line in lines]
    commands = [step["run"] for job in github.values() for step in job["steps"] if "run" in step]
    assert set(told) - {"python3 -m venv .venv"} <= set(commands)
    assert "junit 'report.xml'" in recipe
    assert recipe.count("{") == recipe.count("}")


def test_the_script_passes_on_how_the_client_ended_and_says_what_the_simulator_saw(project, tmp_path):
    with pytest.raises(AssertionError, match=r"(?s)upload\.answered.*S0013"):
        project("sh ci/sevis.sh sevis-sim upload two-students.xml --batch OTHER")
    assert "stopped" in (tmp_path / "serve.log").read_text(encoding="utf-8")


def test_the_lines_for_powershell_are_commands_and_options_that_there_are():
    (block,) = blocks("ci.md", "powershell")
    page = subprocess.run([sys.executable, "-m", "sevis_sim", "serve", "--help"], capture_output=True, text=True).stdout
    assert set(re.findall(r"--[\w-]+", block)) - {"--wait"} <= set(re.findall(r"--[\w-]+", page))

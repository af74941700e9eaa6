"""The page on other schedulers, run: by Airflow's operator, by papermill, by Jupyter Scheduler.

Name a Python that has one of them beside kzdata in KZDATA_AIRFLOW or KZDATA_JUPYTER_SCHEDULER;
without it a test that needs it is skipped.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from fleet_sample import TRADE, Checkout

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
HELPER, AIRFLOW, SCHEDULER = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
EDITIONS = """
kaz:
  title: "Kazakhstan and {partner}"
  notebooks: [trade, again]
  matrix: {partner: [ISR, TUR]}
  formats: [html]
  calendar: {cron: "30 6 * * 1", time_zone: Asia/Almaty}
plain: {title: P, notebooks: [trade], parameters: {start: 2024}, formats: [html]}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Two notebooks, which name their kernel as JupyterLab writes it."""
    checkout = Checkout(tmp_path_factory.mktemp("schedulers"))
    checkout.notebook("02_again", *TRADE[:3])
    for path in (checkout.folder / "notebooks").glob("*.ipynb"):
        book = json.loads(path.read_text(encoding="utf-8"))
        book["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        path.write_text(json.dumps(book), encoding="utf-8")
    checkout.editions(EDITIONS)
    return checkout


def python_with(module, variable):
    found = os.environ.get(variable)
    # The whole name is looked for only where its package is: else that would raise.
    if not found and importlib.util.find_spec(module.split(".")[0]):
        found = sys.executable
    return found or pytest.skip(f"{module} is not installed, and {variable} names no Python")


def said_by(python, here, script, **more):
    done = subprocess.run(
        [python, "-c", script], cwd=here.folder, env=here.environment(**more),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def executed(path):
    """Whether every code cell of a notebook ran; and what it was told."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    told = ["".join(c["source"]) for c in cells
            if "injected-parameters" in c["metadata"].get("tags", [])]  # fmt: skip
    return all(c["execution_count"] for c in cells if c["cell_type"] == "code"), "".join(told)


JOBS = HELPER + "\nimport json\nprint(json.dumps(list(jobs())))"


def test_each_notebook_of_each_edition_is_a_job(here):
    jobs = said_by(sys.executable, here, JOBS)
    assert [job["name"] for job in jobs] == [
        "kaz-isr-trade", "kaz-isr-again", "kaz-tur-trade", "kaz-tur-again", "plain-trade",
    ]  # fmt: skip
    assert jobs[2]["parameters"] == {"partner": "TUR", "start": 2022}
    assert (jobs[0]["cron"], jobs[0]["time_zone"]) == ("30 6 * * 1", "Asia/Almaty")
    assert (jobs[4]["cron"], jobs[4]["time_zone"]) == (None, "UTC")


@pytest.mark.nightly
def test_papermill_does_a_job_as_airflows_operator_asks_it(here, tmp_path):
    """The call is the operator's own; the kernel is the one that the page names."""
    job = said_by(sys.executable, here, JOBS)[2]
    kernel = re.search(r'kernel_name="(\S+)"', AIRFLOW)[1]
    script = f"""
import json, papermill
papermill.execute_notebook(
    {job["input"]!r}, {str(tmp_path / "out.ipynb")!r}, parameters={job["parameters"]!r},
    progress_bar=False, report_mode=True, log_output=False, kernel_name={kernel!r}, language=None,
    engine_name=None,
)
print(json.dumps("done"))"""
    assert said_by(sys.executable, here, script) == "done"
    assert executed(tmp_path / "out.ipynb") == (
        True, '# Parameters\npartner = "TUR"\nstart = 2022\n'
    )  # fmt: skip


ASK_AIRFLOW = """
import json
from airflow.dag_processing.dagbag import DagBag
found = DagBag({folder!r})
assert not found.import_errors, found.import_errors
for task in found.dags["kaz-tur"].tasks:
    task.output_nb = {folder!r} + "/" + task.task_id + ".ipynb"
    task.execute({{}})
print(json.dumps([
    [name, dag.schedule, str(dag.timezone), dag.catchup, [t.task_id for t in dag.tasks]]
    for name, dag in sorted(found.dags.items())
]))"""


def test_airflow_reads_the_page_and_its_operator_runs_the_notebooks(here, tmp_path):
    python = python_with("airflow.providers.papermill", "KZDATA_AIRFLOW")
    (tmp_path / "editions.py").write_text(f"{HELPER}\n\n{AIRFLOW}", encoding="utf-8")
    found = said_by(
        python, here, ASK_AIRFLOW.format(folder=str(tmp_path)),
        AIRFLOW_HOME=str(tmp_path / "home"), AIRFLOW__CORE__LOAD_EXAMPLES="False",
    )  # fmt: skip
    assert found == [
        ["kaz-isr", "30 6 * * 1", "Asia/Almaty", False, ["kaz-isr-trade", "kaz-isr-again"]],
        ["kaz-tur", "30 6 * * 1", "Asia/Almaty", False, ["kaz-tur-trade", "kaz-tur-again"]],
        ["plain", None, "UTC", False, ["plain-trade"]],
    ]
    for name in ("kaz-tur-trade", "kaz-tur-again"):
        whole, told = executed(tmp_path / f"{name}.ipynb")
        assert whole
        assert 'partner = "TUR"' in told


ASK_SCHEDULER = """
import json, os, time
from jupyter_scheduler.environments import StaticEnvironmentManager
from jupyter_scheduler.models import CreateJobFromDefinition, ListJobDefinitionsQuery
from jupyter_scheduler.orm import create_tables
address = "sqlite:///" + {folder!r} + "/jobs.sqlite"
create_tables(address)
mine = Scheduler(root_dir=os.getcwd(), environments_manager=StaticEnvironmentManager(),
                 db_url=address, staging_path={folder!r})
define(mine)
told = []
for each in mine.list_job_definitions(ListJobDefinitionsQuery()).job_definitions:
    told.append([each.name, each.schedule, each.timezone, each.parameters, ""])
    if each.name == "kaz-tur-trade":
        asked = CreateJobFromDefinition(parameters=each.parameters)
        job = mine.create_job_from_definition(each.job_definition_id, asked)
        until = time.monotonic() + 120
        while time.monotonic() < until and str(mine.get_job(job, False).status) not in (
            "COMPLETED", "FAILED"):
            time.sleep(0.2)
        done = mine.get_job(job, False)
        told[-1][-1] = [str(done.status), done.status_message]
print(json.dumps(sorted(told)))"""


def given(partner, start=2022):
    return {"partner": repr(partner), "start": repr(start)}


def test_jupyter_scheduler_takes_the_definitions_of_the_page_and_runs_one(here, tmp_path):
    python = python_with("jupyter_scheduler", "KZDATA_JUPYTER_SCHEDULER")
    script = f"{HELPER}\n\n{SCHEDULER}\n{ASK_SCHEDULER.format(folder=str(tmp_path))}"
    told = said_by(python, here, script)
    assert told == [
        ["kaz-isr-again", "30 6 * * 1", "Asia/Almaty", given("ISR"), ""],
        ["kaz-isr-trade", "30 6 * * 1", "Asia/Almaty", given("ISR"), ""],
        ["kaz-tur-again", "30 6 * * 1", "Asia/Almaty", given("TUR"), ""],
        ["kaz-tur-trade", "30 6 * * 1", "Asia/Almaty", given("TUR"), ["COMPLETED", None]],
        ["plain-trade", None, "UTC", given("ISR", 2024), ""],
    ]
    (out,) = tmp_path.glob("*/*-*.ipynb")
    whole, injected = executed(out)
    assert whole
    assert injected == "partner = 'TUR'\nstart = 2022"

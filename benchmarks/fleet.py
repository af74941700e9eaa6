"""Wall time and peak memory of a fleet of reports, executed and rendered, against stock tools.

    python benchmarks/fleet.py --lean PY --lab PY --ploomber PY [--count 20] [--json fleet.json]
    python benchmarks/fleet.py --notebook mine.ipynb --only pool,kzdata --count 60

The interpreters are those of environments with papermill, nbconvert, ipykernel, pandas and
matplotlib: ``--lean`` without jupyterlab (and with kzdata; by default this interpreter), ``--lab``
with it, ``--ploomber`` with ploomber-engine. A contender whose interpreter is not given is left
out. All run the same notebook, by default one made here; your own takes partner and start as
parameters. Two workers each, except that kzdata has its default of one more than processors, so
the stock pool is shown with three as well, and that ploomber-engine as it comes has one process; a
pool of it keeps state from report to report. Loops are sequential, so
``--loops N`` measures N of their reports, and ratios are of seconds a report. Memory is the sum of
proportional set sizes of a contender and all its descendants, looked at four times a second in a
run of its own. The ratios shrink as the notebook's own work grows: ``possible`` is what a program
would reach that adds nothing to it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fleet_notebook

JOBS = Path(__file__).with_name("fleet_jobs.py")
# contender: (function of fleet_jobs, option with its interpreter)
CONTENDERS = {
    "loop": ("loop", "lean"),
    "loop_lab": ("loop", "lab"),
    "pool": ("pool", "lean"),
    "pool_of_three": ("pool_of_three", "lean"),
    "ploomber": ("ploomber", "ploomber"),
    "ploomber_pool": ("ploomber_pool", "ploomber"),
    "kzdata_nbconvert": ("kzdata_nbconvert", "lean"),
    "kzdata": ("kzdata", "lean"),
}
# how many times the seconds a report of kzdata's fleet: what is aimed at, at least
AIMS = {
    "loop": 8.0, "loop_lab": 12.0, "pool": 2.0, "pool_of_three": 2.0,
    "ploomber": 1.0, "ploomber_pool": 1.0,
}  # fmt: skip
COLD, MEMORY, FLAT = 0.65, 2.0, 1.1


def started(python: str, function: str, notebook: Path, out: Path, count: int) -> subprocess.Popen:
    """A contender at work, in a process of its own."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [python, str(JOBS), function, str(notebook), str(out), str(count)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=out
    )


def ended(process: subprocess.Popen, function: str) -> str:
    """What it printed, or the end of the benchmark."""
    printed, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"{said}\n{function} failed")
    return printed


def seconds(
    python: str, function: str, notebook: Path, out: Path, count: int
) -> tuple[float, float]:
    """Wall and CPU seconds of a whole run, start of the program included."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ended(started(python, function, notebook, out, count), function)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    made = len(list(out.glob("**/*.html")))
    if made < count:
        raise SystemExit(f"{function} made {made} pages of {count}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, used


def descendants(pid: int) -> list[int]:
    """A process and all that came of it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        others = Path(f"/proc/{pid}/task").iterdir()
        for task in others:
            if task.name != str(pid):
                children += (task / "children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in descendants(int(child)))]


def proportional(pid: int) -> int:
    """Proportional set size in KiB; none of a process that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def peak(python: str, function: str, notebook: Path, out: Path, count: int) -> float:
    """The most memory of a run, in MiB."""
    process = started(python, function, notebook, out, count)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(proportional, descendants(process.pid))))
        time.sleep(0.25)
    ended(process, function)
    return most / 1024


def main() -> None:
    """Make the data, run everybody, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notebook", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--loops", type=int, help="reports of the loops, by default COUNT")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--flat", type=int, help="kzdata once more with so many reports")
    parser.add_argument("--cold", type=int, default=3, help="cold reports, 0 for none")
    parser.add_argument("--memory", type=int, default=6, help="reports of the memory's run")
    parser.add_argument("--only", help="contenders with commas between them")
    parser.add_argument("--lean", default=sys.executable)
    parser.add_argument("--lab")
    parser.add_argument("--ploomber")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    for option in ("lean", "lab", "ploomber"):  # contenders work in a folder of their own
        if python := getattr(given, option):
            setattr(given, option, str(Path(shutil.which(python) or python).absolute()))
    wanted = given.only.split(",") if given.only else list(CONTENDERS)
    names = [name for name in wanted if getattr(given, CONTENDERS[name][1])]
    loops = given.loops or given.count
    with tempfile.TemporaryDirectory(prefix="kz-fleet-") as place:
        folder = Path(place)
        notebook = given.notebook or fleet_notebook.write(folder / "in")
        out = folder / "out"
        lean = given.lean
        own = float(ended(started(lean, "floor", notebook.resolve(), out, 1), "floor"))
        runs: dict[str, list[float]] = {name: [] for name in names}
        used: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(given.rounds):
            for name in names:
                function, option = CONTENDERS[name]
                count = loops if function == "loop" else given.count
                python = getattr(given, option)
                took, cpu = seconds(python, function, notebook.resolve(), out, count)
                runs[name].append(took / count)
                used[name].append(cpu / count)
        each = {name: min(took) for name, took in runs.items()}
        told: dict = {"count": given.count, "loops": loops, "processors": os.cpu_count(),
                      "floor_cpu_s": own, "s_per_report": each,
                      "cpu_s_per_report": {name: min(cpu) for name, cpu in used.items()},
                      "runs": runs}  # fmt: skip
        told["formats_s"] = json.loads(
            ended(started(lean, "formats", notebook.resolve(), out, 3), "formats")
        )
        if given.flat:
            function = CONTENDERS["kzdata"][0]
            took, _ = seconds(lean, function, notebook.resolve(), out, given.flat)
            told["flat"] = {"count": given.flat, "s_per_report": took / given.flat}
            print(f"  kzdata, {given.flat} reports: {took / given.flat:.2f} s a report")
        if given.cold:
            many = given.cold
            told["cold_s"] = {
                name: seconds(lean, name, notebook.resolve(), out, many)[0] / many
                for name in ("loop", "cold")
            }
        if given.memory:
            told["peak_mib"] = {
                name: peak(getattr(given, option), function, notebook.resolve(), out, given.memory)
                for name, (function, option) in CONTENDERS.items()
                if name in names and function != "loop"
            }
    report(told)
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def report(told: dict) -> None:
    """Print the table; add the ratios to it."""
    each, memory = told["s_per_report"], told.get("peak_mib", {})
    print(f"{told['count']} reports, {told['processors']} processors")
    print(f"  the notebook's own warm CPU    {told['floor_cpu_s']:6.2f} s a report")
    for name, took in each.items():
        held = f"{memory[name]:7,.0f} MiB" if name in memory else ""
        cpu = told["cpu_s_per_report"][name]
        print(f"  {name:30} {took:6.2f} s a report  {cpu:6.2f} of CPU  {held}")
    for name, took in told["formats_s"].items():
        print(f"  rendering {name:20} {took:6.2f} s a report, executed before")
    ratios: dict[str, dict] = {}
    for base in ("kzdata", "kzdata_nbconvert"):
        for name, aim in AIMS.items():
            if name in each and base in each:
                # Nobody is faster than the notebook's own work on all processors.
                best = each[name] * told["processors"] / told["floor_cpu_s"]
                ratios[f"{name}/{base}"] = {
                    "ratio": each[name] / each[base], "at_least": aim, "possible": best,
                }  # fmt: skip
        if "pool" in memory and base in memory:
            ratio = memory[base] / memory["pool"]
            ratios[f"memory {base}/pool"] = {"ratio": ratio, "at_most": MEMORY}
    if "cold_s" in told:
        ratio = told["cold_s"]["cold"] / told["cold_s"]["loop"]
        ratios["cold kzdata/loop"] = {"ratio": ratio, "at_most": COLD}
    if "flat" in told and "kzdata" in each:
        ratio = told["flat"]["s_per_report"] / each["kzdata"]
        ratios[f"{told['flat']['count']}/{told['count']} reports"] = {
            "ratio": ratio, "at_most": FLAT
        }  # fmt: skip
    for name, found in ratios.items():
        (key, bound) = next(each for each in found.items() if each[0] != "ratio")
        aim = f"  ({key.replace('_', ' ')} {bound:g})" if bound else ""
        aim += f"  possible {found['possible']:.1f}" if "possible" in found else ""
        print(f"  {name:30} {found['ratio']:6.2f}{aim}")
    told["ratios"] = ratios


if __name__ == "__main__":
    main()

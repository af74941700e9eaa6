"""Time and peak memory of functions that are given the same frame, each in a process of its own.

A child makes the frame (the same figures from the same seed), asks the system to forget the peak so
far, calls the contender once without counting and then ``rounds`` times, and leaves the answer in a
file. Contenders take turns, so that a busy minute hits all alike, and the least time of each is
compared: what else the machine does only adds. Memory is the
largest resident size during the calls less what was held before them: copies, not the frame.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

SAME = 1e-6  # of the largest figure
LONG = 5.0  # seconds after which one call is enough
PACKAGES = ["kzdata", "numpy", "pandas", "pyarrow", "econcomplex", "ecomplexity"]
PACKAGES += ["economic-complexity"]


def version(package: str) -> str | None:
    """The installed version, if there is one."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def storages() -> list[str]:
    """The ways in which this pandas can hold text."""
    return ["python", "pyarrow"] if importlib.util.find_spec("pyarrow") else ["python"]


def child(call: Callable[[], Any], rounds: int) -> tuple[dict, Any]:
    """What ``call`` took in this process, and the last thing it gave."""
    gc.collect()
    _give_back()
    _forget_peak()
    before = _memory("VmRSS")
    begun, used = time.perf_counter(), time.process_time()
    given = call()
    taken = [time.perf_counter() - begun]
    cpu = [time.process_time() - used]
    if taken[0] < LONG:
        taken, cpu = [], []
        for _ in range(rounds):
            given = None
            gc.collect()
            begun, used = time.perf_counter(), time.process_time()
            given = call()
            taken.append(time.perf_counter() - begun)
            cpu.append(time.process_time() - used)
    return {"seconds": taken, "cpu": cpu, "mib": (_memory("VmHWM") - before) / 1024}, given


def tell(took: dict, answer: np.ndarray | None, out: str) -> None:
    """Leave the answer in a file and say what it took, for `contest` to read."""
    if answer is not None:
        np.save(out, answer)
    print(json.dumps(took))


def _give_back() -> None:
    """What making the frame has freed goes back to the system, or calls would fill it unseen."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("The peak includes the making of the frame.", file=sys.stderr)


def _memory(field: str) -> float:
    """KiB of a line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return float(line.split()[1])
    raise SystemExit("Peak memory is read from /proc: run this on Linux.")


def contest(
    script: str, runs: Sequence[Sequence[str]], rounds: int, turns: int, patience: float = 240
) -> dict[tuple[str, ...], dict]:
    """Every run (the arguments of a child), ``turns`` times over; what it took and answered.

    A run beyond ``patience`` seconds is ended and has ``over`` instead; one that fails, ``failed``.
    """
    found: dict[tuple[str, ...], dict] = {}
    with tempfile.TemporaryDirectory(prefix="kzdata-benchmark-") as folder:
        for turn in range(turns):
            for number, run in enumerate(runs):
                held = found.setdefault(tuple(run), {"all": [], "cpu_all": [], "mib": 0.0})
                if turn and (held.keys() & {"over", "failed"} or max(held["all"]) > LONG):
                    continue
                print(f"{turn + 1}/{turns} {' '.join(run)}", file=sys.stderr)
                out = str(Path(folder) / f"{number}.npy")
                command = [sys.executable, script, "--run", *run, str(rounds), out]
                try:
                    done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
                except subprocess.TimeoutExpired:
                    held["over"] = patience
                    continue
                if done.returncode:
                    held["failed"] = done.stderr.strip().splitlines()[-1:]
                    continue
                told = json.loads(done.stdout.splitlines()[-1])
                held["all"] += told["seconds"]
                held["cpu_all"] += told["cpu"]
                held["mib"] = max(held["mib"], told["mib"])
                held["seconds"], held["least"] = median(held["all"]), min(held["all"])
                held["cpu"] = min(held["cpu_all"])
                if Path(out).exists() and not turn:
                    held["answer"] = np.load(out)
    return found


def apart(answer: np.ndarray, ours: np.ndarray) -> float:
    """The largest difference between two answers, on the scale of the largest figure of ours."""
    if answer.shape != ours.shape:
        return float("inf")
    return float(np.nanmax(np.abs(answer - ours)) / np.nanmax(np.abs(ours)))


def setting() -> dict:
    """What the figures were taken on."""
    return {
        "python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "threads": os.environ.get("OPENBLAS_NUM_THREADS", "as many as processors"),
        **{name: found for name in PACKAGES if (found := version(name))},
    }


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The power of size that time grows with: least squares on logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def judged(contenders: dict[str, dict], like: float) -> dict:
    """Who gave kzdata's answer, who of them was fastest, and kzdata's time over theirs."""
    ours = contenders["kzdata"]
    shown, right = [], {}
    for name, each in contenders.items():
        line = {
            "name": name,
            **{k: v for k, v in each.items() if k not in ("answer", "all", "cpu_all")},
        }
        if "answer" in each and name != "kzdata":
            line["apart"] = apart(each["answer"], ours["answer"])
            line["right"] = line["apart"] <= like
            if line["right"]:
                right[name] = each["least"]
        shown.append(line)
    fastest = min(right, key=right.__getitem__, default=None)
    told = {"contenders": shown, "fastest_right_peer": fastest}
    if fastest:
        peer = contenders[fastest]
        told["ratio"] = {each: ours[each] / peer[each] for each in ("seconds", "least", "cpu")}
    return told


def growth(task: str, flows: Sequence[float], found: Sequence[dict]) -> dict:
    """Time at each size, and the power that it grows with over the sizes that take 20 ms or more.

    Below that, what every call costs once hides the rest. The least time of the processor at each
    size counts: what else the machine does only ever adds.
    """
    seconds, memory = [each["cpu"] for each in found], [each["mib"] for each in found]
    counted = [place for place, each in enumerate(seconds) if each >= 0.02]
    return {
        "task": task, "flows": list(flows), "seconds": seconds, "mib": memory,
        "power": slope([flows[n] for n in counted], [seconds[n] for n in counted]),
    }  # fmt: skip


def report(found: dict, path: Path | None) -> None:
    """Print the table, write the JSON."""
    about = setting()
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    for task in found.get("tasks", []):
        size = [f"{task[key]:,} {key}" for key in ("reporters", "products", "flows") if key in task]
        print(f"\n{task['task']}: {' × '.join(size)}, text as {task['text']}")
        for each in task["contenders"]:
            print(f"  {each['name']:22} {_line(each)}")
        if task["fastest_right_peer"]:
            ratio = ", ".join(f"{name} {each:.2f}" for name, each in task["ratio"].items())
            print(f"  kzdata / {task['fastest_right_peer']}: {ratio}")
    for task in found.get("scaling", []):
        print(f"\n{task['task']}: seconds grow with flows to the power {task['power']:.2f}")
        for flows, seconds, mib in zip(
            task["flows"], task["seconds"], task["mib"], strict=True
        ):  # fmt: skip
            per = 1e6 * seconds / flows
            print(f"  {flows:10,.0f} flows {seconds:8.3f} s {per:6.3f} s a million {mib:7,.0f} MiB")
    if path:
        path.write_text(json.dumps({**about, **found}, indent=1) + "\n", encoding="utf-8")


def _line(each: dict) -> str:
    if "over" in each:
        return f"over {each['over']:.0f} s, ended"
    if "failed" in each:
        return f"failed: {' '.join(each['failed'])}"
    said = f"{each['seconds']:8.3f} s (least {each['least']:.3f}, processor {each['cpu']:.3f})"
    said += f"  {each['mib']:6,.0f} MiB"
    if "apart" in each:
        near = "same" if each["apart"] <= SAME else "near"
        said += f"  {near if each['right'] else 'another'} answer, {each['apart']:.1g} apart"
    return said

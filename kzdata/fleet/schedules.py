"""Files by which a system runs the editions when their calendar asks for it.

Each of them starts ``kzdata run --due`` now and then: which edition waits is decided there, by the
calendars of ``reports/editions.yml`` and the record of the last run. So a new edition needs no new
file, a machine that slept catches up once, and a run that finds nothing new ends in a moment.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kzdata.errors import KzdataError
from kzdata.fleet.hashes import replace

KINDS = ("cron", "systemd", "github-actions")
MARK = "kzdata editions"
MINUTES = 15  # how often the calendars are looked at


class ScheduleError(KzdataError):
    """A schedule that cannot be installed or removed; what was installed stays."""


@dataclass(frozen=True)
class Schedule:
    """The files of one kind of schedule, and what is to be done once they are written."""

    kind: str
    files: dict[Path, str]
    then: list[str]


def schedule_of(kind: str) -> Schedule:
    """What would be installed for ``cron``, ``systemd`` or ``github-actions``."""
    return {"cron": _cron, "systemd": _systemd, "github-actions": _github}[kind]()


def _command() -> list[str]:
    return [sys.executable, "-m", "kzdata.cli", "run", "--due"]


def _place() -> Path:
    # Where it is installed it runs: the same kzdata.toml is found, the same reports are meant.
    return Path.cwd()


def _cron() -> Schedule:
    # cron takes a percent sign for the end of the line.
    command = shlex.join(_command()).replace("%", r"\%")
    folder = shlex.quote(str(_place())).replace("%", r"\%")
    line = f"*/{MINUTES} * * * * cd {folder} && {command}"
    text = f"# begin {MARK}\n{line}\n# end {MARK}\n"
    return Schedule("cron", {Path("crontab"): text}, [])


def _units() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "systemd" / "user"


def _systemd() -> Schedule:
    command = " ".join(_quoted(each) for each in _command())
    service = f"""\
[Unit]
Description=Reports of kzdata whose calendar asks for them

[Service]
Type=oneshot
WorkingDirectory={_specified(str(_place()))}
ExecStart={command}
# Nothing new, and a finding in the data, are no failures of the machine.
SuccessExitStatus=10 20
"""
    timer = f"""\
[Unit]
Description=Looks every {MINUTES} minutes whether a report of kzdata is due

[Timer]
OnCalendar=*:0/{MINUTES}
# After sleep or a stop the run that was missed takes place once.
Persistent=true

[Install]
WantedBy=timers.target
"""
    folder = _units()
    return Schedule(
        "systemd",
        {folder / "kzdata-editions.service": service, folder / "kzdata-editions.timer": timer},
        [
            "systemctl --user daemon-reload",
            "systemctl --user enable --now kzdata-editions.timer",
        ],
    )


def _specified(text: str) -> str:
    return text.replace("%", "%%")  # systemd expands what follows a percent sign


def _quoted(text: str) -> str:
    text = _specified(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"'


def _github() -> Schedule:
    text = f"""\
name: {MARK}
on:
  schedule:
    - cron: "*/{MINUTES} * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: kzdata-editions
  cancel-in-progress: false
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install --constraint constraints.txt --editable .
      # The reports of the last run and its records: what has not changed is not made again.
      - uses: actions/cache@v4
        with:
          path: |
            reports/*
            reports/.fleet
            !reports/editions.yml
          key: kzdata-reports-${{{{ github.run_id }}}}
          restore-keys: kzdata-reports-
      - name: Make what is due
        run: |
          code=0
          kzdata run --due --json > run.json || code=$?
          cat run.json
          case $code in 0|10|20) ;; *) exit $code ;; esac
      - uses: actions/upload-artifact@v4
        with:
          name: reports
          path: |
            reports/*
            run.json
"""
    place = _place() / ".github" / "workflows" / "kzdata-editions.yml"
    return Schedule("github-actions", {place: text}, [])


def install(kind: str) -> list[str]:
    """Write the files of a schedule; the commands that are left for its user are returned.

    Raises `ScheduleError` where something else stands in their place, or nothing can be written.
    """
    wanted = schedule_of(kind)
    if kind == "cron":
        _write_crontab(_without(_crontab()) + wanted.files[Path("crontab")])
        return []
    for path in wanted.files:
        if path.exists() and not _ours(path):
            raise ScheduleError(f"{path} is there and is not ours.", "Move it away first.")
    for path, text in wanted.files.items():
        try:
            replace(path, text.encode())
        except OSError as error:
            raise ScheduleError(f"{path} cannot be written: {error.strerror or error}.") from None
    return wanted.then


def installed() -> dict[str, list[str]]:
    """By kind, where a schedule of ours stands; kinds without one are left out."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        if kind == "cron":
            text = _crontab(absent_is_empty=True)
            if f"# begin {MARK}" in text:
                found[kind] = ["crontab"]
            continue
        paths = [str(path) for path in schedule_of(kind).files if path.exists() and _ours(path)]
        if paths:
            found[kind] = paths
    return found


def remove(kind: str) -> list[str]:
    """Take a schedule away; what is returned was removed. Nothing of anybody else's is touched."""
    if kind == "cron":
        text = _crontab(absent_is_empty=True)
        if f"# begin {MARK}" not in text:
            return []
        _write_crontab(_without(text))
        return ["crontab"]
    gone = [path for path in schedule_of(kind).files if path.exists() and _ours(path)]
    for path in gone:
        path.unlink()
    return [str(path) for path in gone]


def _ours(path: Path) -> bool:
    return "kzdata" in path.read_text(encoding="utf-8")


def _crontab(*, absent_is_empty: bool = False) -> str:
    try:
        done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    except OSError:
        if absent_is_empty:
            return ""
        raise ScheduleError(
            "There is no crontab command on this machine.",
            "Install cron, or use: kzdata schedule install --systemd",
        ) from None
    if done.returncode and "no crontab" not in done.stderr and not absent_is_empty:
        raise ScheduleError(f"The crontab cannot be read: {done.stderr.strip()}")
    return done.stdout if done.returncode == 0 else ""


def _write_crontab(text: str) -> None:
    try:
        subprocess.run(["crontab", "-"], input=text, text=True, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise ScheduleError(f"The crontab cannot be written: {said.strip()}") from None


def _without(text: str) -> str:
    """A crontab without our lines; everything else in it as it was."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if line.strip() == f"# begin {MARK}":
            inside = True
        if not inside:
            kept.append(line)
        if line.strip() == f"# end {MARK}":
            inside = False
    if inside:
        raise ScheduleError(
            f"The crontab has a line '# begin {MARK}' and no end of it.", "Mend it: crontab -e"
        )
    whole = "".join(kept)
    return whole if not whole or whole.endswith("\n") else whole + "\n"

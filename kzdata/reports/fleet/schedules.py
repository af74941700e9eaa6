"""Text to paste so that a system runs the editions when their calendar asks for it.

Each kind starts ``kzdata run --due`` now and then: which edition waits is decided there, by the
calendars of ``reports/editions.yml`` and the record of the last run. So a new edition needs no new
text, a machine that slept catches up once, and a run that finds nothing new ends in a moment.
Nothing is installed here: what runs on a machine is for its user to write.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

KINDS = ("cron", "systemd", "github-actions")

MARK = "kzdata editions"

MINUTES = 15  # how often the calendars are looked at


@dataclass(frozen=True)
class Schedule:
    """The texts of one kind of schedule by the file they go to, and what to type then."""

    kind: str
    files: dict[str, str]
    then: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """All of it; what is not part of a file is a comment, so that it can be piped onward."""
        named = (f"# {name}\n{text}" for name, text in self.files.items())
        return [*named, *(f"# then: {line}" for line in self.then)]


def schedule_of(kind: str) -> Schedule:
    """What to paste for ``cron``, ``systemd`` or ``github-actions``."""
    return {"cron": _cron, "systemd": _systemd, "github-actions": _github}[kind]()


def _command() -> list[str]:
    return [sys.executable, "-m", "kzdata", "run", "--due"]


def _place() -> Path:
    # Where it is printed it will run: the same kzdata.toml is found, the same reports are meant.
    return Path.cwd()


def _cron() -> Schedule:
    # cron takes a percent sign for the end of the line.
    command = shlex.join(_command()).replace("%", r"\%")
    folder = shlex.quote(str(_place())).replace("%", r"\%")
    line = f"*/{MINUTES} * * * * cd {folder} && {command}\n"
    return Schedule("cron", {"a line for: crontab -e": line}, ())


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
    units = "~/.config/systemd/user/kzdata-editions"
    return Schedule(
        "systemd",
        {f"{units}.service": service, f"{units}.timer": timer},
        (
            "systemctl --user daemon-reload",
            "systemctl --user enable --now kzdata-editions.timer",
        ),
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
    return Schedule("github-actions", {".github/workflows/kzdata-editions.yml": text}, ())

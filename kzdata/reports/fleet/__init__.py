"""The report fleet: every edition brought up to date, unattended, and never half a report.

planning   which editions have to be made, and why: `inputs`, `answers`, `hashes`
running    they are made side by side, each by one run (`claims`), and published by one place
making     the jobs are given to `executors` or a `cluster`, and again where a worker died
job        one edition in a process of its own: plain data in, bytes out
changes    what an edition says otherwise than the one before it
records    when each was last run, and when its calendar asks for it; `overview` shows it
schedules  text to paste for cron, systemd and GitHub Actions
"""

from __future__ import annotations

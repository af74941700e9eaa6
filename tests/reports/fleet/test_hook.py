"""The program of the page on schedules that tells people: a real run, a chat and a mail server."""

from __future__ import annotations

import contextlib
import email
import email.policy
import http.server
import json
import os
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import guide_blocks
import pytest
from conftest import ROOT
from fleet_sample import TRADE, Checkout
from test_fleet import CELL, REVISED

PAGE = ROOT / "docs" / "scheduling.md"
(PROGRAM,) = (b.text for b in guide_blocks.blocks(PAGE) if b.caption == "tell.py")
(SHELL,) = (b.text for b in guide_blocks.blocks(PAGE) if b.kind == "console" and b.left_out)
LINE = SHELL.removeprefix("$ ").strip()
EDITIONS = """
kaz:
  title: K
  notebooks: [trade]
  formats: [html]
  calendar: {cron: "0 6 * * 1", time_zone: Asia/Almaty}
"""


class Chat(http.server.BaseHTTPRequestHandler):
    """Takes what is posted, as the incoming webhook of a chat."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body)["text"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


class Post(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one message needs."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                told = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                self.server.got.append(told)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
            if word == b"QUIT":
                return


@contextlib.contextmanager
def serving(kind, handler):
    with kind(("127.0.0.1", 0), handler) as server:
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def told(run, **env):
    """What the page's program does with the JSON of a run."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(run), text=True, timeout=60,
        capture_output=True, env={**os.environ, **env},
    )  # fmt: skip


def port(server):
    return str(server.server_address[1])


@pytest.mark.slow
@pytest.mark.nightly
def test_a_run_by_the_pages_line_tells_the_chat_what_changed(tmp_path):
    here = Checkout(tmp_path)
    here.notebook("01_trade", *TRADE)
    here.editions(EDITIONS)
    (tmp_path / "tell.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    kzdata = tmp_path / "bin" / "kzdata"
    kzdata.write_text(f'#!/bin/sh\nexec {sys.executable} -m kzdata.cli.app "$@"\n')
    kzdata.chmod(0o755)
    with serving(http.server.ThreadingHTTPServer, Chat) as chat:
        env = here.environment(
            CHAT=f"http://127.0.0.1:{port(chat)}/", no_proxy="127.0.0.1",
            PATH=f"{kzdata.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        )  # fmt: skip

        def line(shown):
            done = subprocess.run(
                ["bash", "-c", shown], cwd=tmp_path, env=env, capture_output=True, text=True
            )
            return done.returncode, done.stderr

        assert line(LINE)[0] == 0
        assert chat.got == []  # a first edition: there is nothing that it changes
        here.edit("data/tidy/observations.csv", CELL, REVISED)
        assert line(LINE.replace("--due", "kaz"))[0] == 0
        (text,) = chat.got
        assert text.startswith("kaz: built\n")
        figure = "- trade_goods, A, KAZ, ISR, X, TOTAL, FOB, 2025, USD: 119242222.86 → 219242222.86"
        assert figure in text.splitlines()
        assert "trade 1: Turnover with ISR came to US$193.3" in text
        assert line(LINE)[0] == 10  # the exit code is the run's
        assert len(chat.got) == 1


def test_a_failure_comes_by_mail():
    run = {"editions": [
        {"name": "a", "status": "unchanged", "message": "", "changes": None},
        {"name": "b", "status": "failed", "message": "cell 3: ValueError: é", "changes": None},
        {"name": "c", "status": "finding", "message": "New.",
         "changes": {"since": "2026-01-01", "changes": [
             {"kind": "contradiction", "what": "x y", "was": None, "is": "x says 1, y 2."}]}},
    ]}  # fmt: skip
    with serving(socketserver.ThreadingTCPServer, Post) as post:
        host = f"127.0.0.1:{port(post)}"
        done = told(run, MAIL_TO="who@example.org", MAIL_HOST=host)
    assert done.returncode == 0, done.stderr
    (mail,) = post.got
    assert mail["Subject"] == "b: failed cell 3: ValueError: é"
    assert mail.get_content().splitlines() == [
        "b: failed cell 3: ValueError: é",
        "c: finding New.",
        "- x y: nothing → x says 1, y 2.",
    ]


def test_nothing_new_is_no_message():
    run = {"editions": [{"name": "a", "status": "unchanged", "message": "", "changes": None}]}
    done = told(run, CHAT="http://127.0.0.1:9/", MAIL_TO="x@example.org", MAIL_HOST="127.0.0.1:9")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

"""``kzdata help``: a command's help, and the pages that belong to no single command."""

from __future__ import annotations

from typing import Any

import click

from kzdata.cli.error_reporting import TRACE
from kzdata.cli.shell import CommandOutput, Examples, answers
from kzdata.errors import ExitCode, UnknownCode, did_you_mean
from kzdata.settings import KNOWN, variable

STREAMS = """The answer is on the output stream; progress, notes and refusals on the error stream.
--json makes the answer one JSON value; figures that are missing are null. What is refused or fails
is {"error": {"kind", "message", "hint", "exit"}} there, and the same words on the error stream.
Progress is drawn on a terminal only; a log gets a line as each notebook begins and ends.
NO_COLOR=1 takes the colours away; so do TERM=dumb and any stream that is no terminal.
Files and pipes get UTF-8 in every locale."""

SETTINGS = """A flag wins over the environment, that over kzdata.toml in this folder or the nearest
above it, that over kzdata.toml in your configuration folder, that over what kzdata does by itself.
What an entry of reports/editions.yml says of formats and languages holds for that edition.
kzdata config shows each value and where it came from."""

COMPLETION = """The TAB key completes commands, options, notebooks, parameters, editions, sources.
  bash:  eval "$(_KZDATA_COMPLETE=bash_source kzdata)"   in ~/.bashrc
  zsh:   eval "$(_KZDATA_COMPLETE=zsh_source kzdata)"    in ~/.zshrc, after compinit
  fish:  _KZDATA_COMPLETE=fish_source kzdata | source    in ~/.config/fish/config.fish"""

MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "it could not be done, or nothing was found; the message says why",
    ExitCode.MISUSED: "misused: an unknown name, option, parameter or setting; nothing was done",
    ExitCode.UNCHANGED: "kzdata run: no edition has changed",
    ExitCode.FINDING: "a finding: data or seeds break a rule, statements contradict each other "
    "anew, or a check fails",
    ExitCode.DRIFT: "a source drifted: a file differs from its manifest, journal or format",
    ExitCode.REPORT_FAILED: "a report could not be made or published; the last one is unchanged",
    ExitCode.DEFECT: "a defect in kzdata; the message says how to see the whole trace",
    ExitCode.RETRY_LATER: "a publisher did not answer; asking again later can help",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C); existing files are unchanged",
    ExitCode.PIPE_CLOSED: "the reader of the output closed it, as head does",
    ExitCode.TERMINATED: "terminated; existing files are unchanged",
}

TOPICS = {
    "exit-codes": "how a command ended, as a number",
    "settings": "what can be set once, and where",
    "streams": "output, errors, JSON, colours",
    "completion": "the TAB key in bash, zsh and fish",
}


@click.command(
    "help",
    cls=Examples,
    short_help="Explain a command or a topic.",
    epilog="""kzdata help report
    kzdata help exit-codes
    kzdata help completion""",
)
@click.argument("words", nargs=-1, metavar="[COMMAND | TOPIC]")
@click.pass_context
@answers
def help_(ctx: click.Context, words: tuple[str, ...]) -> CommandOutput:
    """Explain a command, or a topic: exit-codes, settings, streams, completion."""
    if len(words) == 1 and words[0] in TOPICS:
        return _topic(words[0])
    shown = ctx.find_root()
    for word in words:
        group = shown.command
        known = group.commands if isinstance(group, click.Group) else {}
        if word not in known:
            hint = did_you_mean(word, {*known, *TOPICS})
            raise UnknownCode(f"No help on {word!r}.", hint)
        shown = click.Context(known[word], shown, info_name=word)
    text = shown.get_help()
    return CommandOutput({"help": text}, text.split("\n"), fixed=True)


def _topic(name: str) -> CommandOutput:
    if name == "exit-codes":
        rows = [{"code": code, "meaning": meaning} for code, meaning in MEANINGS.items()]
        return CommandOutput(rows, [f"{code:4}  {meaning}" for code, meaning in MEANINGS.items()])
    text = {"settings": SETTINGS, "streams": STREAMS, "completion": COMPLETION}[name]
    lines = text.split("\n")
    if name == "settings":
        lines += ["", *(line for each in KNOWN for line in _setting(each))]
        lines.append(f"{TRACE}=1 shows the whole trace of a defect.")
    return CommandOutput({"help": "\n".join(lines)}, lines)


def _setting(name: str) -> list[str]:
    _, meaning, allowed = KNOWN[name]
    example: Any = {"jobs": 2, "formats": '["html", "xlsx"]'}.get(name)
    example = example or f'"{allowed[0]}"' if allowed or example else '"some/folder"'
    return [f"{name:9} {meaning}", f"{'':9} {name} = {example}  or  {variable(name)}"]

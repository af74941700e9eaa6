"""``kzdata verify``: published answers beside those computed now."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from kzdata.shell import FAILED, Examples, answers

ONE = (
    "  {verdict:8} {quantity}: published {printed}, computed {computed:.10g}, "
    "tolerance {tolerance:.3g}"
)
MANY = (
    "  {verdict:8} {quantity}, furthest of {cells:,}: {at}: published {printed}, "
    "computed {computed:.10g}, tolerance {tolerance:.3g}"
)
DONE = "{held} of {all} comparisons hold ({cells} figures), {skipped} checks skipped."
FELL = (
    "{failed} of {all} comparisons fail; {held} hold ({cells} figures), {skipped} checks skipped."
)


@click.command(
    "verify",
    cls=Examples,
    epilog="""kzdata verify
    kzdata verify --json
    kzdata verify --shared ../shared""",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--shared", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with the data sets of other publications, below DIR/oracles; "
    "else KZDATA_SHARED, else ../shared.",
)  # fmt: skip
@answers
def literature(as_json: bool, shared: Path | None) -> None:
    """Compute published examples again and compare: published, computed, tolerance, verdict.

    The exit code is 1 where a comparison fails. A check whose data are not here is skipped, and
    said so. Where a check compares many figures, the one furthest off is shown.
    """
    from kzdata.verifying import verify

    found = verify(shared)
    whole = found.astype(object).where(found.notna(), None)
    rows = [dict(zip(found.columns, row, strict=True)) for row in whole.itertuples(index=False)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _told(rows)
    if any(row["verdict"] == "fails" for row in rows):
        sys.exit(FAILED)


def _told(rows: list[dict[str, Any]]) -> None:
    last = None
    for row in rows:
        if row["check"] != last:
            last = row["check"]
            click.echo(f"{last}: {row['title']}")
            click.echo(f"  {'source':8} {row['source']}")
        if row["quantity"] is None:
            click.echo(f"  {row['verdict']:8} {row['reason']}")
            continue
        click.echo((MANY if row["cells"] > 1 else ONE).format(**row))
    verdicts = [row["verdict"] for row in rows]
    text = FELL if "fails" in verdicts else DONE
    click.echo(
        text.format(
            all=len(verdicts) - verdicts.count("skipped"),
            held=verdicts.count("holds"),
            failed=verdicts.count("fails"),
            skipped=verdicts.count("skipped"),
            cells=f"{sum(row['cells'] for row in rows):,}",
        )
    )

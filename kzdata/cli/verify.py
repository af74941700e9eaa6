"""``kzdata verify``: published answers beside those computed now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kzdata.cli.shell import CommandOutput, Examples, answers
from kzdata.errors import ExitCode

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
    short_help="Compute published examples again, compare.",
    epilog="""kzdata verify
    kzdata verify --json
    kzdata verify --shared ../shared""",
)
@click.option(
    "--shared", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder with the data sets of other publications, below DIR/oracles; "
    "else KZDATA_SHARED, else ../shared.",
)  # fmt: skip
@answers
def literature(shared: Path | None) -> CommandOutput:
    """Compute published examples again and compare: published, computed, tolerance, verdict.

    The exit code is 20 where a comparison fails. A check whose data are not here is skipped, and
    said so. Where a check compares many figures, the one furthest off is shown.
    """
    from kzdata.analysis.verification.run import verify

    found = verify(shared)
    whole = found.astype(object).where(found.notna(), None)
    rows = [dict(zip(found.columns, row, strict=True)) for row in whole.itertuples(index=False)]
    failed = any(row["verdict"] == "fails" for row in rows)
    return CommandOutput(rows, _told(rows), ExitCode.FINDING if failed else ExitCode.DONE)


def _told(rows: list[dict[str, Any]]) -> Iterator[str]:
    last = None
    for row in rows:
        if row["check"] != last:
            last = row["check"]
            yield f"{last}: {row['title']}"
            yield f"  {'source':8} {row['source']}"
        if row["quantity"] is None:
            yield f"  {row['verdict']:8} {row['reason']}"
            continue
        yield (MANY if row["cells"] > 1 else ONE).format(**row)
    verdicts = [row["verdict"] for row in rows]
    text = FELL if "fails" in verdicts else DONE
    yield text.format(
        all=len(verdicts) - verdicts.count("skipped"),
        held=verdicts.count("holds"),
        failed=verdicts.count("fails"),
        skipped=verdicts.count("skipped"),
        cells=f"{sum(row['cells'] for row in rows):,}",
    )

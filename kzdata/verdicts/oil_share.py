"""A share of oil imports against the whole trade of the pair."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from kzdata import sources
from kzdata.amounts import exact, format_number
from kzdata.codes import named
from kzdata.errors import KzdataError
from kzdata.language import Later, Sentence, joined, word, written, written_together
from kzdata.periods import as_written
from kzdata.verdicts.findings import Claim, figures, finding, together

_SHARE = {"dataflow": "energy", "unit": "percent", "concept": "oil_import_share"}
_TRADE = {"dataflow": "trade_goods", "flow": "T", "unit": "USD"}


def oil_shares(claims: list[Claim], oil: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Shares of oil imports beside the whole trade of the pair; see `kzdata.contradictions`."""
    if oil is not None:
        _check_assumption(oil)
    for group in together([row for row in claims if _of(row, _SHARE)], ["reporter", "partner"]):
        buyer, seller = group[0]["reporter"], group[0]["partner"]
        pair = [
            row
            for row in figures(claims)
            if _of(row, _TRADE)
            and re.fullmatch(r"\d{4}", row["period"])
            and {row["reporter"], row["partner"]} == {buyer, seller}
        ]
        if not pair:
            continue
        share = min(group, key=lambda row: (math.isnan(row["lower"]), row["lower"]))
        total = sorted(pair, key=lambda row: row["period"])[-1]
        row = _oil_finding(share, total, oil if oil and oil["reporter"] == buyer else None)
        if row:
            yield row


def _of(claim: Claim, measure: dict[str, str]) -> bool:
    return all(claim[column] == value for column, value in measure.items())


def _check_assumption(oil: dict[str, Any]) -> None:
    quantities = oil.get("quantities", {})
    for name, unit in (("annual_volume", "t"), ("price", "USD/t")):
        has_unit = quantities.get(name, {}).get("unit") == unit
        if not (has_unit and oil.get("source") and oil.get("reporter")):
            raise KzdataError(
                f"The assumption on oil lacks {name} in {unit}, its source or its reporter.",
                'See kz.assumption("israel_oil_import_bill") for one that is complete.',
            )


def _oil_finding(share: Claim, total: Claim, oil: dict[str, Any] | None) -> dict[str, Any] | None:
    rows = [share, total]
    least = share["lower"] / 100
    largest = total["upper"] / least
    said = {
        "share": share["printed"],
        "buyer": named(share["reporter"]),
        "seller": named(share["partner"]),
        "total": total["printed"],
        "period": as_written(total["period"]),
    }
    fits = Sentence(
        "{total} USD / {least}% = {largest} USD: the share fits only if all oil imports of "
        "{buyer} cost no more than this in a year",
        {
            "total": exact(total["upper"]),
            "least": _three(100 * least),
            "largest": exact(largest, 0),
            "buyer": said["buyer"],
        },
    )
    if oil is None:
        return finding(
            "oil_share",
            rows,
            written(
                "{share} of {buyer}'s oil imports from {seller} beside a whole trade of {total} in "
                "{period}: whether it fits depends on the cost of all oil imports.",
                **said,
            ),
            written_together([fits]),
            written(
                "a sourced yearly volume and price of {buyer}'s oil imports: oil=assumption(…)",
                buyer=said["buyer"],
            ),
        )
    volume, price = (oil["quantities"][name] for name in ("annual_volume", "price"))
    bill = volume["value"] * price["value"]
    worth = least * bill
    if worth <= total["upper"]:
        return None
    found = finding(
        "oil_share",
        rows,
        written(
            "{share} of {buyer}'s oil imports from {seller} beside a whole trade of {total} in "
            "{period}: the oil alone would be worth {times} times the trade.",
            **said,
            times=exact(worth / total["value"], 1),
        ),
        written(
            "{volume_arithmetic} = {volume} t; {price_arithmetic} = {price} USD/t; together {bill} "
            "USD a year, {least}% of it {worth} USD, against {total} USD; {fits}",
            volume_arithmetic=word(volume["arithmetic"]),
            volume=exact(volume["value"], 0),
            price_arithmetic=word(price["arithmetic"]),
            price=exact(price["value"], 0),
            bill=exact(bill, 0),
            least=_three(100 * least),
            worth=exact(worth, 0),
            total=exact(total["value"]),
            fits=fits,
        ),
        written(
            "the year of the share, and the country that customs book it under. {caveats}",
            caveats=joined([word(each) for each in oil["caveats"]], " "),
        )
        if oil.get("caveats")
        else written("the year of the share, and the country that customs book it under."),
    )
    return found | {"source": sources.join([found["source"], oil["source"]])}


def _three(value: float) -> Later:
    """Three significant digits."""
    return Later(format_number, value, digits=3)

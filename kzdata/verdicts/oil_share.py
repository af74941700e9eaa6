"""A share of oil imports against the whole trade of the pair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kzdata import sources
from kzdata.codes import area_name
from kzdata.comparable import between
from kzdata.errors import KzdataError
from kzdata.verdicts.findings import figures, finding


def oil_shares(claims: pd.DataFrame, oil: dict[str, Any] | None) -> Iterator[dict]:
    """Shares of oil imports beside the whole trade of the pair; see `kzdata.contradictions`."""
    if oil is not None:
        _check_assumption(oil)
    shares = claims[
        (claims["dataflow"] == "energy")
        & (claims["unit"] == "percent")
        & (claims["concept"] == "oil_import_share")
    ]
    annual = figures(claims)
    annual = annual[
        (annual["flow"] == "T")
        & (annual["dataflow"] == "trade_goods")
        & (annual["unit"] == "USD")
        & annual["period"].str.fullmatch(r"\d{4}")
    ]
    for (buyer, seller), group in shares.groupby(["reporter", "partner"], sort=False):
        pair = between(annual, str(buyer), str(seller))
        if pair.empty:
            continue
        share = group.sort_values("lower").iloc[0]
        total = pair.sort_values("period").iloc[-1]
        row = _oil_finding(share, total, oil if oil and oil["reporter"] == buyer else None)
        if row:
            yield row


def _check_assumption(oil: dict[str, Any]) -> None:
    quantities = oil.get("quantities", {})
    for name, unit in (("annual_volume", "t"), ("price", "USD/t")):
        has_unit = quantities.get(name, {}).get("unit") == unit
        if not (has_unit and oil.get("source") and oil.get("reporter")):
            raise KzdataError(
                f"The assumption on oil lacks {name} in {unit}, its source or its reporter.",
                'See kz.assumption("israel_oil_import_bill") for one that is complete.',
            )


def _oil_finding(share: pd.Series, total: pd.Series, oil: dict[str, Any] | None) -> dict | None:
    rows = pd.DataFrame([share, total])
    least = share["lower"] / 100
    buyer, seller = area_name(share["reporter"]), area_name(share["partner"])
    largest = total["upper"] / least
    said = (
        f"{share['printed']} of {buyer}'s oil imports from {seller} beside a whole trade of "
        f"{total['printed']} in {total['period']}"
    )
    fits = (
        f"{total['upper']:,.15g} USD / {100 * least:.3g} % = {largest:,.0f} USD: the share fits "
        f"only if all oil imports of {buyer} cost no more than this in a year"
    )
    if oil is None:
        return finding(
            "oil_share",
            rows,
            f"{said}: whether it fits depends on the cost of all oil imports.",
            fits,
            f"a sourced yearly volume and price of {buyer}'s oil imports: oil=assumption(…)",
        )
    volume, price = (oil["quantities"][name] for name in ("annual_volume", "price"))
    bill = volume["value"] * price["value"]
    worth = least * bill
    if worth <= total["upper"]:
        return None
    caveats = " ".join(oil.get("caveats", []))
    found = finding(
        "oil_share",
        rows,
        f"{said}: the oil alone would be worth {worth / total['value']:.1f} times the trade.",
        f"{volume['arithmetic']} = {volume['value']:,.0f} t; {price['arithmetic']} = "
        f"{price['value']:,.0f} USD/t; together {bill:,.0f} USD a year, {100 * least:.3g} % of it "
        f"{worth:,.0f} USD, against {total['value']:,.15g} USD; {fits}",
        f"the year of the share, and the country that customs book it under. {caveats}".strip(),
    )
    return found | {"source": sources.join([found["source"], oil["source"]])}

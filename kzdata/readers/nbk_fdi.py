"""National Bank of Kazakhstan, open-data JSON: foreign direct investment of all partners.

Form 287 is the gross inflow, form 310 the net inflow: two dataflows that no formula may mix.
The date of a row is the first day after the quarter: 2005-04-01 is the first quarter of 2005.
The bank has two services. ``api/v1/data`` gives pages whose rows say ``report_date``;
``api/report`` a bare list whose rows say ``reportDate``, with their dimensions in ``attributes``.
Written to what clients of both read; not yet run on an original answer.
"""

from __future__ import annotations

from datetime import date, timedelta
from os import PathLike
from typing import Any

import pandas as pd

from kzdata.errors import ContractError, UnknownCode
from kzdata.model.amounts import observation
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN, WORLD
from kzdata.readers import columns, tidy
from kzdata.readers.payload import (
    LIMIT,
    Received,
    WrongFormat,
    count,
    field,
    from_json,
    printed,
    receive,
    rows_of,
)


def net_inflow(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns report_date and amount_musd: quarterly flow from all partners, negatives kept."""
    return pd.DataFrame(
        [
            observation(
                manifest,
                row["amount_musd"],
                freq="Q",
                reporter="KAZ",
                partner=WORLD,
                flow=NOT_APPLICABLE,
                product=NOT_APPLICABLE,
                valuation=NOT_APPLICABLE,
                period=quarter_before(row["report_date"]),
                locator=f"{manifest['file']}, report_date {row['report_date']}",
            )
            for row in raw.to_dict("records")
        ]
    )


def quarter_before(report_date: str) -> str:
    """The quarter that ends the day before ``report_date``."""
    day = date.fromisoformat(report_date)
    if day.day != 1 or day.month not in (1, 4, 7, 10):
        raise ContractError(
            f"report_date {report_date} is not the day after a quarter's end.",
            "The form dates quarters on 1 January, 1 April, 1 July and 1 October.",
        )
    last = day - timedelta(days=1)
    return f"{last.year}-Q{last.month // 3}"


TESTED_ON_ORIGINAL = False

FORMS = {"287": "fdi_gross_inflow", "310": "fdi_net_inflow"}

# What a row may hold besides its date and amount without being a dimension of its own.
_IDLE = {"id", "row_id", "form_id", "formid", "unit", "unit_name", "locale", "lang"}

_DATE, _AMOUNT, _ATTRIBUTES = "report_date", "amount", "attributes"


def read(
    source: str | PathLike[str] | bytes,
    *,
    form: int | str | None = None,
    published: str = UNKNOWN,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Quarterly flow from all partners in USD; the form's million USD are scaled, negatives kept.

    ``form`` is needed where the answer does not say it. Other texts of a row become its
    ``series``. Raises `WrongFormat` where the answer is one page of several, `ContractError` for
    a date that is not the day after a quarter, `UnknownCode` for a form that is not FDI.
    """
    body = receive(source, limit=limit)
    answer = from_json(body)
    listed = answer if isinstance(answer, list) else field(answer, "rows", body)
    rows = rows_of(listed, body)
    about = answer if isinstance(answer, dict) else {}
    dataflow = _dataflow(str(about.get("formId") or about.get("form_id") or ""), form, body)
    _refuse_pages(about, len(rows), body)
    made = []
    for place, row in enumerate(rows):
        where = f"rows[{place}]"
        said = _plain(row, where, body)
        day = (said.pop(_DATE) or "")[:10]
        amount = said.pop(_AMOUNT)
        made.append(
            {
                "period": _quarter(day, body),
                "amount": None if amount is None else amount.replace(",", "."),
                "locator": f"{body.name}, report_date {day}",
                "series": ".".join(
                    value
                    for name, value in sorted(said.items())
                    if value and name.lower() not in _IDLE
                ),
            }
        )
    raw = pd.DataFrame(made, columns=["period", "amount", "locator", "series"], dtype=object)
    value = columns.scaled(raw.pop("amount"), 6, name=body.name)
    return tidy.tidy(
        pd.concat([raw, value], axis=1),
        dataflow=dataflow,
        freq="Q",
        reporter="KAZ",
        partner=WORLD,
        flow=NOT_APPLICABLE,
        product=NOT_APPLICABLE,
        valuation=NOT_APPLICABLE,
        unit="USD",
        source="nbk_fdi",
        published=published,
    )


def _plain(row: dict[str, Any], where: str, body: Received) -> dict[str, str | None]:
    """A row of either service as the texts of its date, its amount and its dimensions."""
    row = {_DATE if name == "reportDate" else name: value for name, value in row.items()}
    attributes = row.pop(_ATTRIBUTES, None)
    for name in (_DATE, _AMOUNT):
        field(row, name, body, place=where)
    said = {name: printed(row, name, body, place=where) for name in row}
    for each in [] if attributes is None else rows_of(attributes, body):
        at = f"{where}, {_ATTRIBUTES}"
        code = printed(each, "attrCode", body, place=at)
        said[f"{_ATTRIBUTES}.{code}"] = printed(each, "valueCode", body, place=at)
    return said


def _dataflow(said: str, asked: int | str | None, body: Received) -> str:
    if said and asked is not None and said != str(asked):
        raise WrongFormat(
            f"{body.name} is form {said}, not {asked}.", "287 is gross, 310 is net inflow."
        )
    found = said or ("" if asked is None else str(asked))
    if found not in FORMS:
        raise UnknownCode(
            f"{body.name}: form {found or 'not stated'} is not a form of direct investment.",
            "Say which it is: form=287 (gross inflow) or form=310 (net inflow).",
        )
    return FORMS[found]


def _refuse_pages(about: dict[str, Any], held: int, body: Received) -> None:
    total, size = count(about, "totalRows", body), count(about, "pageSize", body)
    if (total is not None and total != held) or (total is None and size == held):
        raise WrongFormat(
            f"{body.name} is one page: {held} rows of {total or 'an unknown number'}.",
            "Ask with a larger pageSize, so that one answer holds all rows.",
        )


def _quarter(day: str, body: Received) -> str:
    try:
        return quarter_before(day)
    except ContractError as error:
        raise ContractError(f"{body.name}: {error.fact}", error.hint) from None
    except ValueError:
        raise WrongFormat(
            f"{body.name}: report_date {day!r} is not a date.",
            "It is written 2005-07-01: the day after the quarter.",
        ) from None

"""What to say where figures are recorded in another way than a person asked for."""

from __future__ import annotations

from collections.abc import Callable

from kzdata.explorer import absence, choices
from kzdata.explorer.loading import loading
from kzdata.explorer.selection import ALL, LEVELS, Selection
from kzdata.language import t, term, translated

_NAMES: dict[str, tuple[str, Callable[[str], str]]] = {
    "product": (term("Product level"), choices.product_name),
    "flow": (term("Flow"), choices.flow_name),
    "freq": (term("Frequency"), choices.frequency_name),
    "source": (term("Source"), choices.source_name),
}


def moved(asked: Selection, settled: Selection) -> tuple[absence.Absence, ...]:
    """One `Absence` a field that was asked for and is not what is shown.

    What is usual counts as not asked for: it stands where a person has said nothing.
    """
    usual = Selection()
    return tuple(
        _said(field, asked, settled)
        for field in _NAMES
        if getattr(asked, field) not in (getattr(settled, field), getattr(usual, field))
    )


def _said(field: str, asked: Selection, settled: Selection) -> absence.Absence:
    label, name = _NAMES[field]
    shown = getattr(settled, field)
    parts = {
        "field": translated(label),
        "asked": name(getattr(asked, field)),
        "shown": t("Preferred publication") if shown is None else name(shown),
    }
    together = settled.partner == ALL or settled.product in LEVELS
    if together and (field == "flow" or (field == "product" and asked.product in LEVELS)):
        told = t(
            "{field}: “{asked}” is not shown where partners or products stand side by side; this "
            "is “{shown}”.",
            **parts,
        )
        return absence.Absence(absence.OTHER_VIEW, told, ())
    told = t(
        "{field}: nothing is loaded as “{asked}” for {reporter} with {partner}; this is “{shown}”.",
        **parts,
        **absence.pair(settled),
    )
    steps = (
        ("kzdata sources",)
        if field == "source"
        else loading(settled.but(**{field: getattr(asked, field)}))
    )
    return absence.Absence(absence.NOT_LOADED, told, steps)

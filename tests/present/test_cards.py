"""Cards: one for every indicator, and a way to the right name."""

from __future__ import annotations

import pytest

import kzdata as kz
from kzdata.errors import UnknownCode
from kzdata.present.cards import card, names

# They choose, sum or order rows for an indicator and compute none.
CHOICES = {"all_products", "annual", "both_flows", "difference_ytd", "rank", "sum_over"}


def public(room):
    homes = {name: getattr(getattr(kz, name), "__module__", "") for name in kz.__all__}
    return {name for name, home in homes.items() if home.startswith(f"kzdata.{room}.")}


INDICATORS = sorted(public("indicators") - CHOICES)


def test_a_card_prints_formula_source_universe_and_variant():
    text = str(card("rca"))
    assert text.splitlines()[0] == "Revealed comparative advantage · kz.rca"
    for wanted in ("(X_ik / X_i) / (W_k / W)", "Balassa (1965)", "reporter WLD", "Variant:"):
        assert wanted in text


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_a_card(name):
    each = card(name)
    for field in ("title", "formula", "universe", "variant", "source", "mind"):
        assert getattr(each, field).strip()


def test_no_card_without_an_indicator():
    assert names() - public("analysis") == set(INDICATORS)


def test_an_unknown_name_says_what_was_meant():
    with pytest.raises(UnknownCode, match="Did you mean 'grubel_lloyd'"):
        card("grubel_loyd")


def test_in_a_notebook_a_card_is_a_statement_without_emphasis_by_accident():
    shown = card("tii")._repr_mimebundle_()
    assert shown["application/vnd.dataresource+json"]["kind"] == "statement"
    assert r"x\_ij" in shown["text/markdown"]
    assert "Kojima" in shown["text/plain"]

"""The public names, room by room, for editors and type checkers: `kz.growht` is an error."""

# charts: `kz.charts.turnover` and the other charts
from kzdata import charts as charts

# analysis: what two reports, part of a year or a claim allow one to say
from kzdata.analysis.claims.confrontation import confront as confront
from kzdata.analysis.claims.consistency import contradictions as contradictions
from kzdata.analysis.commitments import commitment_total as commitment_total
from kzdata.analysis.commitments import conversion as conversion
from kzdata.analysis.gravity.estimates import gravity as gravity
from kzdata.analysis.gravity.potential import trade_potential as trade_potential
from kzdata.analysis.mirror.comparison import mirror as mirror
from kzdata.analysis.mirror.freight import carriage as carriage
from kzdata.analysis.mirror.freight import fob as fob
from kzdata.analysis.mirror.reconciliation import reconcile as reconcile
from kzdata.analysis.mirror.reliability import reliability as reliability
from kzdata.analysis.partial_year.back_test import back_test as back_test
from kzdata.analysis.partial_year.year import partial_year as partial_year
from kzdata.analysis.transit import official_and_delivered as official_and_delivered
from kzdata.analysis.verification.run import verify as verify

# errors: the root of the tree
from kzdata.errors import KzdataError as KzdataError

# i18n: figures, periods and lists as the chosen language writes them
from kzdata.i18n.catalogue import speak as speak
from kzdata.i18n.formats import area_name as area_name
from kzdata.i18n.formats import format_amount as format_amount
from kzdata.i18n.formats import format_period as format_period
from kzdata.i18n.sentences import format_list as format_list

# indicators: pure formulas on frames of the contract
from kzdata.indicators.advantage import rca as rca
from kzdata.indicators.advantage import rsca as rsca
from kzdata.indicators.aggregates import annual as annual
from kzdata.indicators.aggregates import balance as balance
from kzdata.indicators.aggregates import sum_over as sum_over
from kzdata.indicators.aggregates import turnover as turnover
from kzdata.indicators.benchmarking.denton import denton_cholette as denton_cholette
from kzdata.indicators.benchmarking.regression import chow_lin as chow_lin
from kzdata.indicators.benchmarking.regression import fernandez as fernandez
from kzdata.indicators.benchmarking.regression import litterman as litterman
from kzdata.indicators.change import constant_market_share as constant_market_share
from kzdata.indicators.change import contribution as contribution
from kzdata.indicators.complexity import complexity as complexity
from kzdata.indicators.complexity import density as density
from kzdata.indicators.complexity import outlook as outlook
from kzdata.indicators.concentration import concentration as concentration
from kzdata.indicators.concentration import diversification as diversification
from kzdata.indicators.concentration import hhi as hhi
from kzdata.indicators.concentration import theil as theil
from kzdata.indicators.growth import growth as growth
from kzdata.indicators.growth import rank as rank
from kzdata.indicators.growth import share as share
from kzdata.indicators.intensity import fdi_intensity as fdi_intensity
from kzdata.indicators.intensity import tii as tii
from kzdata.indicators.intra_industry import coverage as coverage
from kzdata.indicators.intra_industry import grubel_lloyd as grubel_lloyd
from kzdata.indicators.intra_industry import normalised_balance as normalised_balance
from kzdata.indicators.investment import fdi_performance as fdi_performance
from kzdata.indicators.positions import stock_flow as stock_flow
from kzdata.indicators.prices import price_index as price_index
from kzdata.indicators.prices import terms_of_trade as terms_of_trade
from kzdata.indicators.product_lists import all_products as all_products
from kzdata.indicators.product_lists import both_flows as both_flows
from kzdata.indicators.similarity import export_similarity as export_similarity
from kzdata.indicators.similarity import tci as tci
from kzdata.indicators.sophistication import expy as expy
from kzdata.indicators.sophistication import prody as prody
from kzdata.indicators.ytd import difference_ytd as difference_ytd

# model: printed amounts and periods, names of products, one pair's rows
from kzdata.model.comparable import select_pair as select_pair
from kzdata.model.nomenclature import chapter_name as chapter_name
from kzdata.model.parsing.printed_amounts import Amount as Amount
from kzdata.model.parsing.printed_amounts import parse_amount as parse_amount
from kzdata.model.parsing.printed_periods import parse_period as parse_period
from kzdata.model.periods import months_in as months_in

# present: sentences, tables, cards and sources for a notebook
from kzdata.present.cards import card as card
from kzdata.present.citations import cite as cite
from kzdata.present.explorer.widget import explore as explore
from kzdata.present.numbers import number as number
from kzdata.present.numbers import row_count as row_count
from kzdata.present.provenance import why as why
from kzdata.present.statements import finding as finding
from kzdata.present.statements import say as say
from kzdata.present.tables import table as table

# readers: files of published formats
from kzdata.readers.registry import read as read

# reports: a notebook made into a report
from kzdata.reports.build import report as report

# seeds: claims, events and projects typed by hand
from kzdata.seeds.commitments import commitments as commitments
from kzdata.seeds.commitments import follow_through as follow_through
from kzdata.seeds.commitments import stage_histories as stage_histories
from kzdata.seeds.frames import assumption as assumption
from kzdata.seeds.frames import claims as claims
from kzdata.seeds.frames import events as events
from kzdata.seeds.frames import quantities as quantities
from kzdata.seeds.transit import transit_scenarios as transit_scenarios

# store: the observations, their editions and their export
from kzdata.store.query import both_sides as both_sides
from kzdata.store.query import observations as observations
from kzdata.store.revisions import diff as diff
from kzdata.store.revisions import revisions as revisions
from kzdata.store.sdmx_export import to_sdmx_csv as to_sdmx_csv

__version__: str
__all__: list[str]

"""The explorer's parts as HTML: chart, table, line, and the look that holds them together."""

from __future__ import annotations

import base64
from functools import lru_cache
from html import escape

from kzdata.i18n.catalogue import direction, spoken
from kzdata.i18n.sentences import t
from kzdata.present.charts.chart import Chart
from kzdata.present.explorer.absence import Absence
from kzdata.present.explorer.view import View

STYLE = """<style>
.kz-explorer {max-width: 860px; padding: 4px 2px; box-sizing: border-box;
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);}
.kz-explorer.kz-rtl {direction: rtl;}
.kz-explorer .kz-waiting {opacity: .5; transition: opacity .1s .2s;}
.kz-explorer .kz-controls {display: grid; gap: 6px 12px; overflow: visible;
  grid-template-columns: repeat(auto-fill, minmax(135px, 1fr));}
.kz-explorer .kz-control {flex-flow: column; align-items: stretch; width: auto; height: auto;
  margin: 0; overflow: visible;}
.kz-explorer .kz-control > label {width: auto; max-width: none; text-align: start; height: auto;
  line-height: 1.3; margin: 0 0 1px; font-size: 12px; font-weight: 600;
  color: var(--jp-ui-font-color1, #1c2126);}
.kz-explorer .kz-control select {width: 100%; flex: 0 0 28px; height: 28px; font-size: 13px;
  border: 1px solid #767d86; appearance: auto; background-image: none !important;}
[data-jp-theme-light="false"] .kz-explorer {color-scheme: dark;}
.kz-explorer :is(select, textarea, [tabindex]):focus-visible
  {outline: 2px solid #0b57d0 !important; outline-offset: 1px;}
[data-jp-theme-light="false"] .kz-explorer :is(select, textarea, [tabindex]):focus-visible
  {outline-color: #a8c7fa !important;}
.kz-explorer .widget-html, .kz-explorer .widget-html-content
  {width: 100%; overflow: visible; line-height: 1.4; margin: 0; height: auto;}
.kz-explorer .kz-chart img {display: block; width: 100%; max-width: 760px; height: auto;
  background: #fff; margin: 8px 0 4px;}
.kz-explorer .kz-rows {max-height: 19em; overflow: auto; border-block: 1px solid #d9dde1;}
.kz-explorer .kz-rows table {border-collapse: collapse; width: 100%; font-size: 12.5px;
  font-variant-numeric: tabular-nums; margin: 0; color: var(--jp-ui-font-color1, #1c2126);}
.kz-explorer .kz-rows caption {text-align: start; font-weight: 600; padding: 4px 6px;
  caption-side: top;}
.kz-explorer .kz-rows :is(th, td) {padding: 2px 6px; white-space: nowrap; border: 0;}
.kz-explorer .kz-rows td:last-child {white-space: normal; min-width: 14em;
  overflow-wrap: anywhere;}
.kz-explorer .kz-rows thead th {position: sticky; top: 0; vertical-align: bottom;
  white-space: normal; background: var(--jp-layout-color1, #fff);
  box-shadow: inset 0 -1px #767d86;}
.kz-explorer .kz-rows tbody tr:nth-child(even) {background: var(--jp-layout-color2, #f5f6f7);}
.kz-explorer .kz-line {display: block; margin-top: 8px; font-size: 12px; font-weight: 600;}
.kz-explorer .kz-line textarea {display: block; box-sizing: border-box; width: 100%; resize: none;
  margin-top: 2px; padding: 5px 7px; font: 12.5px/1.45 var(--jp-code-font-family, monospace);
  color: var(--jp-ui-font-color1, #1c2126); background: var(--jp-layout-color2, #f5f6f7);
  border: 1px solid #767d86; border-radius: 2px; field-sizing: content; overflow-wrap: anywhere;}
.kz-explorer .kz-absent {border-inline-start: 3px solid #801650; padding: 6px 12px; margin: 10px 0;
  max-width: 68ch;}
[data-jp-theme-light="false"] .kz-explorer .kz-absent {border-color: #A285D1;}
.kz-explorer .kz-absent p {margin: 0 0 6px;}
.kz-explorer .kz-absent code {user-select: all; display: block; margin: 2px 0; padding: 2px 6px;
  background: var(--jp-layout-color2, #f5f6f7); white-space: pre-wrap;}
</style>"""

# JupyterLab takes letters and arrows typed in a closed list for commands of its notebook ("b"
# inserts a cell) unless the list itself says otherwise. Widgets cannot set attributes, so an empty
# image has them marked as they appear, by one observer a page. Where scripts are forbidden the
# lists still open by the space bar, and then take letters, arrows and Enter.
_OWN_KEYS = 'data-lm-suppress-shortcuts="true"'

KEYS = (
    '<img alt="" width="1" height="1" style="position: absolute"'
    ' src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"'
    ' onload="const mark = () => document.querySelectorAll('
    "'.kz-explorer select:not([data-lm-suppress-shortcuts])').forEach("
    "each => each.setAttribute('data-lm-suppress-shortcuts', 'true'));"
    " mark(); if (!document.kzMarks) {document.kzMarks = new MutationObserver(mark);"
    ' document.kzMarks.observe(document.body, {childList: true, subtree: true})}">'
)


def figure(view: View) -> str:
    """The chart as an image with its alternative text, or why there is none."""
    if view.absent:
        return _said(view.absent)
    above = "".join(map(_said, view.moved))
    chart = view.drawn.chart if view.drawn else None
    if chart is None:
        return f'{above}<div class="kz-absent" role="status"><p>{escape(view.refusal)}</p></div>'
    return f'{above}<div class="kz-chart">{_image(chart)}</div>'


def _said(absent: Absence) -> str:
    steps = "".join(f"<code>{escape(step)}</code>" for step in absent.steps)
    todo = f"<p>{escape(t('To type:'))}</p>{steps}" if steps else ""
    told = f"<p>{escape(absent.told)}</p>"
    return f'<div class="kz-absent" role="status"{_tongue()}>{told}{todo}</div>'


def _tongue() -> str:
    return f' lang="{spoken()}" dir="{direction()}"'


@lru_cache(maxsize=64)
def _image(chart: Chart) -> str:
    # As an image of its own, so that the names inside two drawings on a page cannot meet.
    data = base64.b64encode(chart.svg_bytes()).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(chart.alt)}">'


def rows(view: View) -> str:
    """The table in a frame that scrolls by keyboard."""
    if view.drawn is None:
        return ""
    table = view.drawn.table
    return (
        f'<div class="kz-rows" role="region" tabindex="0" {_OWN_KEYS}'
        f' aria-label="{escape(table.title)}">'
        f"{table._repr_html_()}</div>"
    )


def line(view: View) -> str:
    """The line of Python in a field to copy from."""
    if not view.line:
        return ""
    label, text = escape(t("The line that makes this")), escape(view.line)
    long = 1 + len(view.line) // 95
    return (
        f'<label class="kz-line"{_tongue()}>{label}'
        f'<textarea readonly dir="ltr" {_OWN_KEYS} rows="{long}" spellcheck="false">'
        f"{text}</textarea></label>"
    )

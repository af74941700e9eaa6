"""A page in Chromium, looked at by axe-core: WCAG 2.2 A and AA."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import jupyterlab_page as browser
import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def why_not() -> str:
    for package in ("playwright", "axe_playwright_python"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed: pip install -e '.[browser]'"
    return "" if browser.CHROMIUM else "no chromium is installed"


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        yield made
        made.close()


def axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(chromium, path: Path, scheme: str, width: int) -> list[str]:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    outward, troubles = [], []
    page.on("request", lambda request: outward.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    scroll = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.evaluate(axe())
    # A page may have its style sheets beside it; axe would ask for them again, and files refuse.
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "preload": False})
    found = page.evaluate(f"axe.run(document, {options})")
    context.close()
    assert not [each for each in outward if not each.startswith(("file:", "data:"))]
    assert troubles == []
    assert scroll <= 0, f"{scroll} px wider than the screen of {width}"
    assert len(found["passes"]) > 10  # it did look
    return [f"{e['id']}: {e['nodes'][0]['html'][:200]}" for e in found["violations"]]

"""The explorer: a country pair, its chart, its table and the line of Python that makes them."""

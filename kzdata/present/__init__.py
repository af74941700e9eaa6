"""What a reader sees: numbers, sentences, tables, charts, the explorer, and their provenance."""

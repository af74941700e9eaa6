"""What a reader sees: numbers, sentences, tables, charts, the explorer, and where a figure is from."""

"""The language of a reader: catalogues of messages, sentences, and printed numbers, periods and names."""

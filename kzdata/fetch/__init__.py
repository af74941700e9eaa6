"""Fetching from publishers: the only part of kzdata that opens a connection."""

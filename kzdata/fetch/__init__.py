"""Fetching from publishers: the only part of kzdata that opens a connection.

`kzdata.fetch.download.retrieve` asks one service that ``seeds/endpoints.yml`` declares. It keeps
the body exactly as it came, with a record of where and when, and only if the reader of its source
can read it.
"""

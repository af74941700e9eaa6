"""The language of a reader: catalogues, sentences, printed numbers, periods and names.

Write every sentence as one whole literal in `t`, `tn`, `Sentence`, `kz.say`, `kz.table`, …;
run ``python -m kzdata.i18n.extract``, which puts new messages into ``catalogues/*.po``; write the
translations there, and run it again with ``--check``: it must find nothing missing.

Frames, CSV files and codes stay English. A sentence in a frame is `written` in English and shown
in the reader's language (`retold`) when it is displayed.
"""

"""Real schedule files against `engine.cpm`: read as the product reads them, scheduled, compared with what they store.

`documents` reads through the product and keeps what was read by the files' hashes, `opinion` is the child process in
which MPXJ's schedulers give a second opinion, `comparison` puts both beside what is stored; `python -m
tests.engine.files` prints the table of agreement.
"""

"""Real schedule files against `engine.cpm`: read with MPXJ in a process of its own, made into plans, compared.

`virtual_machine` is the child process that reads, `reader` runs it and keeps what it says by the files' hashes,
`conversion` makes plans, `comparison` puts our dates beside those stored; `python -m tests.engine.files` prints the
table of agreement. All of it is for development: the product does not ship it.
"""

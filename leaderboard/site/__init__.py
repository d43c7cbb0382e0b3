"""One static site over all suites: pages as pure functions of records, cards, certificates and ledgers.

`content.py` is what a site is made of, `entries.py` the rows of its one table, `write_site` writes the pages. They need no
server, nothing from elsewhere, and no script to be read.
"""

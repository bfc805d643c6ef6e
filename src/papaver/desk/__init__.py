"""The desk: what people do with findings.

status    statuses, the transitions between them, closing codes, and an item's state computed from its events (pure)
raising   what a finding's evidence must show to be news: history or new, raised again or merely revised (pure)
tables    the tables; `migrations/` creates them
database  `open_desk`: a file or a URL, brought to this version's schema
record    findings become items, or revisions of items
change    a person moves an item to another status
items     reading: the inbox, one item, its revisions and history

Nothing is imported here, so that the pure modules stay free of the database.
"""

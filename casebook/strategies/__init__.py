"""The five strategies of managing clients, each a model on the same synthetic bank.

`classification` into the five types, `maintenance` of relationships, `early_warning`, `tools` for
the client manager, and `lifecycle`: what all of them together do to the whole book. `fitted` keeps
what a strategy has learnt from the tables in the file of its model.
"""

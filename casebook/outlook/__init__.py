"""The small models of the outlook, a package each, all of the shape of `casebook.shape.Model`.

`automation`    which applications a machine decides, which are worth an officer's hour
`information`   what account flows are worth beside the annual accounts, and to whom
`supply_chain`  a supplier's invoices on a large buyer, financed in three ways

Each is a folder: `record` its assumptions, a room of its own story, `model` (sample, simulate, and
what its page asks of a run), `charts`. `ranking` has the formulas of scores that two of them use.
"""

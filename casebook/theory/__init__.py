"""The models of the theory chapters, a package each, of the shape of `casebook.shape.Model`.

`loan`  the money of one loan: what a term loan costs the bank, and what it must therefore bring
"""

"""The Chinese edition beside the English one: what a page, a file of words, a notebook must keep.

`parity` compares the two by page, `texts` by catalogue, `cells` by notebook, `marks` reads the
Chinese alone; `python -m casebook.web.translation [NAME …]` prints what is wrong.
"""

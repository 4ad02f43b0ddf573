"""The small models of the outlook, one a page, all of the shape of `casebook.shape`."""

"""Models of the theory chapters; each has the shape of a case (casebook.shape)."""

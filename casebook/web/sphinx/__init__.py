"""The Sphinx extensions of the book: what its pages take from the models and the data."""

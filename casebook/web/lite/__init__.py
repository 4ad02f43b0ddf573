"""JupyterLite: the notebooks on the site, run in the reader's browser."""

"""Slides from the notebooks."""

"""Every figure of the models, drawn once for all tests that look at it."""

from __future__ import annotations

from functools import cache

from casebook.figures import FORMS
from casebook.models import MODELS, model

FIGURES = [(name, figure) for name in MODELS for figure in model(name).FIGURES]


@cache
def result(name):
    return model(name).simulate(model(name).assumptions())


@cache
def pictures(name, figure):
    """A figure in both forms: to be looked at, not to be changed."""
    return [model(name).figure(result(name), figure, form=form) for form in FORMS]


@cache
def drawings(name, figure):
    return [picture.svg() for picture in pictures(name, figure)]

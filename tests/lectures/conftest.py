"""What the tests of what a lecture claims share: the base case of the model that it is about."""

from __future__ import annotations

import pytest

from casebook.numbers import base, findings

from .spoken import lecture


@pytest.fixture(scope="module")
def r(request):
    """The base case of the model of the lecture that the test file names as NAME."""
    return base(lecture(request.module.NAME).model)


@pytest.fixture(scope="module")
def f(request):
    """The findings of its page."""
    return findings(lecture(request.module.NAME).model)

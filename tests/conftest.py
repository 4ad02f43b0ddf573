"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A shared or slow machine is no failure; a failure found in CI must come again on the next run.
settings.register_profile("casebook", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("casebook")

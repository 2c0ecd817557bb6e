"""Lets the helpers of the browser tests say what they compared when an assertion fails."""

import pytest

pytest.register_assert_rewrite("tests.browser.checks", "tests.browser.screens", "tests.browser.consistency")

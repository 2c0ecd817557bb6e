"""Enables assertion rewriting in the helpers of the browser tests."""

import pytest

pytest.register_assert_rewrite("tests.browser.checks", "tests.browser.screens", "tests.browser.consistency")

"""Lets Python look for garbage rarely: 8,000 collected tests are a heap that each full look goes through again."""

import gc

# Of objects made since the last look; Python's own 700 took a fifth of the time of the tests without servers.
THRESHOLDS = (100_000, 20, 20)


def pytest_configure() -> None:
    """What is imported and collected stays: looking for garbage took a third of collecting."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()

"""A folder's list of modules reads like a contents page: neither crowded nor divided for nothing, without circles."""

import pytest

from tests.architecture import MODULES, Module
from tests.folders import (
    FLAT,
    LEAST,
    MOST,
    circle,
    crowded_folders,
    frontend_paths,
    module_paths,
    small_folders,
)

PATHS = module_paths()


def folder_of(folder: str, count: int) -> list[str]:
    return [f"{folder}/__init__.py", *(f"{folder}/module{index}.py" for index in range(count))]


def test_only_flat_folders_are_crowded() -> None:
    crowded = crowded_folders([*PATHS, *frontend_paths()])
    assert {found.partition(":")[0] for found in crowded} == FLAT


def test_no_package_is_small() -> None:
    assert small_folders(PATHS) == []


def test_all_folders_are_checked() -> None:
    assert {path.partition("/")[0] for path in PATHS} == {"server", "workers", "sandbox", "bench"}


def test_packages_import_each_other_in_no_circle() -> None:
    assert circle(MODULES) == []


@pytest.mark.parametrize("folder", ["sandbox", "server/store/chats", "bench"])
def test_a_crowded_folder_is_found(folder: str) -> None:
    assert crowded_folders(folder_of(folder, MOST)) == []
    assert crowded_folders(folder_of(folder, MOST + 1)) == [f"{folder}: 16 loose modules, more than 15"]


def test_a_small_package_is_found_and_packages_count_as_modules() -> None:
    small = folder_of("workers/media", LEAST - 1)
    assert small_folders(small) == ["workers/media: 2, fewer than 3", "workers: 1, fewer than 3"]
    larger = [*small, *folder_of("workers/media/copies", LEAST), *folder_of("workers", LEAST)]
    assert small_folders(larger) == []


def test_a_circle_is_found() -> None:
    storing = Module("workers.storing.publish", "from workers.sync.sweep_requests import request_sweep")
    sync = Module("workers.sync.store_pages", "from workers.storing import commit")
    assert set(circle([storing, sync])) == {"workers.storing", "workers.sync"}
    assert circle([storing]) == circle([sync]) == []


def test_modules_of_one_package_may_import_each_other() -> None:
    first = Module("workers.sync.sweeps", "from workers.sync import undated")
    second = Module("workers.sync.undated", "def late():\n    from workers.sync import sweeps")
    assert circle([first, second]) == []

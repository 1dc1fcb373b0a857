# SPDX-License-Identifier: GPL-2.0
"""The tests of durability, on a disk that says of what it has in its cache that it is written, and loses it with the power."""

import json

import pytest
from conftest import TOP, run

LOST = {
    "msync/durable/file.stores_survive": 'text="ABCD" want "AssD"',
    "msync/durable/file.size_and_new_blocks_survive": "value=16384 want 32768",
    "msync/durable/file.what_others_wrote_survives": 'text="ABCD" want "AcwD"',
    "msync/two_files/files.overwritten.second_does_not_survive_without_the_first": 'text="AB" want "A1"',
    "msync/two_files/files.grown.second_does_not_survive_without_the_first": 'text="AB.." want "AB01"',
}


def outcomes(folder, **environment):
    ran = run(TOP / "runner.sh", "--report", folder, *{test.rsplit("/", 1)[0] for test in LOST}, **environment)
    if ran.returncode == 4:
        pytest.skip("needs root, loop devices, FUSE and mkfs.ext4")
    with open(folder / "results.json", encoding="utf-8") as file:
        return ran.returncode, {test["id"]: test["outcome"] for test in json.load(file)["tests"]}


def test_flushes_that_are_dropped_are_found_out(tmp_path):
    status, seen = outcomes(tmp_path / "honest")
    assert status == 0 and set(seen) == set(LOST)
    assert outcomes(tmp_path / "lies", MMAPCONF_DISK_LIES=1) == (1, LOST)

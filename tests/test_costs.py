# SPDX-License-Identifier: GPL-2.0
"""harness/report/costs.py, and that the shards of the real suite are all of it, each test once."""

import sys

import pytest
from conftest import TOP, run
from test_report import result, results, write

COSTS = TOP / "harness" / "report" / "costs.py"


def test_the_shortest_time_of_each_test_counts(tmp_path):
    def report(name, *seconds):
        ids = ["mmap/a/global.one", "mmap/a/global.two", "msync/b@ext4/file.x", "msync/b@tmpfs/file.x", 'mmap/a"/x']
        tests = [result(test, "pass", seconds=time) for test, time in zip(ids, seconds)]
        return write(tmp_path / name, results(*tests))

    folders = [report("r", 0.5, 0.25, 0.00001, 0.00001, 9), report("s", 0.125, 3, None, 0.00002, 9)]
    done = run(sys.executable, COSTS, *folders)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("\t{")] == ['\t{ "mmap/a", 375 },', '\t{ "msync/b", 1 },']


def test_without_measured_tests_it_is_usage(tmp_path):
    for folders in [], [write(tmp_path / "r", results(result("mmap/a/x", "pass", seconds=None)))]:
        done = run(sys.executable, COSTS, *folders)
        assert (done.returncode, done.stdout) == (3, "") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_every_test_is_in_one_shard(mmapconf, shards):
    dealt = [run(mmapconf, "list", "--shard", f"{k}/{shards}").stdout.split() for k in range(1, shards + 1)]
    assert sorted(sum(dealt, [])) == sorted(run(mmapconf, "list").stdout.split())

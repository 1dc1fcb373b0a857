# SPDX-License-Identifier: GPL-2.0
"""harness/report/costs.py, and that the shards of the real suite are all of it, each test once."""

import collections
import re
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


@pytest.mark.parametrize("shard", [[], ["--shard", "1/2"], ["--shard", "2/3"]])
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_every_test_of_a_shard_is_in_one_part(mmapconf, shard, parts):
    dealt = [run(mmapconf, "list", *shard, "--part", f"{k}/{parts}").stdout.split() for k in range(1, parts + 1)]
    assert all(dealt) and sorted(sum(dealt, [])) == sorted(run(mmapconf, "list", *shard).stdout.split())


@pytest.mark.parametrize("option", ["--shard", "--part"])
@pytest.mark.parametrize("hands", [2, 3, 4])
def test_the_hands_are_even(mmapconf, option, hands):
    """By the costs that they are dealt by; a case costs as much for each of its tests."""
    measured = {case: int(cost) for case, cost in re.findall(r'\{ "(\S+)", (\d+) \}', (TOP / "harness" / "costs.h").read_text())}
    tests = collections.Counter(test.rsplit("/", 1)[0] for test in run(mmapconf, "list").stdout.split())
    loads = []
    for k in range(1, hands + 1):
        cases = [test.rsplit("/", 1)[0] for test in run(mmapconf, "list", option, f"{k}/{hands}").stdout.split()]
        loads.append(sum(measured.get(case, 0) / tests[case] for case in cases))
    assert max(loads) <= 1.1 * sum(loads) / hands


def test_a_dear_case_is_dealt_out_by_its_tests(mmapconf):
    measured = {case: int(cost) for case, cost in re.findall(r'\{ "(\S+)", (\d+) \}', (TOP / "harness" / "costs.h").read_text())}
    for hands in 2, 12:
        dealt = collections.Counter()
        for k in range(1, hands + 1):
            dealt.update({test.rsplit("/", 1)[0] for test in run(mmapconf, "list", "--shard", f"{k}/{hands}").stdout.split()})
        dear = {case for case, cost in measured.items() if cost > sum(measured.values()) // hands}
        assert {case for case, count in dealt.items() if count > 1} == dear and bool(dear) == (hands == 12)


@pytest.mark.parametrize("word", ["0/2", "3/2", "1", "x/2", "1/0", "1/100001"])
def test_a_part_is_one_of_so_many(mmapconf, word):
    done = run(mmapconf, "run", "--part", word)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"mmapconf: --part wants K/N with 1 <= K <= N, not '{word}'\n")

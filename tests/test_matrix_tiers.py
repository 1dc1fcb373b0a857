# SPDX-License-Identifier: GPL-2.0
"""mmapconf matrix: its tiers, shards, state and output, and the calls that it prints as cases."""

import os
import re
import signal
import subprocess
import time

import pytest

from conftest import TOP, clean_environment, need_tool, run

EACH = {"MMAPCONF_PLANT": "each"}  # a fault in each decision: something to count


def matrix(mmapconf, *words, **environment):
    return run(mmapconf, "matrix", "-q", *words, "mmap", **environment)


def summary(stdout, call="mmap"):
    """rows, calls, and mismatches of the summary's line."""
    line = re.search(rf"(?m)^ *# {call}: (\d+) rows, (\d+) calls .* mismatches: (\d+) wrong, (\d+) precedence, (\d+) side effect$", stdout)
    return tuple(int(number) for number in line.groups())


def tallies(stdout):
    """Of each clause with mismatches: calls, calls checked in full, wrong, precedence, side effect."""
    found = re.findall(
        r"(?m)^ *# running matrix/mmap/(mmap\.\S+)\n"
        r" *# (\d+) calls, (\d+) of them checked in full: (\d+) wrong, (\d+) precedence, (\d+) side effect$", stdout)
    return {clause: tuple(int(number) for number in numbers) for clause, *numbers in found}


@pytest.fixture(scope="module")
def planted(mmapconf):
    """The quick tier with a fault in each decision."""
    return matrix(mmapconf, **EACH)


def test_the_plan_is_fixed_and_fulfilled(mmapconf):
    result = matrix(mmapconf, "--tier", "full", "--shard", "7/1000")
    assert result.returncode == 0, result.stdout[-2000:]
    plan = int(re.search(r"(?m)^  1\.\.(\d+)$", result.stdout).group(1))
    numbers = [int(number) for number in re.findall(r"(?m)^  (?:not )?ok (\d+) ", result.stdout)]
    assert numbers == list(range(1, plan + 1))
    assert "  ok 1 slice.01\n" in result.stdout and "  ok 20 slice.20\n" in result.stdout and "slice.21" not in result.stdout
    assert re.search(r"(?m)^  ok \d+ mmap\.off\.unaligned-einval$", result.stdout)
    assert result.stdout.endswith("# end\n")
    assert summary(result.stdout)[2:] == (0, 0, 0)
    other = matrix(mmapconf, "--tier", "full", "--shard", "8/1000")
    names = re.compile(r"(?m)^  (?:not )?ok (\d+ [a-z0-9._-]+)")
    assert names.findall(result.stdout) == names.findall(other.stdout)


def test_every_line_is_checked_by_its_done_line(planted):
    """As docs/tap.md has it, so that a guest's console cannot make a pass."""
    import zlib

    lines = [line.strip() for line in planted.stdout.splitlines()]
    done = [(lines[i - 1], line.split()) for i, line in enumerate(lines) if line.startswith("# done ")]
    assert len(done) > 100
    for result, (_, _, name, verdict, crc) in done:
        assert int(crc, 16) == zlib.crc32(f"{result}\n{name} {verdict}".encode())


def test_a_fault_in_each_decision_is_a_mismatch_with_an_example(planted):
    assert planted.returncode == 1
    assert re.search(r"(?m)^  # mmap\(.*\) = E[A-Z]+, Linux: \w+; mmap:\d:\S+$", planted.stdout)
    assert re.search(r"(?m)^  not ok \d+ slice\.\d\d # wrong$", planted.stdout)


def test_all_shards_together_are_the_whole(mmapconf, planted):
    whole, parts, rows = tallies(planted.stdout), {}, 0
    for shard in (1, 2, 3):
        part = matrix(mmapconf, "--shard", f"{shard}/3", **EACH).stdout
        rows += summary(part)[0]
        for clause, counts in tallies(part).items():
            parts[clause] = tuple(map(sum, zip(counts[2:], parts.get(clause, (0,) * 3))))
    assert rows == summary(planted.stdout)[0] == 15 * 4096 + 58
    # Calls are told of a clause with a mismatch alone, which a shard need not have: only mismatches add up.
    assert len(whole) > 40 and parts == {clause: counts[2:] for clause, counts in whole.items()}


def test_the_rows_of_full_meet_by_count_what_they_should(tmp_path):
    plan = tmp_path / "plan"
    build = run(need_tool("gcc"), "-O2", "-Wall", "-Wextra", "-Werror", f"-I{TOP}", "-o", plan, TOP / "tests/matrix/plan.c")
    assert build.returncode == 0, build.stderr
    result = run(plan)
    assert result.returncode == 0, result.stdout
    assert result.stdout == "33554432 rows, 0 failures\n"


def interrupted_run(mmapconf, state, seconds, *words, **environment):
    """Interrupts a run after a while; True: before it ended by itself."""
    command = [mmapconf, "matrix", "-q", "--resume", state, *words, "mmap"]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, encoding="utf-8",
                          env=clean_environment(**environment)) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=30)
    if process.returncode != 130:
        return False
    assert stdout.endswith("# interrupted\n")
    return True


def test_an_interrupted_run_goes_on_where_it_was_and_loses_nothing(mmapconf, tmp_path):
    words = ["--tier", "full", "--shard", "3/500"]
    state = tmp_path / "state"
    interruptions = 0
    whole = matrix(mmapconf, *words, **EACH)
    for _ in range(2):
        interruptions += interrupted_run(mmapconf, state, 0.4, *words, **EACH)
    resumed = matrix(mmapconf, "--resume", state, *words, **EACH)
    assert interruptions
    assert summary(resumed.stdout) == summary(whole.stdout)
    assert tallies(resumed.stdout) == tallies(whole.stdout)
    again = matrix(mmapconf, "--resume", state, *words, **EACH)
    assert tallies(again.stdout) == tallies(whole.stdout)


def test_all_goes_on_for_ever_but_keeps_where_it_is(mmapconf, tmp_path):
    state = tmp_path / "state"
    done = []
    for _ in range(2):
        assert interrupted_run(mmapconf, state, 1, "--tier", "all")
        done.append(int(re.search(r"(?m)^slice 0 (\d+) ", state.read_text()).group(1)))
    assert 0 < done[0] < done[1]


@pytest.mark.parametrize("words,difference", [
    (["--tier", "full", "--shard", "2/2000"], "shard=1/2000, not shard=2/2000"),
    (["--tier", "quick", "--shard", "1/2000"], "tier=full, not tier=quick"),
    (["--tier", "full", "--shard", "1/2000", "--reference", "linux-5.10"], "not reference=linux-5.10"),
])
def test_a_state_of_another_run_is_refused_by_name(mmapconf, tmp_path, words, difference):
    state = tmp_path / "state"
    assert matrix(mmapconf, "--tier", "full", "--shard", "1/2000", "--resume", state).returncode == 0
    before = state.read_bytes()
    result = matrix(mmapconf, "--resume", state, *words)
    assert result.returncode == 3
    assert result.stderr.startswith(f"mmapconf: --resume: {state} is of another run: ") and difference in result.stderr
    assert state.read_bytes() == before


@pytest.mark.parametrize("text,complaint", [
    ("something else\n", "is no state of mmapconf matrix"),
    (None, "is cut off"),
])
def test_a_state_that_is_none_is_refused(mmapconf, tmp_path, text, complaint):
    state = tmp_path / "state"
    if text is None:
        assert matrix(mmapconf, "--shard", "1/2000", "--resume", state).returncode == 0
        text = state.read_text().removesuffix("end\n")
    state.write_text(text)
    result = matrix(mmapconf, "--shard", "1/2000", "--resume", state)
    assert result.returncode == 3
    assert complaint in result.stderr and str(state) in result.stderr


@pytest.mark.parametrize("words,complaint", [
    (["--tier", "huge"], "--tier is quick, full or all, not 'huge'"),
    (["--shard", "0/2"], "--shard wants K/N with 1 <= K <= N, not '0/2'"),
    (["--shard", "3/2"], "--shard wants K/N with 1 <= K <= N, not '3/2'"),
    (["--shard", "x"], "--shard wants K/N with 1 <= K <= N, not 'x'"),
    (["--reference", "linux-4.4"], "--reference: the model knows no rules of linux-4.4"),
    (["--reference", "6.1"], "--reference wants linux-X.Y, not '6.1'"),
    (["brk"], "there is no matrix of 'brk'"),
    (["--nonsense"], "unknown option '--nonsense'; matrix -h tells what there is"),
    (["--example", "mmap:99:0,0,0,0,scratch,0"], "--example: there is no such call: 'mmap:99:0,0,0,0,scratch,0'"),
    (["--example", "mmap:0:0,0,0,0,nothing,0"], "--example: there is no such call: 'mmap:0:0,0,0,0,nothing,0'"),
    (["--example", "brk"], "--example: there is no such call: 'brk'"),
])
def test_bad_input_is_one_line_and_status_3(mmapconf, words, complaint):
    result = run(mmapconf, "matrix", *words)
    assert (result.returncode, result.stdout, result.stderr) == (3, "", f"mmapconf: {complaint}\n")


def test_a_release_newer_than_the_model_is_judged_as_the_newest_and_that_is_said_once(mmapconf):
    result = matrix(mmapconf, "--shard", "1/2000", "--reference", "linux-9.9")
    assert re.search(r"(?m)^# fact reference=linux-7\.\d+ \(the newest that is known, for linux-9\.9\)$", result.stdout)
    assert result.stdout.count("9.9") == 1


def test_the_runner_runs_a_tier_on_a_target():
    result = run(TOP / "runner.sh", "--matrix-tier", "full", "--shard", "5/2000", "mmap")
    assert result.returncode == 0, result.stderr
    assert "# fact tier=full\n" in result.stdout and result.stdout.endswith("# end\n")
    assert run(TOP / "runner.sh", "--matrix-tier", "nix").returncode == 3


def test_a_tier_in_a_guest_is_one_stream():
    need_tool("linux.uml")
    result = run(TOP / "runner.sh", "--target", "uml", "--matrix-tier", "quick", "mmap", "munmap", MMAPCONF_GUESTS="2")
    assert result.returncode == 4, result.stderr  # the model does not know that machine
    assert result.stdout.count("# fact tier=quick\n") == 1


def as_case(mmapconf, identifier, **environment):
    """Compiles the example as the build does a case, and runs it."""
    source = TOP / "build" / f"example-{os.getpid()}.c"
    program = f"build/build/{source.stem}"
    printed = run(mmapconf, "matrix", "--example", identifier, **environment)
    assert printed.returncode == 0, printed.stderr
    try:
        source.write_text(printed.stdout)
        build = run(need_tool("make"), "-s", f"CASES=build/{source.name}", program, cwd=TOP)
        assert build.returncode == 0, build.stderr
        return printed.stdout, run(TOP / program)
    finally:
        for path in (TOP / "build/build").glob(f"{source.stem}*"):
            path.unlink()
        source.unlink()


@pytest.mark.parametrize("identifier", [
    "mmap:0:0,1000,1,0,minus_one,0",  # EBADF
    "mmap:0:100000008000,1000,3,12,scratch,0",  # replaces a part of the layout
    "mmap:0:100000007000,1000,1,100022,closed,0",  # exactly there
    "mmap:0:0,1000,3,22,closed,0",  # where the kernel likes
    "mmap:2:0,1000,3,2022,closed,0",  # without capabilities
])
def test_an_example_is_a_case_that_passes_on_this_kernel(mmapconf, identifier):
    text, result = as_case(mmapconf, identifier)
    assert text.endswith("TEST_HARNESS_MAIN\n") and identifier in text
    assert result.returncode == 0, result.stdout


def test_an_example_fails_where_the_model_is_at_fault(mmapconf, planted):
    """The id that a mismatch was printed with leads to the same call: its case passes, and fails as the faulty model writes it."""
    clause = "mmap.len.zero-einval"
    example = re.search(rf"(?m)^  # (mmap\(.*\)) = \w+, Linux: .*; (mmap:\S+)\n  not ok \d+ {clause} # wrong$", planted.stdout)
    call, identifier = example.groups()
    text, result = as_case(mmapconf, identifier)
    assert call in text and f"clause: {clause}\n" in text.replace(" */", "\n")
    assert result.returncode == 0
    text, result = as_case(mmapconf, identifier, MMAPCONF_PLANT=clause)
    assert result.returncode == 1 and "not ok 1 " in result.stdout


def test_a_crash_costs_its_slice_and_is_named(mmapconf):
    command = [mmapconf, "matrix", "-q", "--tier", "full", "--shard", "1/200", "mmap"]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, encoding="utf-8", env=clean_environment()) as process:
        children = TOP.__class__(f"/proc/{process.pid}/task/{process.pid}/children")
        killed = None
        while not killed and process.poll() is None:
            killed = children.read_text().split()
        os.kill(int(killed[0]), signal.SIGSEGV)
        stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert len(re.findall(r"(?m)^  not ok \d+ slice\.\d\d # CRASH signal 11$", stdout)) == 1
    assert len(re.findall(r"(?m)^  ok \d+ slice\.\d\d$", stdout)) == 63
    assert stdout.endswith("# end\n")

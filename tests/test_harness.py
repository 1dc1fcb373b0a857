# SPDX-License-Identifier: GPL-2.0
"""The harness, by programs that misbehave: what they print, byte for byte, and how other readers of TAP count it."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from conftest import TOP, need_tool

BUILD = TOP / "build"
LINUX = BUILD / "cache" / "linux-6.1"  # what `make check` takes out of Debian's linux-source-6.1
MISBEHAVE = TOP / "tests" / "misbehave"
PROGRAMS = sorted(p.stem for p in MISBEHAVE.glob("*.c"))
# It kills its own harness: only the suite survives that.
SINGLE = [name for name in PROGRAMS if name != "killing"]
SUITE = BUILD / "tests" / "misbehave" / "suite"


def program(name):
    return BUILD / "tests" / "misbehave" / name


def run(*command, **options):
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, **options)


def without_seconds(stream):
    return re.sub(rb"(?m)^( *# done \S+ \w+ [0-9a-f]{8}) [0-9.]+$", rb"\1", stream)


@pytest.mark.parametrize("name", SINGLE)
def test_exact_output(name):
    """The whole stream is that of NAME.tap, whose first line is the exit status."""
    status, stream = (MISBEHAVE / f"{name}.tap").read_bytes().split(b"\n", 1)
    result = run(program(name))
    assert without_seconds(result.stdout) == stream
    assert result.returncode == int(status.removeprefix(b"exit status "))
    assert result.stderr == b""


def counts_of(stream):
    """Passed, failed, skipped by the result lines, as anybody would count them."""
    lines = stream.decode().splitlines()
    passed = sum(bool(re.match(r"ok \d+ [^#]*$", line)) for line in lines)
    skipped = sum(bool(re.match(r"ok \d+ [^#]*# SKIP", line)) for line in lines)
    failed = sum(line.startswith("not ok ") for line in lines)
    return passed, failed, skipped


@pytest.mark.parametrize("name", SINGLE)
def test_prove_counts_the_same(name):
    need_tool("prove")
    script = ("use TAP::Parser; my $p = TAP::Parser->new({exec => [$ARGV[0]]}); $p->run;"
              "print join ' ', scalar($p->actual_passed), scalar($p->failed), scalar($p->skipped),"
              "scalar($p->parse_errors)")
    passed, failed, skipped = counts_of((MISBEHAVE / f"{name}.tap").read_bytes())
    result = run("perl", "-e", script, program(name))
    assert result.stdout.decode() == f"{passed + skipped} {failed} {skipped} 0"


def kunit(stream):
    """What the kernel's own parser says of a stream."""
    parser = LINUX / "tools/testing/kunit/kunit.py"
    if not parser.exists():
        need_tool("linux-source-6.1, whose kunit.py")
    result = run(sys.executable, parser, "parse", stream)
    return result.stdout.decode() + result.stderr.decode()


def kunit_totals(text):
    found = re.search(r"Testing complete\. Ran (\d+) tests?: (.*)", text)
    assert found, text
    totals = dict(part.split(": ") for part in found.group(2).split(", "))
    return int(found.group(1)), {key: int(value) for key, value in totals.items()}


@pytest.mark.parametrize("name", SINGLE)
def test_kunit_counts_the_same(name, tmp_path):
    stream = tmp_path / "stream"
    stream.write_bytes(run(program(name)).stdout)
    passed, failed, skipped = counts_of(stream.read_bytes())
    total, totals = kunit_totals(kunit(stream))
    assert total == passed + failed + skipped
    assert totals.get("passed", 0) == passed
    assert totals.get("failed", 0) == failed
    assert totals.get("skipped", 0) == skipped
    assert not totals.get("crashed") and not totals.get("errors")


@pytest.fixture(scope="module", params=[1, 2], ids=["one job", "two jobs"])
def suite_stream(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("suite") / "stream"
    result = run(SUITE, "run", f"-j{request.param}", "-x", "hanging", "-x", "killing")
    assert result.returncode == 1
    path.write_bytes(result.stdout)
    return path



def test_suite_by_prove(suite_stream):
    need_tool("prove")
    script = ("use TAP::Parser; my $p = TAP::Parser->new({exec => ['cat', $ARGV[0]]}); "
              "while (my $r = $p->next) { print $r->is_ok ? 'ok ' : 'not ok ', $r->description, \"\\n\" if $r->is_test }"
              "print scalar($p->parse_errors)")
    ours = sorted(re.findall(rb"(?m)^(ok|not ok) \d+ (\S+)", suite_stream.read_bytes()))
    result = run("perl", "-e", script, suite_stream)
    assert result.stdout.endswith(b"\n0")
    assert sorted(re.findall(rb"(?m)^(ok|not ok) (\S+)", result.stdout)) == ours


def test_suite_by_kunit(suite_stream):
    """Program by program the same verdict, and the same number of tests in each."""
    text = kunit(suite_stream)
    stream = suite_stream.read_text()
    verdicts = dict(re.findall(r"=+ \[(PASSED|FAILED|SKIPPED)\] (misbehave/\w+) =+", text))
    seen = {name: verdict for verdict, name in re.findall(r"=+ \[(\w+)\] (misbehave/\w+) =+", text)}
    assert verdicts
    assert seen == {name: "FAILED" if word == "not ok" else "SKIPPED" if skipped else "PASSED"
                    for word, name, skipped in re.findall(r"(?m)^(ok|not ok) \d+ (\S+)( # SKIP.*)?$", stream)}
    totals = [int(n) for n in re.findall(r"# Totals: pass:(\d+) fail:(\d+).*skip:(\d+) error:(\d+)",
                                         stream)[-1]]
    ran, counted = kunit_totals(text)
    assert ran == sum(totals)
    assert counted["passed"] == totals[0]


def test_suite_survives_what_kills_its_programs():
    """The culprit is an ERROR, the tests before and behind it have their own results."""
    stream = run(SUITE, "run", "killing", "setup").stdout.decode()
    results = re.findall(r"(?m)^  ((?:not )?ok) \d+ global\.(\w+)", stream)
    assert results == [("ok", "passes_before"), ("not ok", "kills_its_parent"),
                       ("ok", "passes_between"), ("not ok", "stops_its_parent"),
                       ("ok", "passes_after")]
    assert stream.count("the process of the case was killed by signal 9") == 2
    assert stream.endswith("# end\n")


def test_several_jobs_print_whole_blocks():
    """A block has no line of another case in it, whatever the number of jobs."""
    one = run(SUITE, "run", "-x", "hanging", "-x", "killing").stdout
    four = run(SUITE, "run", "-j4", "-x", "hanging", "-x", "killing").stdout

    def blocks(stream):
        text = re.sub(rb"(?m)^ *# running .*\n", b"", without_seconds(stream))
        text = re.sub(rb"(?m)^((?:not )?ok) \d+ ", rb"\1 ", text)
        return sorted(re.findall(rb"(?ms)^  KTAP version 1\n(?:  .*?\n)+(?:not )?ok \S+", text))

    assert blocks(four) == blocks(one)
    assert len(blocks(one)) == len(PROGRAMS) - 2


def test_resume_after():
    stream = run(SUITE, "run", "--resume-after", "misbehave/dying/global.closes_all_descriptors",
                 "dying").stdout.decode()
    assert re.findall(r"(?m)^  (?:not )?ok \d+ global\.(\w+)", stream) == [
        "runs_out_of_memory", "passes_after_all_that"]
    result = run(SUITE, "run", "--resume-after", "no/such.test")
    assert result.returncode == 3 and b"no/such.test" in result.stderr


def test_interrupt_leaves_no_process():
    suite = subprocess.Popen([str(SUITE), "run", "-j2", "hanging"], stdout=subprocess.PIPE)
    while b"# running" not in suite.stdout.readline():
        pass
    suite.send_signal(signal.SIGINT)
    rest = suite.communicate(timeout=20)[0]
    assert suite.returncode == 130
    assert b"# end" not in rest
    deadline = time.monotonic() + 10
    while processes_of(SUITE) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes_of(SUITE)


def processes_of(path):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/exe") == str(path):
                found.append(pid)
        except OSError:
            continue
    return found


# ---- the command line of one program ----

@pytest.mark.parametrize("options, wanted", [
    (["-t", "body_runs"], 5),
    (["-T", "body_runs"], 5),
    (["-f", "fixture"], 10),
    (["-v", "holds"], 2),
    (["-V", "holds", "-t", "body_runs"], 4),
    (["-r", "fixture.holds.body_runs"], 1),
    (["-tbody_runs"], 5),
])
def test_filters(options, wanted):
    stream = run(program("setup"), *options).stdout.decode()
    assert f"\n1..{wanted}\n" in stream
    assert len(re.findall(r"(?m)^(?:not )?ok \d+ ", stream)) == wanted


def test_nothing_selected_is_an_error():
    result = run(program("setup"), "-t", "no_such_test")
    assert result.stdout == (b"TAP version 13\n1..1\n"
                             b"not ok 1 selection # ERROR nothing matches no_such_test\n")
    assert result.returncode == 1
    result = run(SUITE, "run", "no_such_test")
    assert b"\nnot ok 1 selection # ERROR nothing matches no_such_test\n" in result.stdout
    assert result.returncode == 3


def test_all_skipped_exits_with_4():
    assert run(program("setup"), "-v", "skips").returncode == 4
    assert run(program("setup"), "-r", "fixture.holds.body_runs").returncode == 0


def test_list_and_help():
    listed = run(program("children"), "-l")
    assert listed.returncode == 0
    assert listed.stdout.decode().split()[0] == "global.expectation_fails_in_the_child"
    for option in ("-h", "--help"):
        assert run(program("children"), option).stdout.startswith(b"usage: ")


@pytest.mark.parametrize("options, named", [
    (["--frob"], b"--frob"), (["-t"], b"-t"), (["--timeout-mul", "0"], b"'0'"), (["word"], b"word"),
    (["--timeout-mul=x"], b"'x'"),
])
def test_bad_options_are_named(options, named):
    result = run(program("children"), *options)
    assert result.returncode == 1 and result.stdout == b""
    assert named in result.stderr and result.stderr.count(b"\n") == 1


def test_ksft_tap_level_drops_the_version_line():
    stream = run(program("children"), env={**os.environ, "KSFT_TAP_LEVEL": "1"}).stdout
    assert stream.startswith(b"1..7\n")


def test_standard_output_closed_from_the_start():
    result = subprocess.run(["/bin/sh", "-c", 'exec "$0" >&-', str(program("children"))],
                            stderr=subprocess.PIPE, timeout=20, check=False)
    assert result.returncode == 1
    assert b"standard output is closed" in result.stderr


def test_full_disk_is_a_failure():
    with open("/dev/full", "wb") as full:
        result = subprocess.run([str(program("children")), "-t", "child_passes"], stdout=full,
                                timeout=20, check=False)
    assert result.returncode == 1


# ---- one process ----

def test_no_fork():
    """Faults and hangs are survived, tests that need a process skip."""
    stream = run(program("dying"), "--no-fork", "-t", "aborts", "-t", "segfaults", "-t",
                 "gets_a_bus_error", "-t", "dies_as_it_should", "-t",
                 "passes_after_all_that").stdout.decode()
    assert re.findall(r"(?m)^((?:not )?ok \d .*)$", stream) == [
        "not ok 1 global.aborts # CRASH SIGABRT",
        "not ok 2 global.segfaults # CRASH SIGSEGV",
        "not ok 3 global.gets_a_bus_error # CRASH SIGBUS",
        "ok 4 global.dies_as_it_should",
        "ok 5 global.passes_after_all_that"]
    stream = run(program("hanging"), "--no-fork", "-t", "waits", "-t", "passes").stdout.decode()
    assert "not ok 1 hang.waits # TIMEOUT 1 s\n" in stream
    assert "\nok 2 hang.passes\n" in stream


# ---- what it asks of the kernel ----

def calls_listed():
    """The calls that docs/targets.md says are enough."""
    text = (TOP / "docs" / "targets.md").read_text()
    return re.findall(r"`(\w+)`", re.search(r"<!-- enough -->\n(.*)\n", text).group(1))


def verdicts(stream):
    return re.findall(rb"(?m)^ +# done (\S+ \w+)", stream)


def test_the_calls_listed_are_enough():
    """With all others answering ENOSYS, every result is the same."""
    programs = ("setup", "children", "-x", "*child_crashes", "-x", "*fails.*")
    wanted = verdicts(run(SUITE, "run", *programs).stdout)
    result = run(BUILD / "tests/without_syscalls", ",".join(calls_listed()), SUITE, "run", *programs)
    assert verdicts(result.stdout) == wanted and len(wanted) == 14
    assert result.stdout.endswith(b"# end\n")


@pytest.mark.parametrize("call", ["read", "write", "close", "pipe", "fork", "wait4"])
def test_none_of_them_is_listed_in_vain(call):
    rest = [name for name in calls_listed() if name != call]
    programs = ("setup", "children", "-x", "*child_crashes", "-x", "*fails.*")
    try:
        result = subprocess.run([str(BUILD / "tests/without_syscalls"), ",".join(rest), str(SUITE),
                                 "run", *programs], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=3, check=False)
    except subprocess.TimeoutExpired:
        return
    assert verdicts(result.stdout) != verdicts(run(SUITE, "run", *programs).stdout)


def test_changed_state_is_put_back(tmp_path):
    """A file that EXCLUSIVE names by its path has its old contents when the case was killed."""
    state = tmp_path / "state"
    state.write_text("before\n")
    result = run(SUITE, "run", "--system", "misbehave/state", env={**os.environ, "STATE_FILE": str(state)})
    assert b"is_killed_after_a_change # CRASH SIGKILL" in result.stdout
    assert state.read_text() == "before\n"

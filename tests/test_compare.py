# SPDX-License-Identifier: GPL-2.0
"""mmapconf compare: streams, verdicts, what it prints. The baselines themselves: test_baseline.py."""

import os
import pty
import random
import re
import resource
import subprocess
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import need_tool, run
from stub_suite import (
    CASES, FACTS, IDS, SOURCES, TREE, baselines, block, compare, document, is_bad, pair, program, text,
)

HEAD = "mmap/fixed_noreplace/overlap.head.is_refused"
TAIL = "mmap/fixed_noreplace/overlap.tail.is_refused"
GROWS = "mremap/move/global.grows"
VERDICTS = ["pass", "diverged", "known", "changed", "fixed", "backported", "skipped", "crashed", "timed_out", "error",
            "missing", "unexpected"]
OK_VERDICTS = {"pass", "known", "backported", "skipped"}
RUNS = settings(max_examples=150, deadline=None, database=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def home(tmp_path):
    return baselines(tmp_path)


# ---- verdicts ----

LINUX, BEFORE, STABLE, MACHINE = "linux", "linux/before-7.3", "linux/7.2.y/before-7.2.9", "linux/on-x86_64"
TARGET, VERSION, EXPECTED = "host", "host/1", "more"


@pytest.mark.parametrize("layer, line, result, verdict", [
    (None, None, "ok", "pass"),
    (None, None, "mmap=ok want EEXIST", "diverged"),
    (None, None, "SKIP absent: MAP_FIXED_NOREPLACE", "diverged"),
    (None, None, "SKIP env: not root", "skipped"),
    (None, None, "SKIP later", "skipped"),
    (None, None, "SKIP", "skipped"),
    (None, None, "CRASH SIGSEGV", "crashed"),
    (None, None, "TIMEOUT 2 s", "timed_out"),
    (None, None, "ERROR set-up: memfd_create=EPERM", "error"),
    (TARGET, "not ok {} # mmap=ok want EEXIST", "mmap=ok want EEXIST", "known"),
    (TARGET, "not ok {}", "mmap=ok want EEXIST", "known"),
    (TARGET, "not ok {} # mmap=EINVAL want EEXIST", "mmap=ok want EEXIST", "changed"),
    (TARGET, "not ok {} # mmap=EINVAL want EEXIST", "SKIP absent: mmap", "changed"),
    (TARGET, "not ok {} # mmap=EINVAL want EEXIST", "CRASH SIGSEGV", "crashed"),
    (TARGET, "not ok {} # mmap=EINVAL want EEXIST", "SKIP env: not root", "skipped"),
    (TARGET, "not ok {} # mmap=EINVAL want EEXIST", "ok", "fixed"),
    (VERSION, "not ok {} # mmap=EINVAL want EEXIST", "ok", "fixed"),
    (EXPECTED, "not ok {} # mmap=EINVAL want EEXIST", "ok", "fixed"),
    (BEFORE, "not ok {} # mmap=EINVAL want EEXIST", "ok", "backported"),
    (STABLE, "not ok {} # mmap=EINVAL want EEXIST", "ok", "backported"),
    (MACHINE, "not ok {} # mmap=EINVAL want EEXIST", "ok", "backported"),
    (BEFORE, "not ok {} # mmap=EINVAL want EEXIST", "mmap=EINVAL want EEXIST", "known"),
    (TARGET, "skip {} # absent: mmap", "SKIP absent: mmap", "known"),
    (TARGET, "skip {} # absent: mmap", "SKIP absent: mseal", "changed"),
    (TARGET, "skip {} # absent: mmap", "SKIP env: not root", "skipped"),
    (TARGET, "skip {} # absent: mmap", "ok", "fixed"),
    (BEFORE, "skip {} # absent: mmap", "ok", "backported"),
    (TARGET, "skip {} # absent: mmap", "mmap=ok want EEXIST", "changed"),
    (TARGET, "crash {} # SIGSEGV", "CRASH SIGSEGV", "known"),
    (TARGET, "crash {}", "CRASH SIGBUS", "known"),
    (TARGET, "crash {} # SIGSEGV", "CRASH SIGBUS", "changed"),
    (TARGET, "crash {} # SIGSEGV", "mmap=ok want EEXIST", "changed"),
    (TARGET, "crash {} # SIGSEGV", "TIMEOUT 2 s", "timed_out"),
    (TARGET, "timeout {}", "TIMEOUT 2 s", "known"),
    (TARGET, "timeout {} # 2 s", "TIMEOUT 4 s", "changed"),
    (TARGET, "error {} # set-up: x", "ERROR set-up: x", "known"),
    (TARGET, "error {} # set-up: x", "ERROR set-up: y", "changed"),
    (TARGET, "do-not-run {}", "ok", "fixed"),
    (TARGET, "do-not-run {}", "mmap=ok want EEXIST", "changed"),
    (TARGET, "do-not-run {}", None, "known"),
    (TARGET, "not ok {}", None, "missing"),
    (TARGET, "ok {}", "ok", "pass"),
    (LINUX, None, "ok", "unexpected"),
])
def test_verdict(tmp_path, layer, line, result, verdict):
    baselines(tmp_path)
    case, name = HEAD.rsplit("/", 1)
    if layer == LINUX:
        (tmp_path / f"expected/linux/{case}.tap").write_text(f"1..2\nok {CASES[case][0]}\nok {CASES[case][2]}\n")
    elif layer:
        folder = tmp_path / ("more" if layer == EXPECTED else f"expected/{layer}")
        (folder / case).parent.mkdir(parents=True)
        (folder / f"{case}.tap").write_text("# reason\n" + line.format(name) + "\n")
    lines = document({HEAD: result} if result else {}, without=[] if result else [HEAD])
    arguments = ["--target", "host", "--target-version", "1"] + (["--expected", "more"] if layer == EXPECTED else [])
    ran = compare(text(lines), *arguments, cwd=tmp_path)
    assert ran.test(HEAD)["verdict"] == verdict
    assert ran.results["totals"] == {v: (v == verdict) + 10 * (v == "pass") for v in VERDICTS}
    assert ran.status == (0 if verdict in OK_VERDICTS else 1)
    assert ran.out.splitlines()[-1] == ("as expected" if verdict in OK_VERDICTS else "1 test is not as expected")


def test_no_skips_makes_a_skipped_test_fail(home):
    stream = text(document({HEAD: "SKIP env: not root"}))
    assert compare(stream, cwd=home).status == 0
    ran = compare(stream, "--no-skips", cwd=home)
    assert (ran.status, ran.test(HEAD)["verdict"]) == (1, "skipped")
    assert f"  skipped    {HEAD}" in ran.out


def test_everything_skipped_is_its_own_status(home):
    stream = text(document({test: "SKIP env: not root" for test in IDS}))
    assert compare(stream, cwd=home).status == 4
    assert compare(stream, "--no-skips", cwd=home).status == 1


# ---- damage ----

def damaged(lines, home, *arguments):
    """The verdicts of the tests that are not pass, after making sure that the gate failed."""
    ran = compare(lines if isinstance(lines, bytes) else text(lines), *arguments, cwd=home)
    assert ran.status in (1, 2), ran.out
    return {k: v for k, v in ran.verdicts().items() if v != "pass"} if ran.results else None, ran


def index(lines, part):
    return next(i for i, line in enumerate(lines) if part in line)


def test_a_printk_line_inside_a_result_line_loses_that_result(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at] = lines[at][:8] + "[   12.345678] BUG: soft lockup\n" + lines[at][8:]
    bad, ran = damaged(lines, home)
    assert bad == {HEAD: "error"}
    assert ran.test(HEAD)["outcome"] == "damaged stream: its '# done' line has no result line"


def test_a_console_line_that_cuts_a_not_ok_makes_no_pass(home):
    lines = document({HEAD: "mmap=ok want EEXIST"})
    at = index(lines, "not ok 2 overlap.head")
    lines[at] = "  not [ 1.000000] printk\n  ok 2 overlap.head.is_refused"
    assert damaged(lines, home)[0] == {HEAD: "error"}


def test_a_result_line_without_its_done_line(home):
    lines = document({})
    del lines[index(lines, f"# done {HEAD}")]
    bad, ran = damaged(lines, home)
    assert bad == {HEAD: "error"}
    assert "no '# done' line" in ran.test(HEAD)["outcome"]


def test_a_done_line_without_its_result_line(home):
    lines = document({})
    del lines[index(lines, "ok 2 overlap.head")]
    assert damaged(lines, home)[0] == {HEAD: "error"}


@pytest.mark.parametrize("change", [
    lambda line: line[:-12] + "0" * 3 + line[-9:],             # another checksum
    lambda line: line.replace(" pass ", " fail "),             # another verdict
    lambda line: line.replace(" pass ", " "),                  # none
    lambda line: line + "[ 12.345] printk",
    lambda line: line[:-4] + "\0" + line[-4:],
    lambda line: line[: line.index("pass") + 9],               # a checksum that is cut
    lambda line: line.upper().replace("# DONE", "# done").replace(HEAD.upper(), HEAD),
])
def test_a_garbled_done_line(home, change):
    lines = document({})
    at = index(lines, f"# done {HEAD}")
    lines[at] = change(lines[at])
    assert damaged(lines, home)[0] == {HEAD: "error"}


def test_a_verdict_that_its_line_does_not_give(home):
    """The checksum is right, the word is not."""
    lines = document({HEAD: "mmap=ok want EEXIST"})
    at = index(lines, "not ok 2 overlap.head")
    line = lines[at].strip()
    for word in "pass", "skip", "error", "crash":
        lines[at + 1] = f"  # done {HEAD} {word} {zlib.crc32(f'{line}{chr(10)}{HEAD} {word}'.encode()):08x}"
        assert damaged(lines, home)[0] == {HEAD: "error"}


def test_a_name_that_the_done_line_does_not_have(home):
    """The checksum is right, but it is over the result line of another test."""
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at + 1] = f"  # done {HEAD} pass {zlib.crc32(f'ok 2 overlap.tail.is_refused{chr(10)}{HEAD} pass'.encode()):08x}"
    lines[at] = "  ok 2 overlap.tail.is_refused"
    assert set(damaged(lines, home)[0]) == {HEAD, TAIL}


def test_a_result_in_the_block_of_another_case(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at:at + 2] = ["  " + line for line in pair(2, *GROWS.rsplit("/", 1), "ok")]
    bad, ran = damaged(lines, home)
    assert bad == {GROWS: "error", HEAD: "missing"}
    assert "block of another case" in ran.test(GROWS)["outcome"]


def test_a_result_line_that_lost_its_done_line_before_the_case_was_known(home):
    """Nothing before it says which case it is of; what comes after does, also when the test has a result elsewhere."""
    lines = [line for line in document({}) if "# running" not in line]
    del lines[index(lines, f"# done {IDS[0]}")]
    assert damaged(lines, home)[0] == {IDS[0]: "error"}


def test_a_nul_byte_in_a_result_line(home):
    assert damaged(document({HEAD: "mmap=ok want\0EEXIST"}), home)[0] == {HEAD: "error"}


def test_a_second_result(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at:at] = lines[at:at + 2]
    bad, ran = damaged(lines, home)
    assert bad == {HEAD: "error"}
    assert "not above" in ran.test(HEAD)["outcome"]


def test_a_second_result_in_a_later_document(home):
    bad, ran = damaged(document({}) + document({}, labels=["mmap/plain"]), home)
    assert bad == {f"mmap/plain/{name}": "error" for name in CASES["mmap/plain"]}
    assert "a second result" in ran.out


def test_a_number_that_is_not_above_the_one_before(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at:at + 2] = ["  " + line for line in pair(1, *HEAD.rsplit("/", 1), "ok")]
    assert damaged(lines, home)[0] == {HEAD: "error"}


def test_more_results_than_planned(home):
    lines = document({})
    lines[index(lines, "  1..3")] = "  1..2"
    bad, ran = damaged(lines, home)
    assert bad == {TAIL: "error"}
    assert "above the plan of 2" in ran.test(TAIL)["outcome"]


def test_fewer_results_than_planned(home):
    lines = document({})
    lines[index(lines, "  1..3")] = "  1..4"
    bad, ran = damaged(lines, home)
    assert bad == {}
    assert "mmap/fixed_noreplace: 3 results of a plan of 4" in ran.out
    assert ran.out.splitlines()[-1] == "the stream is damaged"


def test_missing_lines_of_a_test(home):
    lines = [line for line in document({}) if "overlap.head" not in line]
    assert damaged(lines, home)[0] == {HEAD: "missing"}


@pytest.mark.parametrize("drop, says", [
    ("1..4", "plan of document 1 never came"),
    ("  1..3", "its plan never came"),
    ("ok 2 mmap/plain", "result line of the case never came"),
    ("# end", "cut off"),
])
def test_lost_lines_of_the_frame(home, drop, says):
    lines = document({})
    lines.remove(drop)
    bad, ran = damaged(lines, home)
    assert bad == {} and says in ran.out


def test_a_wrong_plan_of_the_document(home):
    lines = document({})
    lines[index(lines, "1..4")] = "1..5"
    assert "4 results of cases, of a plan of 5" in damaged(lines, home)[1].out


def test_a_case_line_that_contradicts_its_tests(home):
    lines = document({})
    lines[index(lines, "ok 2 mmap/plain")] = "not ok 2 mmap/plain"
    assert "is not ok, but all of its tests are" in damaged(lines, home)[1].out
    lines = document({HEAD: "a=1 want 2"})
    lines[index(lines, "not ok 1 mmap/fixed")] = "ok 1 mmap/fixed_noreplace"
    assert "is ok, but not all of its tests are" in damaged(lines, home)[1].out


def test_bail_out(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    bad, ran = damaged(lines[:at] + ["Bail out! no more"], home)
    assert "says 'Bail out!'" in ran.out
    assert set(bad.values()) <= {"crashed", "missing"}
    damaged(lines[:at] + ["Bail out!"] + lines[at:], home)


def test_results_after_the_end(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    moved = lines[at:at + 2]
    assert damaged(lines[:at] + lines[at + 2:] + moved, home)[0] == {HEAD: "error"}


def test_facts_of_two_kernels(home):
    second = document({}, labels=["mmap/plain"], facts={"release": "6.1.0"})
    ran = damaged(document({}, labels=["mmap/fixed_noreplace", "mremap/move", "msync/sync"]) + second, home)[1]
    assert "document 2 says another release than the first" in ran.out


@pytest.mark.parametrize("stream", ["", "no version line\n", "KTAP version 1\n", "\0" * 100, "KTAP version 1\n1..1\n# end\n",
                                    "  KTAP version 1\n  1..1\n  ok 1 x\n"])
def test_no_usable_stream(home, stream):
    ran = compare(stream, cwd=home)
    assert ran.status == 2 and ran.err.count("\n") == 1 and "no usable stream" in ran.err and not ran.out


# ---- what is not damage ----

@pytest.mark.parametrize("change", [
    lambda lines: text(lines).replace("\n", "\r\n").encode(),
    lambda lines: text(lines).replace("\n", "\r\r\n").encode(),
    lambda lines: text(f"[{i:5}.{i:06}] {line}" for i, line in enumerate(lines)).encode(),
    lambda lines: text(f"<6>[{i:5}.{i:06}][  T{i}] {line}" for i, line in enumerate(lines)).encode(),
    lambda lines: text(["TAP version 14"] + lines[1:]).encode(),
    lambda lines: text(["TAP version 13"] + lines[1:]).encode(),
    lambda lines: text(f"# {line}" for line in lines).encode(),
    lambda lines: text(f"# # {line}" for line in lines).encode(),
    lambda lines: text(["TAP version 13", "1..1", "# timeout set to 45", "# selftests: mm: suite"] +
                       [f"# {line}" for line in lines] + ["ok 1 selftests: mm: suite"]).encode(),
    lambda lines: text(line + "\nsome console line\n[    1.000000] random: crng init" for line in lines).encode(),
    lambda lines: text(line + "\n" + "x" * 1000000 for line in lines[:40]).encode() + text(lines[40:]).encode(),
    lambda lines: text(line + "\n\0\0\0 \xff" for line in lines).encode("latin-1"),
    lambda lines: b"login: \x1b[2J\n\n" + text(lines).encode() + b"reboot: Power down\n",
    lambda lines: text(lines).encode()[:-1],
    lambda lines: text(line for line in lines if "# running" not in line).encode(),
    lambda lines: text(re.sub(r" 0\.000412$", "", line) for line in lines).encode(),
])
def test_noise_that_changes_nothing(home, change):
    lines = document({HEAD: "mmap=ok want EEXIST", GROWS: "SKIP env: not root"})
    ran = compare(change(lines), cwd=home)
    wanted = {test: "pass" for test in IDS} | {HEAD: "diverged", GROWS: "skipped"}
    assert ran.verdicts() == wanted
    assert ran.results["problems"] == []
    ran = compare(change(document({})), cwd=home)
    assert ran.status == 0, ran.out


def test_the_line_is_longer_than_the_limit_and_holds_a_result(home):
    lines = document({})
    at = index(lines, "ok 2 overlap.head")
    lines[at] = lines[at] + " " * 70000
    assert damaged(lines, home)[0] == {HEAD: "error"}


def test_relayed_output_never_counts(home):
    forged = [f"  # | {line}" for line in pair(2, *HEAD.rsplit("/", 1), "ok")]
    forged += ["  # | # end", "  # | KTAP version 1", "  # | Bail out!", "# | KTAP version 1"]
    lines = document({HEAD: "mmap=ok want EEXIST"})
    at = index(lines, "not ok 2 overlap.head")
    lines[at:at] = forged
    assert damaged(lines, home)[0] == {HEAD: "diverged"}
    # The same for the lines of another nesting.
    for prefix in "# ", "    ", "\t":
        lines[at:at + len(forged)] = [prefix + line for line in pair(2, *HEAD.rsplit("/", 1), "ok")]
        assert damaged(lines, home)[0][HEAD] in ("diverged", "error")
        lines[at:at + 2] = forged


def test_several_jobs_interleave(home):
    results = {HEAD: "mmap=ok want EEXIST"}
    blocks = {label: block(label, names, results) for label, names in CASES.items()}
    running = [line for lines in blocks.values() for line in lines if line.startswith("# running")]
    random.Random(1).shuffle(running)
    lines = ["KTAP version 1", "# fact release=7.2.1", "# fact machine=x86_64", "1..4"] + running[:5]
    for number, (label, names) in enumerate(reversed(blocks.items()), 1):
        lines += ["  " + line for line in names if not line.startswith("# running")]
        lines.append(f"{'not ' if label in HEAD else ''}ok {number} {label}")
        lines += running[3 + 2 * number:5 + 2 * number]
    ran = compare(text(lines + ["# end"]), cwd=home)
    assert ran.verdicts() == {test: "pass" for test in IDS} | {HEAD: "diverged"}
    assert ran.results["problems"] == []


# ---- restarts ----

def split_at(test_id, results=None, panic=True):
    """A run whose target died in this test, and the run that went on behind it."""
    lines = document(results or {})
    at = index(lines, f"# running {test_id}") + 1
    case, name = test_id.rsplit("/", 1)
    rest = CASES[case][CASES[case].index(name) + 1:]
    labels = list(CASES)[list(CASES).index(case) + (not rest):]
    second = ["KTAP version 1"] + [f"# fact {k}={v}" for k, v in FACTS.items()] + [f"1..{len(labels)}"]
    for number, label in enumerate(labels, 1):
        names = rest if label == case else CASES[label]
        second += ["  " + line for line in block(label, names, results or {})]
        second.append(f"ok {number} {label}")
    return lines[:at] + (["Kernel panic - not syncing: \x1b[31mfatal"] if panic else []), second + ["# end"]


@pytest.mark.parametrize("culprit", [IDS[1], IDS[2], IDS[4], IDS[-1]])
def test_a_restart_behind_the_culprit(home, culprit):
    first, second = split_at(culprit)
    ran = compare(text(first + second), cwd=home)
    last = culprit == IDS[-1]
    assert ran.verdicts() == {test: "pass" for test in IDS} | {culprit: "crashed"}, ran.out
    assert ran.test(culprit)["outcome"] == "the stream ended here"
    assert "Kernel panic - not syncing: \\x1b[31mfatal" in ran.out
    assert ran.status == 1 and (last or ran.results["problems"] == [])


def test_a_restart_that_runs_the_culprit_again(home):
    first, second = split_at(HEAD)
    at = index(second, "1..2")
    again = ["  " + line for line in block(*(HEAD.rsplit("/", 1)[0], CASES["mmap/fixed_noreplace"][1:], {}))]
    end = index(second, "ok 1 mmap/fixed_noreplace")
    second[index(second, "  KTAP version 1"):end] = again
    ran = compare(text(first + second), cwd=home)
    assert ran.verdicts() == {test: "pass" for test in IDS} and ran.status == 0, (ran.out, at)


def test_a_stream_that_ends_in_a_test(home):
    first, _ = split_at(GROWS)
    ran = compare(text(first), cwd=home)
    after = IDS[IDS.index(GROWS):]
    assert ran.verdicts() == {test: "pass" for test in IDS} | {t: "missing" for t in after} | {GROWS: "crashed"}
    assert ran.status == 1 and "cut off" in ran.out


def test_a_test_that_ran_on_is_no_culprit(home):
    """Its result was lost, but the next test of its case had begun."""
    first, second = split_at(TAIL)
    first = [line for line in first if "overlap.head" not in line or "running" in line]
    ran = compare(text(first + second), cwd=home)
    assert ran.verdicts() == {test: "pass" for test in IDS} | {HEAD: "missing", TAIL: "crashed"}
    assert "never came" in ran.test(HEAD)["outcome"]


@pytest.mark.parametrize("end", ["# interrupted\n", "# interrupted", "  # interrupted\n", ""])
def test_a_run_that_was_stopped_from_outside(home, end):
    first, _ = split_at(HEAD)
    ran = compare(text(first) + end, cwd=home)
    assert ran.test(HEAD)["verdict"] == ("missing" if end.startswith("#") else "crashed")
    assert ran.status == 1 and ran.results["problems"] == ["the stream was cut off: it has no '# end'"]


def test_a_layer_that_knows_of_the_crash(tmp_path):
    name = HEAD.rsplit("/", 1)[1]
    first, second = split_at(HEAD)
    for line, verdict in [(f"crash {name}", "known"), (f"crash {name} # the stream ended here", "known"),
                          (f"crash {name} # SIGSEGV", "changed"), (f"do-not-run {name}", "known")]:
        baselines(tmp_path, {"host/mmap/fixed_noreplace": f"# reason\n{line}\n"})
        ran = compare(text(first + second), cwd=tmp_path)
        assert ran.test(HEAD)["verdict"] == verdict
        assert ran.status == (verdict != "known")


# ---- one program ----

def one_program(case="mremap/move", results=None):
    lines = block(case, CASES[case], results or {})
    return ["TAP version 13"] + lines[1:] + ["# Totals: pass:4 fail:0 xfail:0 xpass:0 skip:0 error:0"]


def test_a_stream_of_one_program(home):
    ran = compare(text(one_program()), cwd=home)
    assert ran.verdicts() == {test: "pass" for test in IDS if test.startswith("mremap/move")}
    assert ran.status == 0 and ran.results["reference"] == "linux-7.2" and "kernel not said" in ran.out and not ran.err
    ran = compare(text(one_program(results={GROWS: "CRASH SIGSEGV"})), cwd=home)
    assert ran.test(GROWS)["verdict"] == "crashed" and ran.status == 1


def test_several_programs_as_kselftest_runs_them(home):
    lines = ["TAP version 13", "1..2"]
    for number, case in enumerate(["mremap/move", "mmap/plain"], 1):
        lines += ["# selftests: mm: program"] + [f"# {line}" for line in one_program(case)]
        lines.append(f"ok {number} selftests: mm: program")
    ran = compare(text(lines), cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith(("mremap/move", "mmap/plain"))}
    assert ran.status == 0 and set(ran.verdicts().values()) == {"pass"}


@pytest.mark.parametrize("cut", range(3, 20))
def test_a_program_that_is_cut_off(home, cut):
    lines = one_program()
    if cut < len(lines):
        ran = compare(text(lines[:cut]), cwd=home)
        assert ran.status == 1


# ---- facts and selections ----

def test_no_release_is_said_and_judged_as_the_newest(tmp_path):
    baselines(tmp_path, {"linux/before-7.2/mmap/plain": "# r\nnot ok global.anonymous_is_zero # a=1 want 2\n"})
    for release in None, "unknown", "6.1[   12.345] printk":
        ran = compare(text(document(facts={"release": release})), cwd=tmp_path)
        assert ran.results["reference"] == "linux-7.2" and ran.status == 0
        assert ran.err.count("\n") == 1 and "no release" in ran.err
    ran = compare(text(document(facts={"release": None})), "--target", "gvisor", "--target-linux", "no", cwd=tmp_path)
    assert ran.status == 0 and not ran.err


def narrowed(select, labels):
    return text(document(labels=labels, facts={"select": select}))


@pytest.mark.parametrize("shards, dealt", [
    # mremap/move costs 900, two cases 300, and msync/sync, of a folder that nobody measured, the median of these.
    (2, [{"mremap/move"}, {"msync/sync", "mmap/fixed_noreplace", "mmap/plain"}]),
    (3, [{"mremap/move"}, {"mmap/fixed_noreplace", "msync/sync"}, {"mmap/plain"}]),
    (4, [{"mremap/move"}, {"mmap/fixed_noreplace"}, {"mmap/plain"}, {"msync/sync"}]),
    (6, [{"mremap/move"}, {"mmap/fixed_noreplace"}, {"mmap/plain"}, {"msync/sync"}, set(), set()]),
])
def test_shards_are_dealt_out_by_cost_whatever_else_is_selected(home, shards, dealt):
    for number, cases in enumerate(dealt, 1):
        shard = ["--shard", f"{number}/{shards}"]
        ran = compare(text(document()), *shard, cwd=home)
        assert {test.rsplit("/", 1)[0] for test in (ran.verdicts() if ran.results else {})} == cases
        assert ran.status == (0 if cases else 3)
        part = compare(text(document()), *shard, "-x", "mremap/*", "--", "m*/*", cwd=home)
        assert {test.rsplit("/", 1)[0] for test in (part.verdicts() if part.results else {})} == cases - {"mremap/move"}


def test_the_selection_of_the_stream_narrows(home):
    ran = compare(narrowed("mmap/*", ["mmap/fixed_noreplace", "mmap/plain"]), cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith("mmap/")} and ran.status == 0
    ran = compare(narrowed("-x mmap/* -x msync/", ["mremap/move"]), cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith("mremap/")} and ran.status == 0
    ran = compare(narrowed("--shard 3/4", ["mmap/plain"]), cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith("mmap/plain")} and ran.status == 0
    ran = compare(narrowed("nothing/at/all", []), cwd=home)
    assert ran.status == 2


def test_the_selection_of_the_command_narrows(home):
    lines = document({HEAD: "a=1 want 2"})
    ran = compare(text(lines), "-x", HEAD, cwd=home)
    assert HEAD not in ran.verdicts() and ran.status == 0
    ran = compare(text(lines), "-", "--", "mremap/*", cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith("mremap/")} and ran.status == 0
    ran = compare(text(lines), "--shard=2/4", cwd=home)
    assert set(ran.verdicts()) == {test for test in IDS if test.startswith("mmap/fixed")} and ran.status == 1
    ran = compare(text(lines), "--", "none", cwd=home)
    assert ran.status == 3 and "nothing is selected" in ran.err


def test_a_selection_that_hides_what_came_is_damage(home):
    lines = document({HEAD: "a=1 want 2"}, facts={"select": "mremap/*"})
    bad, ran = damaged(lines, home)
    assert bad[HEAD] == "diverged" and "own selection leaves out" in ran.out
    assert damaged(document({}, facts={"select": "mremap/* --shard 9"}), home)[1].status == 1


def test_a_test_that_the_runner_kept_out_is_known(tmp_path):
    baselines(tmp_path, {"host/mmap/fixed_noreplace": f"# it hangs\ndo-not-run {HEAD.rsplit('/', 1)[1]}\n"})
    lines = document({}, facts={"select": f"-x {HEAD} -x {GROWS}"}, without=[HEAD, GROWS])
    ran = compare(text(lines), cwd=tmp_path)
    assert ran.test(HEAD)["verdict"] == "known" and GROWS not in ran.verdicts() and ran.status == 0


def test_file_systems(home):
    on_two = ["mmap/fixed_noreplace", "mmap/plain", "mremap/move", "msync/sync@ext4", "msync/sync@tmpfs"]
    facts = {"filesystems": "ext4,tmpfs"}
    ran = compare(text(document(labels=on_two, facts=facts)), cwd=home)
    assert ran.status == 0 and len(ran.verdicts()) == 13
    ran = compare(text(document({"msync/sync@tmpfs/file.is_seen": "x=1 want 2"}, labels=on_two, facts=facts)), cwd=home)
    assert ran.test("msync/sync@tmpfs/file.is_seen")["verdict"] == "diverged"
    assert ran.test("msync/sync@ext4/file.is_seen")["verdict"] == "pass"
    ran = compare(text(document(labels=on_two[:4], facts=facts)), cwd=home)
    assert ran.test("msync/sync@tmpfs/file.is_seen")["verdict"] == "missing" and ran.status == 1
    # Tests of a file system that the facts do not have are judged all the same.
    ran = compare(text(document({"msync/sync@tmpfs/file.is_seen": "x=1 want 2"}, labels=on_two)), cwd=home)
    assert ran.test("msync/sync@tmpfs/file.is_seen")["verdict"] == "diverged" and ran.status == 1
    # A case that does not run on several has no such ids.
    ran = compare(text(document(labels=["mmap/fixed_noreplace", "mmap/plain@ext4"], facts={"select": "mmap/*"})), cwd=home)
    assert ran.test("mmap/plain@ext4/global.anonymous_is_zero")["verdict"] == "unexpected"
    assert ran.test("mmap/plain/global.anonymous_is_zero")["verdict"] == "missing" and ran.status == 1


def test_a_test_that_the_suite_does_not_have(home):
    lines = document({})
    at = index(lines, "ok 2 mmap/plain")
    lines[at:at] = ["  " + line for line in pair(3, "mmap/plain", "global.is_new", "ok")]
    lines[at + 2:at + 2] = ["  " + line for line in pair(4, "mmap/plain", "global.is_new", "ok")]
    lines[index(lines, "  1..2")] = "  1..4"
    ran = compare(text(lines), cwd=home)
    assert ran.test("mmap/plain/global.is_new")["verdict"] == "unexpected" and ran.status == 1


# ---- what is shown and written ----

HOSTILE = "mmap=\x1b]0;owned\x07 \x01 \udcff\udcfe é \"<b>&amp;\\ \x7f want EEXIST"


def test_results_json(tmp_path):
    baselines(tmp_path, {"gvisor/mmap/fixed_noreplace":
                         "# mm/mmap.c \"why\"\n# and more\nnot ok overlap.head.is_refused # mmap=ok want EEXIST\n"})
    stream = text(document({HEAD: "mmap=ok want EEXIST", TAIL: HOSTILE}, facts={"release": "4.4.0\x01", "user": "\udcff"}))
    ran = compare(stream.encode("utf-8", "surrogateescape"), "--target", "gvisor", "--target-linux", "no", cwd=tmp_path)
    results = ran.results
    assert list(results) == ["schema", "target", "reference", "facts", "gate", "problems", "totals", "tests"]
    assert results["schema"] == 1 and results["reference"] == "linux-7.2" and results["gate"] == "fail"
    assert results["target"] == {"kind": "gvisor", "version": None, "release": "4.4.0\x01", "machine": "x86_64", "page_size": 4096}
    assert results["facts"]["user"] == "\ufffd"
    told = compare(stream.encode("utf-8", "surrogateescape"), "--target=gvisor", "--target-linux=no", "--target-version=20.1", cwd=tmp_path)
    assert told.results["target"] == {**results["target"], "version": "20.1"}
    assert list(results["totals"]) == VERDICTS and sum(results["totals"].values()) == 11
    assert [test["id"] for test in results["tests"]] == sorted(IDS)
    assert ran.test(HEAD) == {
        "id": HEAD, "verdict": "known", "expected": "not ok # mmap=ok want EEXIST", "outcome": "mmap=ok want EEXIST",
        "clauses": ["mmap.noreplace.overlap", "mmap.noreplace.free"], "seconds": 0.000412,
        "baseline": "expected/gvisor/mmap/fixed_noreplace.tap:3", "reason": 'mm/mmap.c "why" and more',
        "rules": [{"id": "mmap.noreplace.overlap", "sentence": "MAP_FIXED_NOREPLACE over a mapping fails with EEXIST.",
                   "source": "mm/mmap.c:do_mmap"}],
        "diagnostics": ["cases/mmap/fixed_noreplace.c:63: mmap=ok want EEXIST"]}
    assert ran.test(TAIL)["outcome"] == HOSTILE.replace("\udcff", "\ufffd").replace("\udcfe", "\ufffd")
    assert ran.test(GROWS) == {
        "id": GROWS, "verdict": "pass", "expected": "ok", "outcome": "", "clauses": ["mremap.move"], "seconds": 0.000412,
        "baseline": "expected/linux/mremap/move.tap:2"}
    assert compare(text(document({})), cwd=tmp_path).results["gate"] == "pass"


def test_nothing_of_the_target_reaches_the_terminal_unescaped(home):
    lines = document({HEAD: HOSTILE, GROWS: "SKIP env: \x1b[31m"}, facts={"release": "7.2 \x1b[2J", "machine": "\x9b1m"})
    at = index(lines, "not ok 2 overlap.head")
    lines[at:at] = ["  # | \x1b[31m" + "x" * 5000] * 20 + ["\x1b[31m console"]
    for arguments in [], ["-v"], ["-q"]:
        ran = compare(text(lines).encode("utf-8", "surrogateescape"), *arguments, cwd=home)
        assert re.fullmatch(r"[ -~\n]*", ran.out), ran.out
        assert max(map(len, ran.out.splitlines())) < 700
    ran = compare(text(lines).encode("utf-8", "surrogateescape"), cwd=home)
    assert ran.out.count("| \\x1b[31mxxx") == 7        # the last eight diagnostics, one of them by the harness


def test_what_a_person_sees(home):
    results = {HEAD: "mmap=ok want EEXIST", GROWS: "SKIP env: not root", "msync/sync/file.is_seen": "SKIP env: not root"}
    ran = compare(text(document(results)), "--repeat-command", "./runner.sh --target gvisor", cwd=home)
    assert ran.out == f"""\
host: kernel 7.2.1, machine x86_64, judged by linux-7.2.1
11 tests: 8 pass, 2 skipped, 1 diverged
  skipped 2: env: not root

  diverged   {HEAD}
             seen    mmap=ok want EEXIST
             log     cases/mmap/fixed_noreplace.c:63: mmap=ok want EEXIST
             rule    mmap.noreplace.overlap: MAP_FIXED_NOREPLACE over a mapping fails with EEXIST.
             source  mm/mmap.c:do_mmap
             rule    mmap.noreplace.free
             repeat  ./runner.sh --target gvisor '{HEAD}'

1 test is not as expected
"""
    assert compare(text(document(results)), "-q", cwd=home).out == "11 tests: 8 pass, 2 skipped, 1 diverged\n"
    verbose = compare(text(document(results)), "-v", cwd=home).out.splitlines()
    assert [line.split()[1] for line in verbose[:11]] == sorted(IDS)
    assert verbose[1] == f"diverged   {HEAD} # mmap=ok want EEXIST"


def test_fixed_names_the_line_to_drop(tmp_path):
    baselines(tmp_path, {"host/mmap/plain": "\n# it rounds down\nnot ok global.anonymous_is_zero # a=1 want 2\n"})
    ran = compare(text(document({})), cwd=tmp_path)
    assert "drop    expected/host/mmap/plain.tap:3: not ok # a=1 want 2\n" in ran.out
    assert "reason  it rounds down\n" in ran.out


def test_failed_ids(home):
    compare(text(document({HEAD: "a=1 want 2", TAIL: "SKIP absent: x", GROWS: "SKIP env: x"})), "--failed", "failed", cwd=home)
    assert (home / "failed").read_text().splitlines() == [HEAD, TAIL]
    compare(text(document({})), "--failed", "failed", cwd=home)
    assert (home / "failed").read_text() == ""
    assert [path.name for path in home.iterdir() if "tmp" in path.name] == []


def test_files_are_whole_or_not_there(home):
    ran = compare(text(document({})), "--json", "/dev/null/results.json", cwd=home, with_json=False)
    assert ran.status == 2 and "cannot write /dev/null/results.json" in ran.err
    (home / "results").mkdir()
    ran = compare(text(document({})), "--json", "results", cwd=home, with_json=False)
    assert ran.status == 2 and sorted(os.listdir(home)) == ["expected", "results"]


def test_color(home):
    stream = text(document({}))
    assert "\x1b" not in compare(stream, cwd=home).out
    assert "\x1b[32m" in compare(stream, "--color=always", cwd=home).out
    assert "\x1b" not in compare(stream, "--color=never", cwd=home).out
    for variables, colored in ({}, True), ({"NO_COLOR": "1"}, False):
        (home / "stream").write_text(stream)
        primary, secondary = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | variables
        subprocess.run([str(program()), "--progress", "stream"], stdout=secondary, stderr=secondary, cwd=home,
                       env=environment, timeout=60)
        os.close(secondary)
        shown = os.read(primary, 65536)
        os.close(primary)
        assert (b"\x1b[32m" in shown) == colored and b"0 of 11, 0 not ok  mmap/fixed_noreplace/arena" in shown


@pytest.mark.parametrize("arguments, says", [
    (["--nonsense"], "unknown option '--nonsense'"),
    (["--json"], "--json wants a value"),
    (["-x"], "-x wants a pattern"),
    (["--shard", "3/2"], "--shard wants K/N"),
    (["--shard", "0/2"], "--shard wants K/N"),
    (["--target-linux", "maybe"], "--target-linux is yes or no"),
    (["--target-version", "1"], "--target-version wants --target"),
    (["--target", "linux"], "--target is the name of a target"),
    (["--target", "../x"], "--target is the name of a target"),
    (["--color=green"], "--color is auto, always or never"),
    (["-q", "-v"], "contradict"),
    (["--why", IDS[0], "--lint"], "contradict"),
    (["--lint", "--accept"], "reads no stream"),
    (["--do-not-run", "file"], "reads no stream"),
    (["--why", IDS[0], "--", "mmap/*"], "takes no selection"),
    (["one", "two"], "one stream at a time"),
    (["--why", "mmap/none/x.y"], "the suite has no such test"),
    (["--reference", "6.1"], "--reference wants linux-X.Y"),
    (["--expected", "nowhere"], "no such folder"),
    (["--baselines", "nowhere"], "cannot read nowhere/linux/release"),
    (["--accept="], "--accept= wants a layer"),
])
def test_bad_command_lines(home, arguments, says):
    ran = compare(text(document({})), *arguments, cwd=home, with_json=False)
    assert ran.status == 3 and ran.err.count("\n") == 1 and says in ran.err and ran.out == ""


def test_a_file_that_cannot_be_read(home):
    ran = compare(text(document({})), "nowhere", cwd=home)
    assert ran.status == 2 and "cannot read nowhere" in ran.err
    assert compare(text(document({})), ".", cwd=home).status == 2


def test_help(home):
    ran = compare(None, "-h", cwd=home)
    assert ran.status == 0 and ran.out.startswith("usage: mmapconf compare")


def test_a_long_stream_takes_little_memory(home):
    """64 MB of console lines and one line of 16 MB, with 48 MB of address space."""
    lines = document({})
    noise = "[  123.456789] a line of the console\n" * 1000
    limit = 48 << 20
    process = subprocess.Popen([str(program(sanitized=False))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    process.stdin.write(text(lines[:20]).encode())
    for _ in range(1700):
        process.stdin.write(noise.encode())
    for _ in range(16):
        process.stdin.write(b"x" * (1 << 20))
    process.stdin.write(("\n" + text(lines[20:])).encode())
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and out.endswith(b"as expected\n")


# ---- properties ----

RESULTS = st.sampled_from(["ok", "ok", "mmap=ok want EEXIST", "SKIP env: not root", "SKIP absent: x", "CRASH SIGSEGV",
                           "TIMEOUT 2 s", "ERROR set-up"])
RUN = st.fixed_dictionaries({test: RESULTS for test in IDS})
# The layers expect some failures, so that known, changed and fixed come up too.
KNOWN = "# reason\nnot ok overlap.head.is_refused # mmap=ok want EEXIST\nskip overlap.tail.is_refused # absent: x\n"


def atomic(line):
    """A fact or a plan is one value without a checksum: half of one cannot be told from a whole one."""
    return line.startswith(("# fact", "1.."))


def mutate(data, lines, other):
    """Drops, duplicates, moves, splits, cuts and mixes in lines or bytes; returns the bytes."""
    lines = list(lines)
    for _ in range(data.draw(st.integers(1, 6))):
        if not lines:
            break
        what = data.draw(st.sampled_from(["drop", "double", "move", "swap", "split", "join", "cut", "bytes", "mix", "noise"]))
        at = data.draw(st.integers(0, len(lines) - 1))
        to = data.draw(st.integers(0, len(lines) - 1))
        n = data.draw(st.integers(1, 4))
        if what == "drop":
            del lines[at:at + n]
        elif what == "double":
            lines[to:to] = lines[at:at + n]
        elif what == "move":
            moved = lines[at:at + n]
            del lines[at:at + n]
            lines[to:to] = moved
        elif what == "swap":
            lines[at], lines[to] = lines[to], lines[at]
        elif what == "mix" and other:
            start = data.draw(st.integers(0, len(other) - 1))
            lines[at:at] = other[start:start + n]
        elif what == "noise":
            lines.insert(at, data.draw(st.sampled_from(["", "ok", "[ 1.000000] x", "# end", "\0", "KTAP version 1", "  ok 2"])))
        elif atomic(lines[at]):
            continue
        elif what == "split":
            cut = data.draw(st.integers(0, len(lines[at])))
            lines[at:at + 1] = [lines[at][:cut], lines[at][cut:]]
        elif what == "join":
            lines[at:at + 2] = ["".join(lines[at:at + 2])]
        elif what == "cut":
            del lines[at + 1:]
            lines[at] = lines[at][:data.draw(st.integers(0, len(lines[at])))]
        elif what == "bytes" and lines[at]:
            byte = data.draw(st.integers(0, len(lines[at]) - 1))
            lines[at] = lines[at][:byte] + lines[at][byte + n:]
    return text(lines).encode()


def lost(original, ran):
    """The tests that came in the original and now count for less, or fail the gate."""
    return {test for test, verdict in original.items() if ran.get(test) not in OK_VERDICTS}


@RUNS
@given(data=st.data(), run=RUN)
def test_no_mutilation_makes_a_pass(tmp_path, data, run):
    baselines(tmp_path, {"host/mmap/fixed_noreplace": KNOWN})
    lines = document(run)
    before = compare(text(lines), cwd=tmp_path, sanitized=False)
    after = compare(mutate(data, lines, lines), cwd=tmp_path, sanitized=False)
    verdicts = after.verdicts() if after.results else {}
    for test in IDS:
        was, now = before.verdicts()[test], verdicts.get(test)
        if now in ("pass", "backported", "fixed", "known", "skipped"):
            assert now == was, (test, was, now)
    if before.status == 1 or set(verdicts) != set(IDS) or lost(before.verdicts(), verdicts):
        assert after.status not in (0, 4)


@RUNS
@given(data=st.data(), run=RUN, other=RUN)
def test_no_mixture_of_two_runs_makes_a_pass(tmp_path, data, run, other):
    """
    What passed in neither does not pass. A test whose own lines were all replaced by the whole lines of another run cannot be
    told from one that passed, but then it passed there.
    """
    baselines(tmp_path)
    lines, others = document(run), document(other)
    after = compare(mutate(data, lines, others), cwd=tmp_path, sanitized=False)
    for test, verdict in (after.verdicts() if after.results else {}).items():
        if verdict == "pass":
            assert "ok" in (run[test], other[test])
    if after.status == 0:
        assert all(run[test] == "ok" or run[test].startswith("SKIP") or not is_bad(other[test]) for test in IDS)


@RUNS
@given(run=RUN, other=RUN, seed=st.integers(0, 1 << 30))
def test_two_whole_runs_line_by_line(tmp_path, run, other, seed):
    """Nothing is lost here, so a test that did not pass in one of them never passes."""
    baselines(tmp_path)
    chance, first, second, lines = random.Random(seed), document(run), document(other), []
    while first or second:
        source = first if first and (not second or chance.random() < 0.5) else second
        for _ in range(chance.choice([1, 1, 2, 5, 40])):
            if source:
                lines.append(source.pop(0))
    after = compare(text(lines), cwd=tmp_path, sanitized=False)
    assert after.status in (1, 2)
    for test, verdict in (after.verdicts() if after.results else {}).items():
        assert verdict not in ("pass", "fixed", "backported") or run[test] == other[test] == "ok"


@RUNS
@given(noise=st.binary(max_size=3000), at=st.integers(0, 80), run=RUN)
def test_any_bytes(tmp_path, noise, at, run):
    baselines(tmp_path)
    lines = document(run)
    stream = text(lines[:at]).encode() + noise + text(lines[at:]).encode()
    after = compare(stream, cwd=tmp_path, sanitized=False)
    for test, verdict in (after.verdicts() if after.results else {}).items():
        assert verdict != "pass" or run[test] == "ok"
    assert not any(is_bad(result) for result in run.values()) or after.status not in (0, 4)


def test_the_corpus_of_the_fuzzer(tmp_path):
    """The fuzz target builds, and its invariants hold on the inputs that were kept. A crash among them stays found."""
    sources = [TREE / "harness" / f"{name}.c" for name in SOURCES if name not in ("accept", "lint", "compare")]
    sanitizers = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
    built = run(need_tool("clang"), "-std=gnu11", "-D_GNU_SOURCE", "-DNO_MAIN", "-Wall", "-Wextra", "-Werror", "-O1",
                *sanitizers, "-o", tmp_path / "fuzz", TREE / "tests/fuzz/fuzz_stream.c", TREE / "tests/suite_stub.c", *sources)
    assert not built.returncode, built.stderr
    corpus = sorted((TREE / "tests/fuzz/corpus").iterdir())
    assert 0 < len(corpus) < 30
    ran = run(tmp_path / "fuzz", "-runs=0", *corpus, cwd=tmp_path)
    assert not ran.returncode, ran.stderr


# ---- the real program ----

REAL = TREE / "build" / "mmapconf"


@pytest.mark.skipif(not REAL.exists(), reason="build/mmapconf is not built")
def test_the_real_suite_reads_its_own_stream(tmp_path):
    """What `run` prints, `compare --accept` writes, and `compare` then finds as expected."""
    (tmp_path / "expected" / "linux").mkdir(parents=True)
    (tmp_path / "expected" / "linux" / "release").write_text("7.2\n")
    ids = subprocess.run([REAL, "list"], capture_output=True, text=True, timeout=60).stdout.split()
    case = ids[0].rsplit("/", 1)[0]
    stream = subprocess.run([REAL, "run", case], capture_output=True, cwd=tmp_path, timeout=120).stdout
    judge = [REAL, "compare", "--accept=linux", "-v"]
    accepted = subprocess.run(judge, input=stream, capture_output=True, cwd=tmp_path, timeout=60)
    assert accepted.returncode in (0, 1, 4), accepted.stderr
    again = subprocess.run([REAL, "compare", "-v"], input=stream, capture_output=True, cwd=tmp_path, timeout=60)
    shown = [line for line in again.stdout.decode().splitlines() if case in line]
    assert shown and all(line.split()[0] in ("pass", "known", "skipped", "unexpected") for line in shown)
    cut = stream[:stream.rindex(b"# end")]
    assert subprocess.run([REAL, "compare"], input=cut, capture_output=True, cwd=tmp_path, timeout=60).returncode == 1

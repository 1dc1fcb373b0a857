# SPDX-License-Identifier: GPL-2.0
"""runner.sh: options, statuses, scheduling and tidying up, against a stand-in for mmapconf that does as it is told."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import TOP, clean_environment, need_tool, run

RUNNER = TOP / "runner.sh"

# What it does is told by FAKE_*; what it was told is written to FAKE_LOG, a line for each call, the words in brackets.
FAKE = r"""#!/bin/sh
line=$1
number=0
for word in "$@"; do
	[ $((number += 1)) -eq 1 ] || line="$line [$word]"
done
printf '%s\n' "$line" >>"$FAKE_LOG" # in one piece: run and compare write at the same time

tests='mmap/a/global.one mmap/a/global.two mremap/b/global.three'
command=$1
shift

case $command in
list)
	case " $* " in
	*" nothing "*) echo "mmapconf list: nothing matches 'nothing'" >&2; exit 3 ;;
	esac
	printf '%s\n' $tests
	;;
run)
	echo "$MMAPCONF_DIR" >"$FAKE_LOG.dir"
	case ${FAKE_RUN:-ok} in
	silent) echo "cannot start" >&2; exit 126 ;;
	late) ;;
	hang)
		echo 'KTAP version 1'
		setsid sleep 1000 & echo $! >>"$FAKE_LOG.pids"
		(trap '' TERM; [ -z "$FAKE_STUBBORN" ] || while :; do sleep 1; done) & echo $! >>"$FAKE_LOG.pids"
		sleep 1000 & echo $! >>"$FAKE_LOG.pids"
		echo $$ >>"$FAKE_LOG.pids"
		touch "$MMAPCONF_DIR/left"
		chmod 0 "$MMAPCONF_DIR"
		touch "$FAKE_LOG.started"
		wait
		;;
	orphan) sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >>"$FAKE_LOG.pids" ;;
	esac
	echo "x" >>"$FAKE_LOG.rounds"
	round=$(wc -l <"$FAKE_LOG.rounds")
	echo 'KTAP version 1'
	status=0
	for id in $tests; do
		case ${FAKE_RUN:-ok}:$id:$round in
		skip:*) echo "ok $id # SKIP env: told to" ;;
		fail:*.two:* | flaky:*.two:*[13579]) echo "not ok $id"; status=1 ;;
		*) echo "ok $id" ;;
		esac
	done
	[ "${FAKE_RUN:-ok}" != skip ] || status=4
	[ "${FAKE_RUN:-ok}" != late ] || status=77
	exit $status
	;;
compare)
	file=- json=/dev/null failed=/dev/null
	while [ $# -gt 0 ]; do
		case $1 in
		--do-not-run) printf '%s' "${FAKE_KEEP_OUT:-}"; exit 0 ;;
		--why) echo "because of $2"; exit 0 ;;
		--json) json=$2; shift ;;
		--failed) failed=$2; shift ;;
		--baselines | --target | --target-version | --target-linux | --expected | --reference | -x | --shard | --repeat-command) shift ;;
		--) break ;;
		-*) ;;
		*) file=$1 ;;
		esac
		shift
	done
	stream=$(cat -- "$file")
	case $stream in
	*'KTAP version'*) ;;
	*) echo "mmapconf compare: no usable stream" >&2; exit 2 ;;
	esac
	echo '{"schema": 1}' >"$json"
	printf '%s\n' "$stream" | sed -n 's/^not ok //p' >"$failed"
	passed=$(printf '%s\n' "$stream" | grep -c '^ok')
	echo "$passed passed"
	case $stream in
	*'not ok'*) exit 1 ;;
	*SKIP*) exit 4 ;;
	esac
	;;
esac
"""


class Fake:
    """A build folder with the stand-in, and what it was told."""

    def __init__(self, path):
        self.build = path / "build"
        self.build.mkdir()
        self.log = path / "log"
        image = self.build / "mmapconf"
        image.write_text(FAKE)
        image.chmod(0o755)
        self.environment = {"MMAPCONF_BUILD": self.build, "FAKE_LOG": self.log}

    def run(self, *words, shell=(), **more):
        return run(*shell, RUNNER, *words, **{**self.environment, **more})

    def calls(self, command):
        """The words that were given to a command of mmapconf, a list for each call."""
        if not self.log.exists():
            return []
        lines = [line for line in self.log.read_text().splitlines() if line.split(" ")[0] == command]
        return [re.findall(r"\[(.*?)\](?= \[|$)", line) for line in lines]

    def one_call(self, command):
        (call,) = self.calls(command)
        return call

    def nothing_is_left(self):
        return os.listdir(self.build) == ["mmapconf"]


@pytest.fixture
def fake(tmp_path):
    return Fake(tmp_path)


def value(words, option):
    return words[words.index(option) + 1]


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# ---- statuses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
@pytest.mark.parametrize(
    "told, status", [("ok", 0), ("fail", 1), ("silent", 2), ("skip", 4), ("late", 2)], ids=lambda word: str(word)
)
def test_status_is_that_of_the_judged_run(fake, shell, told, status):
    need_tool(shell[0])
    result = fake.run(shell=shell, FAKE_RUN=told)
    assert result.returncode == status, result.stderr
    assert fake.nothing_is_left()
    if told == "silent":
        assert "target host gave no results (it ended with status 126)" in result.stderr
    elif told == "late":
        assert "target host ended with status 77 after its results" in result.stderr
    else:
        assert result.stderr == ""


@pytest.mark.parametrize("told, status", [("ok", 0), ("fail", 1), ("silent", 125), ("skip", 125)])
def test_bisect_turns_what_could_not_be_judged_into_125(fake, told, status):
    assert fake.run("--bisect", FAKE_RUN=told).returncode == status


def test_bisect_holds_for_usage_errors_wherever_it_stands(fake):
    assert fake.run("--bogus", "--bisect").returncode == 125
    assert fake.run("nothing", "--bisect").returncode == 125


def test_nothing_matches_is_usage_and_starts_nothing(fake):
    result = fake.run("nothing")
    assert result.returncode == 3
    assert "nothing matches" in result.stderr
    assert fake.calls("run") == []


def test_what_the_target_leaves_running_is_killed(fake):
    result = fake.run(FAKE_RUN="orphan")
    assert result.returncode == 0
    assert "left processes behind" in result.stderr
    (pid,) = pathlib.Path(f"{fake.log}.pids").read_text().split()
    assert not alive(pid)


# ---- options -------------------------------------------------------------------------------------------------------

BAD = [
    (["--bogus"], "unknown option '--bogus'"),
    (["-z"], "unknown option '-z'"),
    (["-qv"], "unknown option '-qv'"),
    (["--setup=1"], "--setup takes no value"),
    (["--shard"], "--shard needs a value"),
    (["--shard="], "--shard needs a value"),
    (["-j"], "-j needs a value"),
    (["-j", "0"], "-j needs a number from 1, not '0'"),
    (["-j", "two"], "-j needs a number from 1, not 'two'"),
    (["-i", "-1"], "-i needs a number from 1, not '-1'"),
    (["-L", "1.5"], "-L needs a number from 1, not '1.5'"),
    (["--timeout-mul", "0"], "--timeout-mul needs a number above 0, not '0'"),
    (["--timeout-mul", "1.2.3"], "--timeout-mul needs a number above 0, not '1.2.3'"),
    (["--timeout-mul", "fast"], "--timeout-mul needs a number above 0, not 'fast'"),
    (["--max-time", "0"], "--max-time needs a number of seconds from 1, not '0'"),
    (["--max-time", "1.5"], "--max-time needs a number of seconds from 1, not '1.5'"),
    (["--max-time=1m"], "--max-time needs a number of seconds from 1, not '1m'"),
    (["--max-time=1000000"], "--max-time needs a number of seconds from 1, not '1000000'"),
    (["--max-time"], "--max-time needs a value"),
    (["--list", "--max-time=9"], "--max-time cannot be combined with --list"),
    (["--shard", "3"], "--shard needs K/N with K from 1 to N, not '3'"),
    (["--shard", "3/2"], "--shard needs K/N with K from 1 to N, not '3/2'"),
    (["--shard", "0/2"], "--shard needs K/N with K from 1 to N, not '0/2'"),
    (["--shard", "1/2/3"], "--shard needs K/N with K from 1 to N, not '1/2/3'"),
    (["--shuffle=x"], "--shuffle needs a number from 1, not 'x'"),
    (["--shuffle="], "--shuffle= needs a value"),
    (["--accept="], "--accept= needs a value"),
    (["--reference", "6.1"], "--reference needs linux-X.Y, not '6.1'"),
    (["--expected", "/nonexistent"], "--expected: no folder '/nonexistent'"),
    (["--image", "/nonexistent"], "--image: cannot read '/nonexistent'"),
    (["--compare", "/nonexistent"], "--compare: cannot read '/nonexistent'"),
    (["-E", "/nonexistent"], "-E: cannot read '/nonexistent'"),
    (["--target", "nowhere"], "unknown target 'nowhere' (there are:"),
    (["--target", "../targets/host"], "unknown target '../targets/host' (there are:"),
    (["--target", "host:x"], "target host takes no argument, not 'x'"),
    (["--target", "exec"], "target exec needs a command"),
    (["--target", "ssh"], "target ssh needs [user@]host[:port], not ''"),
    (["--target", "ssh:-oProxyCommand=x"], "target ssh needs [user@]host[:port], not '-oProxyCommand=x'"),
    (["--report", "/nonexistent/dir"], "--report: no folder '/nonexistent' to make it in"),
    (["--report", ".."], "--report: '..' is no name of a folder"),
    (["--diff", "a"], "--diff needs two folders"),
    (["--diff", "/nonexistent", "/"], "--diff: no folder '/nonexistent'"),
    ([""], "an empty argument"),
    (["a\nb"], "a newline in one"),
    (["--raw", "--report", "x"], "--report cannot be combined with --raw"),
    (["--report", "x", "--raw"], "--report cannot be combined with --raw"),
    (["--raw", "--accept"], "--accept cannot be combined with --raw"),
    (["--raw", "-i", "2"], "-i cannot be combined with --raw"),
    (["--raw", "-q"], "-q cannot be combined with --raw"),
    (["--raw", "--list"], "--list cannot be combined with --raw"),
    (["--compare", "/dev/null", "-j", "2"], "-j cannot be combined with --compare"),
    (["--compare", "/dev/null", "--shuffle"], "--shuffle cannot be combined with --compare"),
    (["--compare", "/dev/null", "--setup"], "--setup cannot be combined with --compare"),
    (["--list", "-j2"], "-j cannot be combined with --list"),
    (["--why", "mmap/a/global.one", "mremap/*"], "a GLOB cannot be combined with --why"),
    (["--diff", "/", "/", "--no-skips"], "--no-skips cannot be combined with --diff"),
    (["--accept", "-i2"], "--accept cannot be combined with -i"),
    (["--accept", "-L2"], "--accept cannot be combined with -L"),
    (["-i2", "-L2"], "-i cannot be combined with -L"),
    (["-q", "-v"], "-q cannot be combined with -v"),
    (["--matrix", "--report", "/tmp/x"], "--matrix needs the targets to run on"),
    (["--matrix", "host"], "--matrix needs --report DIR, the folder to write"),
    (["--matrix", "host", "mmap/*", "--report", "/tmp/x"], "unknown target 'mmap/*' (there are:"),
    (["--matrix", "host", "gvisor", "host", "--report", "/tmp/x"], "'host' is given twice, or another has the same folder 'host'"),
    (["--matrix", "exec:a b", "exec:a:b", "--report", "/tmp/x"], "another has the same folder 'exec-a-b'"),
    (["--matrix", "host", "exec", "--report", "/tmp/x"], "target exec needs a command"),
    (["--matrix", "host", "--report", "/nonexistent/x"], "--report: no folder '/nonexistent' to make it in"),
    (["--matrix", "host", "--target", "host"], "--target cannot be combined with --matrix"),
    (["--matrix", "host", "--accept"], "--accept cannot be combined with --matrix"),
    (["--matrix", "host", "-L2"], "-L cannot be combined with --matrix"),
    (["--matrix", "--raw"], "--raw cannot be combined with --matrix"),
]


@pytest.mark.parametrize("words, complaint", BAD, ids=[" ".join(words).replace("\n", "~") for words, _ in BAD])
def test_bad_usage_is_one_line_that_names_it(fake, words, complaint):
    result = fake.run(*words)
    assert result.returncode == 3, result.stderr
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == (2 if "a\nb" in words else 1)
    assert result.stdout == ""
    assert fake.calls("run") == []
    assert fake.nothing_is_left()


def test_options_stand_before_and_after_globs_in_both_forms(fake):
    result = fake.run("mmap/*", "-j3", "-x", "*two*", "--shard=1/2", "mremap/", "-t", "brk", "--", "-odd")
    assert result.returncode == 0, result.stderr
    words = fake.one_call("run")
    assert value(words, "-j") == "3"
    assert value(words, "-x") == "*two*"
    assert value(words, "--shard") == "1/2"
    assert words[-4:] == ["mmap/*", "mremap/", "brk", "-odd"]
    judged = fake.calls("compare")[-1]
    assert judged[judged.index("--") + 1 :] == ["mmap/*", "mremap/", "brk", "-odd"]
    assert value(judged, "-x") == "*two*"
    assert value(judged, "--shard") == "1/2"


def test_patterns_are_not_expanded_against_files(fake, tmp_path):
    (tmp_path / "mmap").mkdir()
    (tmp_path / "mmap" / "a").touch()
    assert run(RUNNER, "mmap/*", cwd=tmp_path, **fake.environment).returncode == 0
    assert fake.one_call("run")[-1] == "mmap/*"


def test_a_pattern_with_blanks_and_quotes_stays_one_word(fake):
    assert fake.run("-x", "a 'b' $c `d`", "e  f").returncode == 0
    words = fake.one_call("run")
    assert value(words, "-x") == "a 'b' $c `d`"
    assert words[-1] == "e  f"


def test_run_options_reach_the_target(fake):
    assert fake.run("--no-fork", "--system", "--shuffle=7", "--timeout-mul", "2.5").returncode == 0
    words = fake.one_call("run")
    assert {"--no-fork", "--system", "--shuffle=7"} <= set(words)
    assert value(words, "--timeout-mul") == "3", "whole numbers, rounded up"


def test_time_limits_are_multiplied_by_the_factor_of_the_target(fake):
    assert fake.run("--target", "exec:env", TIMEOUT_MUL=1.5).returncode == 0
    assert value(fake.one_call("run"), "--timeout-mul") == "15"


def test_judging_options_reach_the_comparison(fake, tmp_path):
    mine = tmp_path / "my expectations"
    mine.mkdir()
    result = run(
        RUNNER, "--expected", "my expectations", "--expected", mine, "--reference", "linux-6.1", "--no-skips", "-v",
        "--accept=gvisor", cwd=tmp_path, **fake.environment,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    words = fake.calls("compare")[-1]
    assert [words[i + 1] for i, word in enumerate(words) if word == "--expected"] == [str(mine)] * 2
    assert value(words, "--reference") == "linux-6.1"
    assert {"--no-skips", "-v", "--accept=gvisor"} <= set(words)
    assert value(words, "--target") == "host"
    assert value(words, "--target-linux") == "yes"
    assert value(words, "--baselines") == str(TOP / "expected")


def test_the_command_to_repeat_a_test_has_the_options_that_matter(fake, tmp_path):
    mine = tmp_path / "my expectations"
    mine.mkdir()
    fake.run("--target=exec:env A=b", "--expected", mine, "--reference=linux-6.1", "--system", "mmap/*", "-j2")
    command = value(fake.calls("compare")[-1], "--repeat-command")
    assert command == (
        f"{RUNNER} --target 'exec:env A=b' --expected '{mine}' --reference linux-6.1 --system"
    )


def test_what_a_do_not_run_line_keeps_out_is_left_out_of_the_run_but_judged(fake):
    assert fake.run(FAKE_KEEP_OUT="mmap/a/global.one\nmmap/a/global.two\n").returncode == 0
    words = fake.one_call("run")
    assert [words[i + 1] for i, word in enumerate(words) if word == "-x"] == ["mmap/a/global.one", "mmap/a/global.two"]
    assert "-x" not in fake.calls("compare")[-1]


def test_patterns_of_a_file_are_left_out(fake, tmp_path):
    (tmp_path / "out").write_text("# crashes here\nmmap/a*   # all\n\n  mremap/b/global.*\r\n")
    result = run(RUNNER, "-E", "out", "-x", "brk", cwd=tmp_path, **fake.environment)
    assert result.returncode == 0, result.stderr
    words = fake.one_call("run")
    assert [words[i + 1] for i, word in enumerate(words) if word == "-x"] == ["mmap/a*", "mremap/b/global.*", "brk"]


@pytest.mark.parametrize(
    "variables, words, shard",
    [
        ({"TEST_SHARD_INDEX": 0, "TEST_TOTAL_SHARDS": 4}, [], "1/4"),
        ({"TEST_SHARD_INDEX": 3, "TEST_TOTAL_SHARDS": 4}, [], "4/4"),
        ({"TEST_SHARD_INDEX": 3, "TEST_TOTAL_SHARDS": 4}, ["--shard", "1/2"], "1/2"),
    ],
)
def test_shard_from_the_environment(fake, variables, words, shard):
    assert fake.run(*words, **variables).returncode == 0
    assert value(fake.one_call("run"), "--shard") == shard


@pytest.mark.parametrize("index", ["4", "-1", "08", "x", None])
def test_shard_of_the_environment_out_of_range(fake, index):
    result = fake.run(TEST_TOTAL_SHARDS=4, TEST_SHARD_INDEX=index)
    assert result.returncode == 3
    assert "TEST_SHARD_INDEX=" in result.stderr


def test_shuffle_prints_a_seed_that_repeats_the_order(fake):
    result = fake.run("--shuffle")
    (seed,) = re.findall(r"--shuffle=(\d+) repeats", result.stderr)
    assert f"--shuffle={seed}" in fake.one_call("run")
    assert fake.run(f"--shuffle={seed}").returncode == 0
    assert f"--shuffle={seed}" in fake.calls("run")[1]


# ---- repeating -----------------------------------------------------------------------------------------------------


def test_repeated_runs_are_all_judged_and_the_worst_counts(fake):
    result = fake.run("-i", "4", FAKE_RUN="flaky")
    assert result.returncode == 1
    assert re.findall("run . of 4: .*", result.stdout) == [
        "run 1 of 4: not as expected",
        "run 2 of 4: as expected",
        "run 3 of 4: not as expected",
        "run 4 of 4: as expected",
    ]
    assert len(fake.calls("run")) == 4


def test_what_failed_is_run_again_and_its_rate_told(fake):
    result = fake.run("-L", "4", FAKE_RUN="flaky")
    assert result.returncode == 1, "a flaky test has failed"
    assert "  2/4 mmap/a/global.two\n" in result.stdout
    again = fake.calls("run")[1:]
    assert len(again) == 4
    assert all(words[-1] == "mmap/a/global.two" for words in again)


def test_repeating_what_failed_does_nothing_when_nothing_failed(fake):
    result = fake.run("-L", "4")
    assert result.returncode == 0
    assert len(fake.calls("run")) == 1


# ---- other ways of working -----------------------------------------------------------------------------------------


def test_raw_prints_the_stream_alone(fake):
    result = fake.run("--raw", FAKE_RUN="fail")
    assert result.returncode == 1
    assert result.stdout.splitlines()[0] == "KTAP version 1"
    assert len(result.stdout.splitlines()) == 4
    assert len(fake.calls("compare")) == 1, "only what is not to be run is asked"


def test_raw_of_a_target_that_fails(fake):
    result = fake.run("--raw", FAKE_RUN="silent")
    assert result.returncode == 2
    assert "target host ended with status 126" in result.stderr


def test_list_runs_nothing(fake):
    result = fake.run("-l", "mmap/*", "-x", "*two*", TEST_TOTAL_SHARDS=2, TEST_SHARD_INDEX=0)
    assert result.returncode == 0
    assert "mmap/a/global.one" in result.stdout
    assert fake.one_call("list")[-1] == "mmap/*"
    assert fake.calls("run") == []


def test_dry_run_says_what_would_be_run(fake):
    result = fake.run("-n", "-j2", "-i3", "mmap/*")
    assert result.returncode == 0
    assert "tests: 3" in result.stdout
    assert "runs: 3, jobs: 2, time limits: x 1" in result.stdout
    assert "'mmap/*'" in result.stdout
    assert fake.calls("run") == []
    assert fake.nothing_is_left()


def test_why(fake):
    result = fake.run("--why", "mmap/a/global.one", "--target", "gvisor")
    assert result.returncode == 0
    assert result.stdout == "because of mmap/a/global.one\n"
    assert value(fake.one_call("compare"), "--target") == "gvisor"


@pytest.mark.parametrize("log, status", [("KTAP version 1\nok x\n", 0), ("KTAP version 1\nnot ok x\n", 1), ("boot\n", 2)])
@pytest.mark.parametrize("way", ["file", "standard input"])
def test_a_recorded_log_is_judged_without_running(fake, tmp_path, log, status, way):
    if way == "file":
        (tmp_path / "serial.log").write_text(log)
        result = run(RUNNER, "--compare", "serial.log", cwd=tmp_path, **fake.environment)
    else:
        result = run(RUNNER, "--compare", "-", stdin=log, **fake.environment)
    assert result.returncode == status, result.stderr
    assert fake.calls("run") == []
    assert "--target" not in fake.one_call("compare")
    assert fake.nothing_is_left()


def test_a_recorded_log_is_judged_as_that_of_a_target_of_any_version(fake, tmp_path):
    (tmp_path / "log").write_text("KTAP version 1\nok x\n")
    assert fake.run("--compare", tmp_path / "log", "--target", "gvisor").returncode == 0
    words = fake.one_call("compare")
    assert value(words, "--target") == "gvisor"
    assert value(words, "--target-linux") == "no"
    assert "--target-version" not in words


def test_help_says_all_options(fake):
    result = fake.run("--help")
    assert result.returncode == 0
    assert result.stderr == ""
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    known = re.findall(r"(?m)^\t(-[A-Za-z|\- ]+)\)", RUNNER.read_text())
    assert len(known) > 25
    for option in " | ".join(known).split(" | "):
        assert re.search(rf"(?m)(^|[ ,]){re.escape(option)}\b", result.stdout), option


def test_target_help_lists_every_target(fake):
    result = fake.run("--target", "help")
    assert result.returncode == 0
    for file in (TOP / "harness" / "targets").iterdir():
        if os.access(file, os.X_OK):
            assert re.search(rf"(?m)^{re.escape(file.name)}\b", result.stdout), file.name


# ---- where it runs -------------------------------------------------------------------------------------------------


def test_scratch_folders_are_the_users_or_fresh(fake, tmp_path):
    assert fake.run().returncode == 0
    fresh = pathlib.Path(f"{fake.log}.dir").read_text().strip()
    assert fresh.startswith(f"{fake.build}/")
    assert fake.run(MMAPCONF_DIR=f"{tmp_path}:/dev/shm").returncode == 0
    assert pathlib.Path(f"{fake.log}.dir").read_text().strip() == f"{tmp_path}:/dev/shm"


def test_a_build_folder_without_the_image_is_named(tmp_path):
    result = run(RUNNER, MMAPCONF_BUILD=tmp_path)
    assert result.returncode == 2
    assert result.stderr == f"runner.sh: MMAPCONF_BUILD: there is no mmapconf in '{tmp_path}' (make O=... builds one)\n"


# ---- building ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path, fake):
    """A copy of the front door over a Makefile that builds the stand-in and counts its builds."""
    tree = tmp_path / "tree"
    for part in ("cases", "expected", "spec", "harness"):
        (tree / part).mkdir(parents=True)
    shutil.copy(RUNNER, tree / "runner.sh")
    for script in (TOP / "harness").glob("*.sh"):
        shutil.copy(script, tree / "harness")
    shutil.copytree(TOP / "harness" / "targets", tree / "harness" / "targets")
    (tree / "cases" / "a.c").write_text("\n")
    (tree / "Makefile").write_text(
        "build/mmapconf: cases/a.c\n"
        "\t@grep -q broken cases/a.c && { echo 'a.c:1: broken' >&2; exit 1; } || mkdir -p build\n"
        f"\t@cp {fake.build}/mmapconf $@ && touch $@ && echo x >>builds\n"
    )
    return tree


def builds(tree):
    return (tree / "builds").read_text().count("x")


def test_it_builds_what_is_missing_or_old(tree, fake):
    environment = {"FAKE_LOG": fake.log}
    assert run(tree / "runner.sh", **environment).returncode == 0
    assert builds(tree) == 1
    assert run(tree / "runner.sh", **environment).returncode == 0
    assert builds(tree) == 1
    later = time.time() + 2
    os.utime(tree / "cases" / "a.c", (later, later))
    assert run(tree / "runner.sh", **environment).returncode == 0
    assert builds(tree) == 2
    assert sorted(os.listdir(tree / "build")) == ["mmapconf"]


def test_a_broken_build_is_a_failure_of_the_set_up(tree, fake):
    (tree / "cases" / "a.c").write_text("broken\n")
    result = run(tree / "runner.sh", FAKE_LOG=fake.log)
    assert result.returncode == 2
    assert "a.c:1: broken" in result.stderr
    assert "the build failed" in result.stderr


@pytest.mark.parametrize("missing", ["make", "cc"])
def test_without_the_tools_to_build_setup_is_named(tree, tmp_path, missing):
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in {"sh", "dirname", "sed", "find", "head", "make", "cc"} - {missing}:
        (tools / tool).symlink_to(need_tool(tool))
    result = run("/bin/sh", tree / "runner.sh", PATH=tools)
    assert result.returncode == 2
    assert result.stderr == f"runner.sh: building needs '{missing}': ./runner.sh --setup installs it\n"


def test_setup_installs_builds_and_goes_on(tree, fake, tmp_path):
    (tree / "harness" / "deps.sh").write_text(f'echo "installing"; touch {tmp_path}/installed\n')
    result = run(tree / "runner.sh", "--setup", FAKE_LOG=fake.log)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "installed").exists()
    assert "3 passed" in result.stdout
    (tree / "harness" / "deps.sh").write_text('echo "cannot" >&2; exit 2\n')
    result = run(tree / "runner.sh", "--setup", FAKE_LOG=fake.log)
    assert result.returncode == 2
    assert "passed" not in result.stdout


# ---- interruption --------------------------------------------------------------------------------------------------


def interrupt(fake, signals, command=(RUNNER,), words=(), begun=4, **more):
    """
    Starts a run that hangs, and when so many processes have begun sends the signals, a second apart; its status, and the seconds
    from the first to the end.
    """
    process = subprocess.Popen(
        [*command, *words, "--report", fake.build.parent / "report"],
        env=clean_environment(**fake.environment, FAKE_RUN="hang", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        started = pathlib.Path(f"{fake.log}.started")
        deadline = time.monotonic() + 20
        while not started.exists() or len(pathlib.Path(f"{fake.log}.pids").read_text().split()) < begun:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        begin = time.monotonic()
        for number, name in enumerate(signals):
            time.sleep(number and 1)
            process.send_signal(name)
        output, _ = process.communicate(timeout=30)
    finally:
        process.terminate()  # where the test itself failed
        process.wait()
    return process.returncode, time.monotonic() - begin, output


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
@pytest.mark.parametrize("name, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing(fake, shell, name, status):
    need_tool(shell[0])
    code, seconds, output = interrupt(fake, [name], [*shell, RUNNER])
    assert code == status, output
    assert "runner.sh: interrupted\n" in output
    assert "passed" not in output, "what was cut off is not judged"
    pids = pathlib.Path(f"{fake.log}.pids").read_text().split()
    assert len(pids) == 4
    assert not [pid for pid in pids if alive(pid)]
    assert fake.nothing_is_left()
    assert not [name for name in os.listdir(fake.build.parent) if name.startswith("report")]
    assert seconds < 5


def test_a_second_interrupt_does_not_wait_for_the_stubborn(fake):
    code, seconds, output = interrupt(fake, [signal.SIGINT, signal.SIGINT], FAKE_STUBBORN=1)
    assert code == 130, output
    assert not [pid for pid in pathlib.Path(f"{fake.log}.pids").read_text().split() if alive(pid)]
    assert fake.nothing_is_left()
    assert seconds < 5


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
def test_an_interrupted_run_that_nobody_reads_any_more_leaves_nothing(fake, shell):
    need_tool(shell[0])
    process = subprocess.Popen(
        [*shell, str(RUNNER)],
        env=clean_environment(**fake.environment, FAKE_RUN="hang"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        started = pathlib.Path(f"{fake.log}.started")
        deadline = time.monotonic() + 20
        while not started.exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        process.stdout.close()
        process.stderr.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    finally:
        process.terminate()
        process.wait()
    assert not [pid for pid in pathlib.Path(f"{fake.log}.pids").read_text().split() if alive(pid)]
    assert fake.nothing_is_left()


def test_output_that_nobody_reads_ends_the_run(fake):
    result = run("bash", "-c", f"set -o pipefail; {RUNNER} | true", **fake.environment)
    assert (result.returncode, result.stderr) == (141, "")
    assert fake.nothing_is_left()


# ---- the time of a run ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
def test_a_run_that_takes_too_long_is_stopped_and_judged(fake, shell):
    need_tool(shell[0])
    begin = time.monotonic()
    result = fake.run("--max-time", "1", FAKE_RUN="hang", shell=shell, timeout=30)
    assert 5 < time.monotonic() - begin < 15
    assert "runner.sh: target host: stopped after 1 s (--max-time); what has no result is missing\n" in result.stderr
    assert "0 passed" in result.stdout, "what came is judged"
    assert result.returncode == 2, "all that came, says the stand-in, is as expected; but the target did not end"
    pids = pathlib.Path(f"{fake.log}.pids").read_text().split()
    assert len(pids) == 4
    assert not [pid for pid in pids if alive(pid)]
    assert fake.nothing_is_left()


@pytest.mark.parametrize("words, variable, told", [([], None, ""), (["--max-time=70"], 80, "70"), ([], 80, "80")])
def test_the_target_is_told_how_long_it_may_take(fake, tmp_path, words, variable, told):
    (tmp_path / "tell").write_text(f'#!/bin/sh\necho "$MMAPCONF_MAX_TIME" >{tmp_path}/told\nexec "$@"\n')
    (tmp_path / "tell").chmod(0o755)
    begin = time.monotonic()
    result = fake.run("--target", f"exec:{tmp_path}/tell", *words, MMAPCONF_MAX_TIME=variable)
    assert (result.returncode, result.stderr) == (0, "")
    assert time.monotonic() - begin < 5, "a run that ends is not waited for"
    assert (tmp_path / "told").read_text() == f"{told}\n"


def test_a_bad_time_in_the_environment_is_named(fake):
    result = fake.run(MMAPCONF_MAX_TIME="soon")
    assert (result.returncode, result.stderr) == (3, "runner.sh: MMAPCONF_MAX_TIME needs a number of seconds from 1, not 'soon'\n")


# ---- reports -------------------------------------------------------------------------------------------------------


@pytest.fixture
def reporting(tree, fake):
    """The tree with a stand-in for the program that renders a report."""
    (tree / "harness" / "report").mkdir()
    render = tree / "harness" / "report" / "render.py"
    render.write_text(
        "import os, pathlib, sys\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "if os.environ.get('FAKE_RENDER') == 'fails': sys.exit(1)\n"
        "assert (folder / 'results.json').exists() and (folder / 'results.ktap').exists()\n"
        "(folder / 'index.html').touch(); (folder / 'junit.xml').touch()\n"
    )

    def call(*words, **more):
        return run(tree / "runner.sh", *words, **{**fake.environment, **more})

    return call


WHOLE = ["index.html", "junit.xml", "results.json", "results.ktap"]


@pytest.mark.parametrize("way", ["absolute", "relative"])
def test_it_runs_from_any_folder_and_paths_are_the_users(reporting, tree, fake, tmp_path, way):
    runner = tree / "runner.sh" if way == "absolute" else os.path.relpath(tree / "runner.sh", tmp_path)
    (tmp_path / "image").symlink_to(fake.build / "mmapconf")
    result = run(runner, "--image", "image", "--report", "here", cwd=tmp_path, **fake.environment)
    assert result.returncode == 0, result.stderr
    assert sorted(os.listdir(tmp_path / "here")) == WHOLE


@pytest.mark.parametrize("told, status", [("ok", 0), ("fail", 1), ("skip", 4)])
def test_a_report_is_whole_whatever_the_result(reporting, tmp_path, told, status):
    result = reporting("--report", tmp_path / "r", FAKE_RUN=told)
    assert result.returncode == status, result.stderr
    assert sorted(os.listdir(tmp_path / "r")) == WHOLE
    assert (tmp_path / "r" / "results.ktap").read_text().startswith("KTAP version 1\n")
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith("r")) == ["r"]


def test_a_report_of_ours_is_replaced(reporting, tmp_path):
    (tmp_path / "r").mkdir()
    assert reporting("--report", tmp_path / "r").returncode == 0, "an empty folder is nobody's"
    assert reporting("--report", f"{tmp_path}/r/", FAKE_RUN="fail").returncode == 1
    assert "not ok" in (tmp_path / "r" / "results.ktap").read_text()
    assert sorted(os.listdir(tmp_path / "r")) == WHOLE


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_what_is_not_ours_is_left_alone(reporting, tmp_path, what, fake):
    precious = tmp_path / "r"
    if what == "folder":
        precious.mkdir()
        (precious / "results.ktap").touch()
        (precious / "thesis.tex").write_text("years of work")
    elif what == "file":
        precious.write_text("years of work")
    else:
        (tmp_path / "elsewhere").mkdir()
        precious.symlink_to("elsewhere")
    result = reporting("--report", precious)
    assert result.returncode == 3
    assert ("thesis.tex" if what == "folder" else "is no folder") in result.stderr
    assert fake.calls("run") == [], "it is said before the run"
    assert precious.is_symlink() or (precious / "thesis.tex").exists() or precious.read_text() == "years of work"


@pytest.mark.parametrize("reason", ["no results", "rendering fails"])
def test_a_report_that_cannot_be_whole_is_not_written(reporting, tmp_path, reason, fake):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "results.ktap").write_text("old")
    how = {"FAKE_RUN": "silent"} if reason == "no results" else {"FAKE_RENDER": "fails"}
    result = reporting("--report", tmp_path / "r", **how)
    assert result.returncode == 2
    assert "is not written" in result.stderr
    assert (tmp_path / "r" / "results.ktap").read_text() == "old"
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith("r")) == ["r"]
    assert fake.nothing_is_left()


@pytest.mark.parametrize("told, status", [("ok", 2), ("fail", 1)])
def test_without_jinja_the_report_is_incomplete_and_says_so(tree, fake, tmp_path, told, status):
    # A stand-in for both interpreters that the runner asks.
    runner = (tree / "runner.sh").read_text().replace("/usr/bin/python3 python3", "/bin/false false")
    (tree / "runner.sh").write_text(runner)
    result = run(tree / "runner.sh", "--report", tmp_path / "r", **fake.environment, FAKE_RUN=told)
    assert result.returncode == status
    assert "python3-jinja2" in result.stderr
    assert sorted(os.listdir(tmp_path / "r")) == ["results.json", "results.ktap"]


def test_the_report_of_repeated_runs_is_that_of_the_first_worst(reporting, tmp_path):
    assert reporting("--report", tmp_path / "r", "-i", "4", FAKE_RUN="flaky").returncode == 1
    assert "not ok" in (tmp_path / "r" / "results.ktap").read_text()


def test_a_recorded_log_becomes_a_report(reporting, tmp_path):
    (tmp_path / "log").write_text("KTAP version 1\nok x\n")
    result = reporting("--report", tmp_path / "r", "--compare", tmp_path / "log")
    assert result.returncode == 0, result.stderr
    assert sorted(os.listdir(tmp_path / "r")) == WHOLE


# ---- several targets -----------------------------------------------------------------------------------------------


@pytest.fixture
def several(reporting, tree, tmp_path):
    """--matrix with stand-ins for the pages, on a machine of two processors."""
    (tree / "harness" / "report" / "matrix.py").write_text(
        "import os, pathlib, sys\n"
        "if os.environ.get('FAKE_MATRIX') == 'fails': sys.exit(2)\n"
        "names = [pathlib.Path(word).name for word in sys.argv[2:]]\n"
        "(pathlib.Path(sys.argv[1]) / 'matrix.html').write_text(' '.join(names))\n"
    )
    (tree / "harness" / "report" / "divergences.py").write_text(
        "import os, sys; print(len(sys.argv) - 3); sys.exit(os.environ.get('FAKE_MATRIX') == 'no list')\n"
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "getconf").write_text("#!/bin/sh\necho 2\n")
    (tmp_path / "bin" / "getconf").chmod(0o755)

    def call(*words, **more):
        return reporting("--matrix", *words, PATH=f"{tmp_path}/bin:{os.environ['PATH']}", **more)

    return call


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
def test_several_targets_make_one_page_and_the_worst_status(several, fake, tree, tmp_path, shell):
    need_tool(shell[0])
    result = run(
        *shell, tree / "runner.sh", "--matrix", "exec:env FAKE_RUN=skip", "-t", "mmap/*", "host", "exec:env FAKE_RUN=fail",
        "exec:env FAKE_RUN=silent", "-x", "*two*", "--shard=1/2", "--report", "out", cwd=tmp_path, **fake.environment,
    )  # fmt: skip
    assert result.returncode == 2
    names = ["exec-env-FAKE_RUN-skip", "host", "exec-env-FAKE_RUN-fail"]
    assert sorted(os.listdir(tmp_path / "out")) == sorted([*names, "divergences.md", "matrix.html"])
    assert (tmp_path / "out" / "matrix.html").read_text() == " ".join(names), "without what gave no results"
    assert (tmp_path / "out" / "divergences.md").read_text() == "3\n"
    for name in names:
        assert sorted(os.listdir(tmp_path / "out" / name)) == WHOLE
    assert "not ok" in (tmp_path / "out" / names[2] / "results.ktap").read_text()
    # What each printed, in the order of the targets.
    assert re.sub("==> exec:env FAKE_RUN=", "", result.stdout).splitlines() == [
        "skip", "3 passed", "==> host", "3 passed", "fail", "2 passed", "silent"]  # fmt: skip
    # A line for each as it ends, and below it what it complained of.
    lines = result.stderr.splitlines()
    assert sorted(re.sub(r"\d+ s$", "", line.partition(" of 4: ")[2]) for line in lines if " of 4: " in line) == [
        "exec:env FAKE_RUN=fail: not as expected, ", "exec:env FAKE_RUN=silent: failed to run, ",
        "exec:env FAKE_RUN=skip: all skipped, ", "host: as expected, "]  # fmt: skip
    assert "  runner.sh: target exec gave no results (it ended with status 126)" in lines
    assert lines[-1] == f"report: {tmp_path}/out/matrix.html"
    assert fake.nothing_is_left() and ".XXX" not in str(os.listdir(tmp_path))
    for words in fake.calls("run"):
        assert (words[-1], value(words, "-x"), value(words, "--shard")) == ("mmap/*", "*two*", "1/2")
    repeats = [value(words, "--repeat-command") for words in fake.calls("compare") if "--repeat-command" in words]
    assert sorted(repeat.partition(" --target ")[2] for repeat in repeats) == [
        "'exec:env FAKE_RUN=fail'", "'exec:env FAKE_RUN=silent'", "'exec:env FAKE_RUN=skip'", "host"]  # fmt: skip


@pytest.mark.parametrize("told, status", [(["skip", "ok"], 4), (["fail", "skip"], 1), (["ok", "ok"], 0), (["late", "fail"], 2)])
def test_the_status_of_several_is_the_worst(several, tmp_path, told, status):
    targets = [f"exec:env X={number} FAKE_RUN={word}" for number, word in enumerate(told)]
    assert several(*targets, "--report", tmp_path / "out").returncode == status


@pytest.mark.parametrize("jobs, most", [([], 1), (["-j1"], 2), (["-j2"], 1), (["-j9"], 1)])
def test_as_many_at_once_as_there_are_processors(several, tmp_path, jobs, most):
    (tmp_path / "slow").write_text(f'#!/bin/sh\necho + >>{tmp_path}/at\nsleep 0.6\necho - >>{tmp_path}/at\nshift\nexec "$@"\n')
    (tmp_path / "slow").chmod(0o755)
    result = several(*(f"exec:{tmp_path}/slow {name}" for name in "abc"), *jobs, "--report", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    running, highest = 0, 0
    for mark in (tmp_path / "at").read_text().split():
        running += 1 if mark == "+" else -1
        highest = max(highest, running)
    assert highest == most


def test_a_target_that_cannot_run_stops_all_before_they_start(several, fake, tmp_path):
    result = several("host", "exec:no-such-command", "--report", tmp_path / "out")
    assert (result.returncode, result.stderr) == (2, "target exec: no command 'no-such-command' here\n")
    result = several("host", "-t", "nothing", "--report", tmp_path / "out")
    assert result.returncode == 3 and "nothing matches" in result.stderr
    assert fake.calls("run") == [] and not (tmp_path / "out").exists() and fake.nothing_is_left()


def test_a_matrix_of_ours_is_replaced_and_nothing_else(several, fake, tmp_path):
    out = tmp_path / "out"
    assert several("host", "exec:env", "--report", out, "-q").returncode == 0
    result = several("exec:env", "--report", out, "-q")
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(os.listdir(out)) == ["divergences.md", "exec-env", "matrix.html"]
    (out / "exec-env" / "mine").touch()
    result = several("exec:env", "--report", out)
    assert result.returncode == 3 and "is not of --matrix ('mine' is in it); it is left alone" in result.stderr
    (out / "exec-env" / "mine").unlink()
    (out / "mine").touch()
    assert "('mine' is in it)" in several("exec:env", "--report", out).stderr
    assert sorted(os.listdir(out)) == ["divergences.md", "exec-env", "matrix.html", "mine"] and fake.nothing_is_left()


@pytest.mark.parametrize("told", ["fails", "no list"])
def test_a_matrix_that_cannot_be_whole_is_not_written(several, fake, tmp_path, told):
    before = sorted(os.listdir(tmp_path))
    result = several("exec:env", "--report", tmp_path / "out", FAKE_MATRIX=told)
    assert result.returncode == 2 and "out' is not written" in result.stderr
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "log", "log.dir", "log.rounds"]) and fake.nothing_is_left()
    result = several("exec:env FAKE_RUN=silent", "--report", tmp_path / "out")
    assert result.returncode == 2 and "no target gave results" in result.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=["dash", "busybox", "bash"])
@pytest.mark.parametrize("signals, stubborn", [([signal.SIGINT], ""), ([signal.SIGTERM, signal.SIGTERM], "1")])
def test_an_interrupted_matrix_leaves_nothing(several, tree, fake, shell, signals, stubborn):
    need_tool(shell[0])
    code, seconds, output = interrupt(
        fake, signals, [*shell, tree / "runner.sh"], ["--matrix", "-j1", "exec:env", "exec:env A=1", "exec:env A=2"], 8,
        FAKE_STUBBORN=stubborn, PATH=f"{fake.build.parent}/bin:{os.environ['PATH']}",
    )  # fmt: skip
    assert code == (130 if signals == [signal.SIGINT] else 143), output
    pids = pathlib.Path(f"{fake.log}.pids").read_text().split()
    assert len(pids) == 8, "two of the three had begun"
    assert not [pid for pid in pids if alive(pid)]
    assert fake.nothing_is_left()
    assert not [name for name in os.listdir(fake.build.parent) if name.startswith("report")]
    assert seconds < 6


# ---- installing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def deps(tmp_path):
    """Calls harness/deps.sh with stand-ins for the package tools. What is installed, known and done is in files."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "env", "grep", "sed", "head", "cat"):
        (tools / name).symlink_to(need_tool(name))
    stand_ins = {
        "id": "echo $FAKE_USER",
        "dpkg-query": 'for last; do :; done; grep -qx "$last" installed && printf installed',
        "apt-cache": 'case $1 in depends) echo "  Depends: clang-99";; *) grep -qx "$2" known && echo "  Candidate: 1";; esac',
        "apt-get": 'for last; do :; done; echo "$*" >>calls; [ "$last" = update ] && cat more >>known; exit $(cat fails)',
        "sudo": 'shift; [ "$FAKE_SUDO" ] && "$@"',
    }
    for name, text in stand_ins.items():
        (tools / name).write_text(f"#!/bin/sh\ncd {tmp_path}\n{text}\n")
        (tools / name).chmod(0o755)
    for name, text in {"installed": "", "known": "", "more": "", "fails": "0", "calls": ""}.items():
        (tmp_path / name).write_text(text)

    def call(*words, installed=(), known=(), more=(), user=0, sudo="", without=()):
        for name, lines in {"installed": installed, "known": known, "more": more}.items():
            (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
        for name in without:
            (tools / name).unlink()
        result = run("sh", TOP / "harness" / "deps.sh", *words, PATH=tools, FAKE_USER=user, FAKE_SUDO=sudo)
        calls = [line.split() for line in (tmp_path / "calls").read_text().splitlines()]
        return result, [line[-1] if line[-1] == "update" else " ".join(line[line.index("install") + 1 :]) for line in calls]

    return call


def packages(name):
    text = (TOP / "harness" / "deps.sh").read_text().replace("\\\n", "")
    return re.search(rf"(?m)^{name}=['\"](.*)['\"]$", text)[1].split()


BASE = packages("base")
DEV = packages("dev") + ["libclang-rt-99-dev"]


def test_nothing_is_installed_that_is_there(deps):
    result, calls = deps(installed=BASE)
    assert (result.returncode, calls) == (0, [])


def test_only_what_is_missing_is_installed_and_said_first(deps):
    result, calls = deps("--dev", installed=set(BASE + DEV) - {"make", "perl", "libclang-rt-99-dev"}, known=BASE + DEV)
    assert result.returncode == 0, result.stderr
    assert calls == ["make perl libclang-rt-99-dev"]
    assert result.stdout.splitlines()[0] == "deps.sh: installing make perl libclang-rt-99-dev"


def test_lists_are_updated_once_where_a_package_is_unknown(deps):
    result, calls = deps(installed=["gcc"], known=[], more=BASE)
    assert result.returncode == 0, result.stderr
    assert calls == ["update", " ".join(BASE[1:])]


def test_what_a_release_lacks_is_named_and_left_out(deps):
    result, calls = deps("--dev", installed=BASE, known=set(DEV) - {"runsc", "linux-source-6.1"})
    assert result.returncode == 0, result.stderr
    assert calls[0] == "update"
    assert calls[1] == " ".join(package for package in DEV if package not in ("runsc", "linux-source-6.1"))
    assert "this release has no package runsc;" in result.stdout
    assert "this release has no package linux-source-6.1;" in result.stdout


def test_without_what_the_build_needs_it_stops(deps):
    result, calls = deps(installed=["gcc"], known=["make"])
    assert result.returncode == 2
    assert "this release has no package libc6-dev" in result.stderr
    assert calls == ["update"]


@pytest.mark.parametrize("sudo, status", [("1", 0), ("", 2)])
def test_an_ordinary_user_needs_sudo(deps, sudo, status):
    result, calls = deps(installed=BASE[1:], known=BASE, user=1000, sudo=sudo)
    assert result.returncode == status
    assert calls == (["gcc"] if sudo else [])
    if not sudo:
        assert result.stderr == "deps.sh: to build the suite, run as root: apt-get install gcc\n"


def test_elsewhere_the_packages_are_told(deps):
    result, calls = deps("--dev", without=["apt-get"])
    assert (result.returncode, calls) == (2, [])
    for line in ("  Debian:  gcc ", "  Fedora:  gcc ", "  Alpine:  gcc ", "python3-hypothesis", "py3-hypothesis"):
        assert line in result.stderr


def test_deps_refuses_what_it_does_not_know(deps):
    result, calls = deps("--everything")
    assert (result.returncode, calls) == (3, [])
    assert len(result.stderr.splitlines()) == 1


# ---- continuous integration ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "output, make, last, status",
    [
        ("....\n12 passed, 1 skipped in 3.20s\n", 0, "12 passed, 0 failed, 1 skipped", 0),
        ("== 2 passed in 1.0s ==\n=== 3 passed, 1 warning in 61.0s (0:01:01) ===\n", 0, "5 passed, 0 failed, 0 skipped", 0),
        ("1 failed, 2 passed, 2 errors in 1.0s\n", 2, "2 passed, 3 failed, 0 skipped", 1),
        ("3 passed in 1.0s\nmake: *** [lint] Error 1\n", 2, "3 passed, 0 failed, 0 skipped", 1),
        ("no tests ran in 0.01s\n", 0, "0 passed, 0 failed, 0 skipped", 1),
        ("", 2, "0 passed, 0 failed, 0 skipped", 1),
    ],
)
def test_the_last_line_of_ci_counts_and_its_status_tells(tmp_path, output, make, last, status):
    (tmp_path / "output").write_text(output)
    (tmp_path / "make").write_text(f'#!/bin/sh\necho "$CI: $*" >{tmp_path}/called\ncat {tmp_path}/output\nexit {make}\n')
    (tmp_path / "make").chmod(0o755)
    result = run("bash", TOP / ".ci" / "run", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert result.stdout.splitlines()[-1] == last
    assert result.returncode == status
    assert (tmp_path / "called").read_text() == "true: deps-dev check\n"

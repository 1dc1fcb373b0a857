# SPDX-License-Identifier: GPL-2.0
"""docs/ci.md: its YAML is what the services read, and its commands do what they are there for."""

import re
import shlex
import shutil
import zlib

import pytest
import yaml

from conftest import TOP, run

RUNNER = TOP / "runner.sh"
# (language, text) of every fenced block.
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (TOP / "docs" / "ci.md").read_text(), flags=re.M | re.S)


def documents():
    return [yaml.safe_load(text) for language, text in BLOCKS if language == "yaml"]


def document(key):
    found = [one for one in documents() if key(one)]
    assert found
    return found


def commands():
    """Every command of runner.sh, on its own, as the shell would see its words; what a service fills in is filled in."""
    for _, text in BLOCKS:
        for line in text.splitlines():
            found = re.search(r"(?:\./|/opt/mmap-conformance/)runner\.sh (.*)", line)
            if found and not line.lstrip().startswith("#"):
                words = re.sub(r"\|\|.*", "", found[1]).replace("${{ matrix.shard }}", "2")
                for name, value in (("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3")):
                    words = words.replace(f"${name}", value)
                yield shlex.split(words)


COMMANDS = list(commands())
JUDGING = [words for words in COMMANDS if {"--join", "--compare", "--diff"} & set(words)]
RUNNING = [words for words in COMMANDS if words not in JUDGING]


def option(words, name):
    return words[words.index(name) + 1]


def test_there_are_recipes():
    assert len([language for language, _ in BLOCKS if language == "yaml"]) == 4
    assert len(RUNNING) >= 9 and len(JUDGING) >= 6
    assert {word for words in COMMANDS for word in words} >= {"--shard", "--join", "--report", "--accept=conformance", "--diff"}


@pytest.mark.parametrize("words", RUNNING, ids=" ".join)
def test_commands_that_run_something(words, tmp_path):
    kernel = tmp_path / "bzImage"
    kernel.write_bytes(bytes(514) + b"HdrS" + bytes(100))
    words = [word.replace("$PWD", str(tmp_path)) for word in words]
    result = run(RUNNER, *words, "-n", cwd=tmp_path, timeout=120)
    if result.returncode == 2:
        # What it asks for is not at hand here, which only the target can say: the options were right.
        assert re.match(r"target (debian|qemu|ssh): ", result.stderr.splitlines()[-1]), result.stderr
    else:
        assert result.returncode == 0, result.stderr
        assert "tests: " in result.stdout


def test_an_option_that_is_not_there_is_found():
    assert run(RUNNER, "--repotr", "report", "-n").returncode == 3


@pytest.mark.parametrize("words", [words for words in JUDGING if "--join" in words], ids=" ".join)
def test_commands_that_join(words, tmp_path):
    assert "debian:6.1" in words  # what the shards before it ran on
    folders = [word for word in words if "shards/" in word]
    where = tmp_path / "suite"
    where.mkdir()
    for k in (1, 2):
        report = where / folders[0].replace("*", "1").replace("1", str(k))
        report.parent.mkdir(exist_ok=True)
        result = run(RUNNER, "--shard", f"{k}/2", "--report", report, "munmap/*")
        assert result.returncode == 0, result.stderr
    command = " ".join(words).replace("debian:6.1", "host")  # the target is tried by the commands that run something
    result = run("sh", "-c", f'"$0" {command}', RUNNER, cwd=where)
    assert result.returncode == 0, result.stderr
    assert (where / "report" / "junit.xml").exists()


def test_a_young_kernel_is_followed(tmp_path):
    judging = [words for words in JUDGING if "--compare" in words]
    (accept,) = [words for words in judging if "--accept=conformance" in words]
    (gate,) = [words for words in judging if "--report" in words]
    (diff,) = [words for words in JUDGING if "--diff" in words]
    assert "mkdir -p conformance\n" in "".join(text for _, text in BLOCKS)
    (tmp_path / "conformance").mkdir()
    log = tmp_path / "serial.log"
    log.write_text(run(TOP / "build" / "mmapconf", "run", "munmap/*").stdout)
    good = log.read_text()
    line = re.search(r"^  ok (\d+) (\S+)\n  # done (\S+) pass \w+.*\n", good, flags=re.M)
    case = line[3].rsplit("/", 1)[0]
    log.write_text(re.sub(f"^ok (\\d+ {case})$", r"not ok \1", good.replace(line[0], differing(line)), flags=re.M))

    assert run(RUNNER, *gate, cwd=tmp_path).returncode == 1
    assert run(RUNNER, *accept, cwd=tmp_path).returncode == 0
    written = "".join(path.read_text() for path in (tmp_path / "conformance").rglob("*.tap"))
    assert f"not ok {line[2]} # munmap=EINVAL want ok" in written and "TODO: why" in written
    assert run(RUNNER, *gate, cwd=tmp_path).returncode == 0
    shutil.copytree(tmp_path / "report", tmp_path / "previous")
    log.write_text(good)
    result = run(RUNNER, *gate, cwd=tmp_path)
    assert result.returncode == 1 and "fixed" in result.stdout
    result = run(RUNNER, *diff, cwd=tmp_path)
    assert line[3] in result.stdout, result.stdout + result.stderr
    assert run(RUNNER, *accept, cwd=tmp_path).returncode == 0
    assert run(RUNNER, *gate, cwd=tmp_path).returncode == 0


def differing(line):
    """The lines of a test that passed, as if it had not."""
    result = f"not ok {line[1]} {line[2]} # munmap=EINVAL want ok"
    crc = zlib.crc32(f"{result}\n{line[3]} fail".encode())
    return f"  {result}\n  # done {line[3]} fail {crc:08x}\n"


def test_github_workflows():
    for workflow in document(lambda one: "jobs" in one):
        assert workflow["name"] and True in workflow  # YAML 1.1 reads the key `on` as true
        for job in workflow["jobs"].values():
            assert job["runs-on"] and all(("run" in step) != ("uses" in step) for step in job["steps"])
            assert all(need in workflow["jobs"] for need in [job["needs"]] if need) if "needs" in job else True
    matrix = document(lambda one: "shard" in one.get("jobs", {}))[0]["jobs"]
    numbers = matrix["shard"]["strategy"]["matrix"]["shard"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any(f"--shard ${{{{ matrix.shard }}}}/{len(numbers)} " in step.get("run", "") for step in matrix["shard"]["steps"])
    assert matrix["join"]["needs"] == "shard" and matrix["shard"]["strategy"]["fail-fast"] is False


def test_gitlab_pipeline():
    (pipeline,) = document(lambda one: "stages" in one)
    for name in ("shard", "join"):
        job = pipeline[name]
        assert job["stage"] in pipeline["stages"] and job["extends"] in pipeline
        assert all(isinstance(line, str) for line in job["script"])
    assert pipeline["shard"]["parallel"] == 3
    assert pipeline["join"]["artifacts"]["reports"]["junit"] == "suite/report/junit.xml"


def test_lava_job():
    (job,) = document(lambda one: "actions" in one)
    assert {"job_name", "device_type", "visibility", "timeouts"} < set(job)
    assert [next(iter(action)) for action in job["actions"]] == ["deploy", "boot", "test"]
    (definition,) = job["actions"][2]["test"]["definitions"]
    assert definition["from"] == "inline" and definition["path"]
    assert definition["repository"]["metadata"]["format"] == "Lava-Test Test Definition 1.0"
    assert all(isinstance(step, str) for step in definition["repository"]["run"]["steps"])


def test_runtest_file_of_kirk():
    (text,) = [text for language, text in BLOCKS if language == "runtest"]
    names = [line.split()[0] for line in text.splitlines()]
    assert len(set(names)) == len(names) == 3
    whole = set(run(RUNNER, "-l").stdout.split())
    parts = [set(run(RUNNER, "-l", *[word for word in words if word == "-x" or word.endswith("/")]).stdout.split())
             for words in COMMANDS if "-q" in words]  # fmt: skip
    assert sum(map(len, parts)) == len(whole) and set.union(*parts) == whole


@pytest.mark.parametrize("packages", re.findall(r"apt-get install -y (.*)", "\n".join(text for _, text in BLOCKS)))
def test_packages_are_those_that_the_build_needs(packages):
    base = re.search(r"^base='(.*)'", (TOP / "harness" / "deps.sh").read_text(), flags=re.M)[1]
    assert set(base.split()) <= set(packages.split())
    assert "python3-jinja2" in packages

# SPDX-License-Identifier: GPL-2.0
"""--join: the reports of shards are judged as one run, and what is not all shards of one run never passes."""

import json
import re
import shutil

import pytest

from conftest import TOP, run

RUNNER = TOP / "runner.sh"
SHARDS = 3


def runner(*words, status=0, cwd=None):
    result = run(RUNNER, *words, cwd=cwd, timeout=120, MMAPCONF_BUILD=TOP / "build")
    assert result.returncode == status, result.stdout + result.stderr
    return result


def judged(report):
    """What was judged, without the times."""
    tests = json.loads((report / "results.json").read_text())["tests"]
    return {test["id"]: {key: value for key, value in test.items() if key != "seconds"} for test in tests}


@pytest.fixture(scope="module")
def ran(tmp_path_factory, mmapconf):
    """A whole run and its shards, of a part of the suite."""
    folder = tmp_path_factory.mktemp("shards")
    runner("mremap/*", "-x", "*.all_*", "--report", folder / "whole")
    for k in range(1, SHARDS + 1):
        runner("mremap/*", "-x", "*.all_*", "--shard", f"{k}/{SHARDS}", "--report", folder / str(k))
    return folder


@pytest.fixture
def shards(ran, tmp_path):
    """Copies of the folders of the shards, to be damaged."""
    for k in range(1, SHARDS + 1):
        shutil.copytree(ran / str(k), tmp_path / str(k))
    return [tmp_path / str(k) for k in range(1, SHARDS + 1)]


def change(folder, pattern, new, name="results.ktap", count=1):
    path = folder / name
    text, done = re.subn(pattern, new, path.read_text(), count=count, flags=re.M)
    assert done == count
    path.write_text(text)


def complaint(*words):
    """The one line that says why these are not joined."""
    lines = runner("--join", *words, status=3).stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def problems(report):
    return json.loads((report / "results.json").read_text())["problems"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_the_shards_of_a_run_are_judged_as_the_whole(ran, shards, tmp_path, order):
    result = runner("--join", *(shards[i] for i in order), "--report", tmp_path / "out")
    whole, joined = judged(ran / "whole"), judged(tmp_path / "out")
    assert len(whole) > 50 and len({len(judged(shard)) for shard in shards} | {0, len(whole)}) > 2
    assert joined == whole
    assert problems(tmp_path / "out") == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "index.html", "junit.xml", "results.json", "results.ktap",
    ]  # fmt: skip
    assert "as expected" in result.stdout
    # Its stream is one like any other, that can be judged again.
    facts = json.loads((tmp_path / "out" / "results.json").read_text())["facts"]
    assert (facts["select"], facts["shards"]) == ("mremap/* -x *.all_*", "3")
    runner("--compare", tmp_path / "out" / "results.ktap", "--report", tmp_path / "again")
    assert judged(tmp_path / "again") == whole


def test_shards_of_everything_select_nothing(tmp_path, mmapconf):
    for k in "12":
        runner("--shard", f"{k}/2", "--report", tmp_path / k)
    result = runner("--join", "1", "2", "--report", "out", "-q", cwd=tmp_path)
    assert result.stderr == ""
    assert "select" not in json.loads((tmp_path / "out" / "results.json").read_text())["facts"]
    assert set(judged(tmp_path / "out")) == set(runner("-l").stdout.split())


def test_the_version_of_the_target_is_that_of_the_shards(shards, tmp_path):
    for shard in shards:
        change(shard, r'("target": {"kind": )"host", "version": null', r'\1"qemu-user", "version": "1.2"', name="results.json")
    runner("--target", "qemu-user", "--join", *shards, "--report", tmp_path / "out", status=1)  # it is no qemu-user
    assert json.loads((tmp_path / "out" / "results.json").read_text())["target"]["version"] == "1.2"
    change(shards[1], '"version": "1.2"', '"version": "1.3"', name="results.json")
    result = runner("--target", "qemu-user", "--join", *shards, status=3)
    assert f"--join: '{shards[1]}' was run on version '1.3' of the target, not '1.2'\n" in result.stderr


def test_a_shard_may_have_been_run_by_several_guests(ran, shards, tmp_path):
    change(shards[0], r"^(# fact select=.*)$", r"# fact parts=2\n\1")
    runner("--join", *shards, "--report", tmp_path / "out")
    assert judged(tmp_path / "out") == judged(ran / "whole")


def test_a_shard_that_was_not_given_is_missing(shards, tmp_path):
    result = runner("--join", shards[0], shards[2], "--report", tmp_path / "out", status=1)
    assert "--join: shard 2/3 is not given: its tests are missing" in result.stderr
    verdicts = {name: test["verdict"] for name, test in judged(tmp_path / "out").items()}
    assert {name for name, verdict in verdicts.items() if verdict == "missing"} == set(judged(shards[1]))


def test_what_a_test_did_in_a_shard_is_judged(shards, tmp_path):
    # One half of a result is none.
    change(shards[1], r"^(  # done \S+) pass", r"\1 fail")
    runner("--join", *shards, "--report", tmp_path / "out", status=1)
    assert [test["verdict"] for test in judged(tmp_path / "out").values()].count("error") == 1


@pytest.mark.parametrize("which", range(SHARDS))
def test_a_shard_that_was_cut_off_fails_wherever_it_stands(shards, tmp_path, which):
    change(shards[which], r"^# end\n\Z", "")
    result = runner("--join", *shards, "--report", tmp_path / "out", status=1)
    assert "the stream was cut off" in result.stdout
    assert problems(tmp_path / "out") == ["the stream was cut off: it has no '# end'"]


def test_a_shard_that_was_cut_off_in_a_line_costs_no_other(shards, tmp_path):
    for shard in shards[:2]:
        text = (shard / "results.ktap").read_text()
        (shard / "results.ktap").write_text(text[: text.rindex("# done") + 20])
    runner("--join", *shards, "--report", tmp_path / "out", status=1)
    verdicts = {name: test["verdict"] for name, test in judged(tmp_path / "out").items()}
    assert {name for name in judged(shards[2]) if verdicts[name] in ("missing", "error", "crashed")} == set()
    assert len([verdict for verdict in verdicts.values() if verdict in ("missing", "error", "crashed")]) == 2


def test_a_shard_that_was_restarted(ran, shards, tmp_path, mmapconf):
    words = (mmapconf, "run", "mremap/*", "-x", "*.all_*", "--shard", f"2/{SHARDS}")  # one job: in the order of the suite
    first = re.search(r"\A.*?^  # done (\S+) .*?\n", run(*words).stdout, flags=re.M | re.S)
    rest = run(*words, "--resume-after", first[1])
    (shards[1] / "results.ktap").write_text(first[0] + rest.stdout)
    runner("--join", *shards, "--report", tmp_path / "out")
    assert judged(tmp_path / "out") == judged(ran / "whole")


def test_a_shard_that_is_another_one_in_disguise_does_not_pass(shards, tmp_path):
    shutil.copy(shards[0] / "results.ktap", shards[1] / "results.ktap")
    change(shards[1], "--shard 1/3", "--shard 2/3")
    runner("--join", *shards, "--report", tmp_path / "out", status=1)
    verdicts = {name: test["verdict"] for name, test in judged(tmp_path / "out").items()}
    assert all(verdicts[name] == "error" for name in judged(shards[0]) if verdicts[name] != "missing")
    assert "pass" not in {verdicts[name] for name in judged(shards[0])}


def test_a_refusal_leaves_nothing(shards, tmp_path):
    before = sorted(tmp_path.iterdir())
    complaint(*shards, shards[1], "--report", tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_a_shard_that_is_given_twice(shards):
    assert f"shard 2/3 is given twice: '{shards[1]}' and '{shards[1]}'" in complaint(*shards, shards[1])


def test_shards_of_different_numbers(shards):
    change(shards[2], "--shard 3/3", "--shard 3/4")
    assert f"'{shards[2]}' is shard 3/4, but '{shards[0]}' is 1/3" in complaint(*shards)


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "x/3", "1/2/3", "1/0"])
def test_what_is_no_shard(shards, shard):
    change(shards[0], "--shard 1/3", f"--shard {shard}")
    assert f"is no shard: it says --shard '{shard}'" in complaint(*shards)


@pytest.mark.parametrize(
    "fact, value", [("release", "6.1.0"), ("version", "#2"), ("machine", "riscv64"), ("user", "1"), ("suite", "0.0.9")]
)
def test_shards_of_different_kernels(shards, fact, value):
    change(shards[1], f"^# fact {fact}=.*", f"# fact {fact}={value}")
    said = complaint(*shards)
    assert f"'{shards[1]}' is of another run than '{shards[0]}': {fact} is '{value}', not '" in said


def test_a_fact_that_only_one_has(shards):
    change(shards[1], "^# fact machine=.*\n", "")
    assert f"'{shards[1]}' is of another run than '{shards[0]}': machine is '', not '" in complaint(*shards)


def test_shards_of_different_targets(shards):
    change(shards[1], '"kind": "host"', '"kind": "gvisor"', name="results.json")
    assert f"'{shards[1]}' was run on target 'gvisor', not 'host' (--target says which)" in complaint(*shards)
    assert f"'{shards[0]}' was run on target 'host', not 'exec'" in complaint("--target", "exec:env", *shards)


def test_the_target_decides_how_they_are_judged(shards):
    for shard in shards:
        change(shard, '"kind": "host"', '"kind": "exec"', name="results.json")
    assert runner("--join", "--target", "exec:env", *shards).stdout.startswith("exec: ")


def test_shards_of_different_selections(shards):
    change(shards[1], r"^# fact select=mremap/\*", "# fact select=mmap/*")
    assert "it selects 'mmap/* -x *.all_*', not 'mremap/* -x *.all_*'" in complaint(*shards)


def test_a_whole_run_is_no_shard(ran, shards, tmp_path):
    assert f"'{ran / 'whole'}' is no shard: it was run without --shard" in complaint(*shards, ran / "whole")
    runner("--join", *shards, "--report", tmp_path / "out")
    assert f"'{tmp_path / 'out'}' is no shard" in complaint(tmp_path / "out")


def test_folders_that_are_no_reports(shards, tmp_path):
    assert complaint().endswith("--join needs the report folders of all shards")
    assert f"--join: no folder '{tmp_path / 'nowhere'}'" in complaint(*shards, tmp_path / "nowhere")
    for name in ("results.json", "results.ktap"):
        (shards[2] / name).unlink()
        assert f"'{shards[2]}' is no report: it has no {name}" in complaint(*shards)
        shutil.copy(shards[1] / name, shards[2] / name)
    (shards[2] / "results.ktap").write_text("nothing\n")
    assert f"'{shards[2]}' holds no stream of the suite" in complaint(*shards)


@pytest.mark.parametrize("words", [["-l"], ["--accept"], ["-t", "mmap/*"], ["--shard", "1/3"], ["-n"], ["-i", "2"], ["-j2"]])
def test_options_that_do_not_go_with_it(ran, words):
    assert "cannot be combined with" in complaint(ran / "1", *words)


def test_console_around_a_stream_is_no_matter(ran, shards, tmp_path):
    for shard in shards:
        text = (shard / "results.ktap").read_text()
        lines = ["[    1.000000] booting", *(f"[   12.345678] {line}\r" for line in text.splitlines())]
        (shard / "results.ktap").write_text("\n".join(lines) + "\n")
    runner("--join", *shards, "--report", tmp_path / "out")
    assert judged(tmp_path / "out") == judged(ran / "whole")


def test_judging_options(shards, tmp_path):
    layer = tmp_path / "layer" / "mremap"
    layer.mkdir(parents=True)
    case, name = next(iter(judged(shards[1]))).rsplit("/", 1)
    (layer / f"{case.partition('/')[2]}.tap").write_text(f"# not on this kernel\nnot ok {name}\n")
    assert f"{case}/{name}" in runner("--join", "--expected", tmp_path / "layer", *shards, status=1).stdout
    assert "judged by linux-6.18" in runner("--join", "--reference", "linux-6.18", *shards).stdout
    assert runner("--join", "-q", *shards).stdout.count("\n") < 4

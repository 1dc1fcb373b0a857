# SPDX-License-Identifier: GPL-2.0
"""The executable model: its decisions one by one, all of it reached, and its faults noticed by the matrix."""

import pathlib
import re

import pytest

from conftest import TOP, need_tool, run

MODEL = sorted((TOP / "lib" / "model").glob("*.c"))
CLAUSE = '"((?:' + "|".join(path.stem for path in (TOP / "spec").glob("*.tsv")) + r')\.[a-z0-9.-]+)"'
# Decisions that this kernel may not make, by its release or its vm.mmap_min_addr: the unit test has them, the matrix on a guest.
OLDER = {
    "mmap.fixed.overcommit-hole-old",
    "mmap.hugetlb.low-hint-is-zero",
    "mremap.args.dontunmap-rounding-compare-old",
    "mremap.args.newlen-over-tasksize-old",
    "mremap.dontunmap.low-hint-eperm",
    "mremap.dontunmap.only-private-anon",
    "mremap.hugetlb.refused-old",
    "mremap.limit.map-count-all",
    "mremap.limit.map-count-maymove",
    "mremap.multi.crossing-efault-old",
    # Left out, the check of any sealed mapping refuses with the same error.
    "mremap.multi.partial-on-error",
}


def decisions():
    """The clauses by which the model refuses."""
    text = " ".join(path.read_text() for path in MODEL)
    found = re.findall(r'(?:DENY|refuse)\([^;]*?"([a-z0-9_-]+\.[a-z0-9._-]+)"\)', text)
    return sorted(set(found))


@pytest.fixture(scope="module")
def reached(tmp_path_factory):
    """The unit tests' run, and what of the model it reached: by file, gcov's report with branches."""
    folder = tmp_path_factory.mktemp("model")
    gcc = [need_tool("gcc"), "-std=gnu11", "-D_GNU_SOURCE", "-O0", f"-I{TOP}", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
    # Apart, since the tests of a file of the model have its name.
    objects = run(*gcc, "--coverage", "-c", *MODEL, cwd=folder)
    assert objects.returncode == 0, objects.stderr
    tests = (TOP / "tests" / "model").glob("*.c")
    build = run(*gcc, "-o", "unit", *tests, *[f"{path.stem}.o" for path in MODEL], "-lgcov", cwd=folder)
    assert build.returncode == 0, build.stderr
    unit = run(folder / "unit", cwd=folder)
    run(need_tool("gcov"), "-b", *[f"{path.stem}.gcda" for path in MODEL], cwd=folder)
    return unit, {path.name: (folder / f"{path.name}.gcov").read_text().splitlines() for path in MODEL}


def test_every_decision_one_by_one(reached):
    unit, _ = reached
    assert unit.returncode == 0, unit.stdout


@pytest.mark.parametrize("name", [path.name for path in MODEL])
def test_every_line_and_every_branch_of_the_model_is_reached(reached, name):
    line, missed = "", []
    for report in reached[1][name]:
        if re.match(r" +[0-9#=-]+\*?: *[0-9]+:", report):
            line = report
            if "#####" in report.split(":")[0]:
                missed.append(report)
        elif re.match(r"branch .*(taken 0%|never executed)", report):
            missed.append(f"{line}\n    {report}")
    assert line
    assert not missed, "\n".join(missed)


def test_every_clause_of_the_model_is_in_the_specification():
    spec = {line.split("\t")[0] for path in (TOP / "spec").glob("*.tsv") for line in path.read_text().splitlines()}
    named = {
        name
        for path in MODEL
        for name in re.findall(CLAUSE, path.read_text())
    }
    assert len(named) > 80
    assert not named - spec


def test_planted_faults_are_many():
    assert len(decisions()) >= 40


@pytest.fixture(scope="module")
def noticed():
    """The clauses of the decisions that the matrix notices when each is left out in turn: all in one run."""
    result = run(TOP / "build" / "mmapconf", "matrix", "-q", MMAPCONF_PLANT="each", timeout=300)
    return set(re.findall(r"(?m)^ *not ok \d+ ([a-z0-9_-]+\.[a-z0-9._-]+) # (?:wrong|precedence|side effect)$", result.stdout))


@pytest.mark.parametrize("clause", [clause for clause in decisions() if clause not in OLDER])
def test_a_decision_left_out_is_noticed_on_this_kernel(clause, noticed):
    """The model without this one check expects something else of some calls; the kernel does not."""
    pool = pathlib.Path("/proc/sys/vm/nr_hugepages")
    if clause == "mmap.hugetlb.none-enomem" and pool.exists() and int(pool.read_text()):
        pytest.skip("a pool of huge pages: whether one is free is not known")
    assert clause in noticed


def test_a_fault_in_one_decision_is_noticed_by_the_suite_too():
    result = run(TOP / "build" / "cases" / "matrix" / "mmap", MMAPCONF_PLANT="mmap.fd.bad-ebadf")
    assert re.search(r"(?m)^not ok .* # wrong$", result.stdout), result.stdout[-2000:]


def test_the_release_to_judge_by_is_one_of_linux():
    result = run(TOP / "build" / "mmapconf", "run", "--reference", "6.1", "matrix/*")
    assert result.returncode == 3
    assert result.stderr == "mmapconf: --reference wants linux-X.Y, not '6.1'\n"
    result = run(TOP / "build" / "mmapconf", "run", "--reference", "linux-4.4", "matrix/*")
    assert result.returncode == 4
    assert "a release that the model knows" in result.stdout

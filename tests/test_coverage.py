# SPDX-License-Identifier: GPL-2.0
"""`make coverage`: which clauses have a case, and what is wrong with the lists of those that have none."""

import json
import shutil
import sys

import pytest
from conftest import TOP, run
from test_report import result, results, write

CLAUSES = {"mmap.a": "args", "mmap.b": "args", "munmap.a": "map", "brk.a": "args"}


@pytest.fixture(name="tree")
def make_tree(tmp_path):
    """A tree with a specification of its own, whose two first clauses a test cites each."""
    (tmp_path / "harness").mkdir()
    shutil.copytree(TOP / "harness" / "report", tmp_path / "harness" / "report")
    (tmp_path / "spec").mkdir()
    lines = ["id\tclass\tsince\tclause\tobserve\tsource"]
    lines += [f"{name}\t{of_class}\t-\tsays\tcall\tmm/x.c" for name, of_class in CLAUSES.items()]
    (tmp_path / "spec" / "all.tsv").write_text("\n".join(lines) + "\n")
    tests = [{"id": "mmap/x/a", "clauses": ["mmap.a"]}, {"id": "mmap/x/b", "clauses": ["mmap.b"]}]
    (tmp_path / "list.json").write_text(json.dumps(tests))
    return tmp_path


def coverage(tree, *arguments):
    done = run(sys.executable, tree / "harness/report/coverage.py", tree / "list.json", *arguments)
    # All columns but the last, which is about the model.
    rows = {line.split("  ")[0]: [int(word) for word in line.split()[-6:-1]]
            for line in done.stdout.splitlines()[1:] if not line.startswith(" ")}
    return done.returncode, rows, done.stderr.replace("coverage: ", "").splitlines()


def report(tree, name, *tests):
    return write(tree / name, results(*tests))


def cites(test_id, clause, verdict="pass", **more):
    return result(test_id, verdict, clauses=[clause], **more)


def test_a_clause_of_the_family_without_a_case_is_open(tree):
    status, rows, complaints = coverage(tree)
    assert (status, complaints) == (1, ["open: munmap.a"])
    assert rows["mmap"] == [2, 2, 0, 0, 0] and rows["munmap"] == [1, 0, 0, 0, 1] and rows["brk"] == [1, 0, 0, 0, 1]
    assert rows["the mmap family"] == [3, 2, 0, 0, 1]


def test_a_waiver_needs_a_reason_and_a_clause_that_has_no_case(tree):
    (tree / "spec" / "waived.tsv").write_text("id\treason\nmunmap.a\tseen by no program\n")
    assert coverage(tree)[0] == 0
    (tree / "spec" / "waived.tsv").write_text("id\treason\nmunmap.a\t\nmmap.a\twhy\nno.such\twhy\n")
    status, _, complaints = coverage(tree)
    assert status == 1
    assert complaints == ["spec/waived.tsv:2: munmap.a has no reason", "spec/waived.tsv:4: no such clause: no.such",
                          "spec/waived.tsv: mmap.a has a case"]


def test_a_layer_of_an_older_linux_covers_what_its_reason_cites(tree):
    layer = tree / "expected" / "linux" / "before-6.17" / "munmap" / "x.tap"
    layer.parent.mkdir(parents=True)
    layer.write_text("# as it was (mm/x.c)\n# (clause: munmap.a)\nnot ok a # munmap=EINVAL want ok\n")
    status, rows, complaints = coverage(tree)
    assert (status, complaints, rows["munmap"]) == (0, [], [1, 1, 0, 0, 0])
    layer.write_text("# as it was (clause: munmap.a\n# no.such)\nnot ok a # munmap=EINVAL want ok\n")
    assert coverage(tree)[2] == ["expected/linux/before-6.17/munmap/x.tap: no such clause: no.such"]


def test_what_the_model_decides_by_and_a_matrix_reaches_is_modelled(tree):
    (tree / "spec" / "waived.tsv").write_text("id\treason\nmunmap.a\tseen by no program\n")
    source = tree / "lib" / "model" / "mmap.c"
    source.parent.mkdir(parents=True)
    source.write_text('DENY(x, EINVAL, "mmap.a");\n\tgrant(a, "mmap.b");\n')
    status, _, complaints = coverage(tree)
    assert (status, complaints) == (1, [f"the model decides by {name}, and no matrix has a test of it" for name in ("mmap.a", "mmap.b")])
    tests = [{"id": "matrix/mmap/a", "clauses": ["mmap.a"]}, {"id": "matrix/mmap/b", "clauses": ["mmap.b"]}]
    (tree / "list.json").write_text(json.dumps(tests))
    done = run(sys.executable, tree / "harness/report/coverage.py", tree / "list.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[-1] for line in done.stdout.splitlines() if "family" in line or line.startswith(("mmap", "brk"))] == ["2", "0", "2"]
    source.write_text('DENY(x, EINVAL, "mmap.a");\n')
    assert coverage(tree)[2] == ["a matrix has a test of mmap.b, by which the model decides nothing"]


def test_reports_tell_what_was_run_nowhere(tree):
    (tree / "spec" / "waived.tsv").write_text("id\treason\nmunmap.a\tseen by no program\n")
    one = report(tree, "one", cites("mmap/x/a", "mmap.a"), cites("mmap/x/b", "mmap.b", "skipped", outcome="SKIP env: no DAX"))
    two = report(tree, "two", cites("mmap/x/a", "mmap.a", "skipped", outcome="SKIP env: not root"))
    status, _, complaints = coverage(tree, one, two)
    assert (status, complaints) == (1, ["spec/unrun.tsv: mmap.b was run nowhere and is not listed"])

    status, rows, _ = coverage(tree, "--write", one, two)
    assert (status, rows["mmap"]) == (0, [2, 1, 1, 0, 0])
    assert (tree / "spec" / "unrun.tsv").read_text() == "id\tmissing\nmmap.b\tenv: no DAX\n"
    assert coverage(tree, one, two)[0] == 0

    three = report(tree, "three", cites("mmap/x/b", "mmap.b"))
    assert coverage(tree, one, three)[2] == ["spec/unrun.tsv: mmap.b is listed but was run"]


def test_a_failure_that_is_expected_is_no_run(tree):
    one = report(tree, "one", cites("mmap/x/a", "mmap.a"), cites("mmap/x/b", "mmap.b", "known", outcome="mmap=ok want EINVAL"))
    coverage(tree, "--write", one)
    assert (tree / "spec" / "unrun.tsv").read_text() == "id\tmissing\nmmap.b\tno test of it came to pass\n"


def test_bad_input_is_named(tree):
    done = run(sys.executable, tree / "harness/report/coverage.py", tree / "list.json", tree / "nothing")
    assert done.returncode == 3 and "nothing: not a folder" in done.stderr
    assert run(sys.executable, tree / "harness/report/coverage.py").returncode == 3

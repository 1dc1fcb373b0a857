# SPDX-License-Identifier: GPL-2.0
"""The version that the suite image names: the commit where make finds its own repository, and no needless building."""

import re
import shutil

import pytest

from conftest import TOP, need_tool, run

FILES = ["Makefile", "harness/suite.h"]


def make(tree):
    done = run("make", "-s", "LIBC=system", "LIBCAP=no", "build/version.o", cwd=tree)
    assert (done.returncode, done.stderr) == (0, "")
    return re.fullmatch(r'#include "suite.h"\n.* = MMAPCONF_VERSION "(.*)";\n', (tree / "build" / "version.c").read_text())[1]


@pytest.fixture
def tree(tmp_path):
    for name in FILES:
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, tmp_path / "tree" / name)
    return tmp_path / "tree"


def git(tree, *words):
    done = run(need_tool("git"), "-c", "user.name=a", "-c", "user.email=a@example.org", *words, cwd=tree,
               GIT_CONFIG_GLOBAL="/dev/null")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(tree):
    git(tree, "commit", "-q", "--allow-empty", "-m", "x")
    return git(tree, "rev-parse", "--short", "HEAD")


def test_a_commit_and_what_differs_from_it(tree):
    git(tree, "init", "-q")
    (tree / ".gitignore").write_text("build\n")
    git(tree, "add", ".")
    head = commit(tree)
    assert make(tree) == f"-g{head}"
    git(tree, "tag", "-a", "-m", "x", "v9")
    git(tree, "branch", "other")
    assert make(tree) == f"-g{head}", "the number is that of the source"
    with (tree / "Makefile").open("a") as file:
        file.write("# changed\n")
    assert re.fullmatch(r"-g[0-9a-f]+-dirty", make(tree))


def test_only_another_commit_builds_anew(tree):
    git(tree, "init", "-q")
    commit(tree)
    make(tree)
    built = (tree / "build" / "version.o").stat().st_mtime_ns
    make(tree)
    assert (tree / "build" / "version.o").stat().st_mtime_ns == built
    commit(tree)
    make(tree)
    assert (tree / "build" / "version.o").stat().st_mtime_ns > built


def test_without_a_repository_of_its_own(tree):
    assert make(tree) == ""
    git(tree.parent, "init", "-q")
    commit(tree.parent)
    assert make(tree) == "", "unpacked inside another repository"
    (tree / ".git").write_text("gitdir: /nonexistent\n")
    assert make(tree) == "", "the repository is not there"


def test_the_image_tells_it(mmapconf):
    fact = re.search(r"^# fact suite=(.*)$", run(mmapconf, "run", "mmap/len*").stdout, re.M)[1]
    assert re.fullmatch(r"\d+\.\d+\.\d+(-g[0-9a-f]{7,}(-dirty)?)?", fact)

# SPDX-License-Identifier: GPL-2.0
"""What the tests share: where things are, how to run them, and what a missing tool means."""

import os
import pathlib
import shutil
import signal
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent

# A shell's background job ignores SIGINT, and so would all that the tests start: no trap of theirs could undo that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def need_tool(name):
    """The path of a program that a test cannot do without: it skips without it, in CI (CI is set) it fails."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing, which has to be there in CI")
    pytest.skip(f"{name} is missing (make deps-dev installs it)")


def clean_environment(**more):
    """The environment without what would change how the programs behave; a value of None takes a variable away."""
    environment = dict(os.environ)
    for name in list(environment):
        if name.startswith(("MMAPCONF_", "TEST_SHARD", "TEST_TOTAL", "KSFT_", "FAKE_")):
            del environment[name]
    for name in ("TIMEOUT_MUL", "NO_COLOR", "CI"):
        environment.pop(name, None)
    for name, value in more.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = str(value)
    return environment


def run(*command, cwd=None, timeout=60, stdin="", **environment):
    """Runs a command to its end; the result has returncode, stdout and stderr (text, undecodable bytes escaped)."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=timeout,
        check=False,
        env=clean_environment(**environment),
    )


@pytest.fixture(scope="session")
def top():
    """The tree of the project."""
    return TOP


@pytest.fixture(scope="session")
def mmapconf():
    """The suite image that the build made."""
    image = TOP / "build" / "mmapconf"
    if not image.exists():
        pytest.fail("build/mmapconf is missing: make builds it")
    return image

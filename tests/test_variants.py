# SPDX-License-Identifier: GPL-2.0
"""The same suite by other builds: two compilers, two C libraries, and the kernel's own harness header."""

import re
import subprocess

import pytest

from conftest import TOP, need_tool, run

BUILD = TOP / "build"
VARIANTS = ["gcc-musl", "gcc-glibc", "clang-musl", "clang-glibc"]
RUNNER = TOP / "runner.sh"
I386 = ["*/i386_*"]  # the cases that are about such programs
IMAGE_MAX = 2 * 1000 * 1000  # bytes, stripped


def verdicts(image):
    stream = run(image, "run", "--timeout-mul", "10", timeout=300).stdout  # a busy machine is none of its subject
    return sorted(re.findall(r"(?m)^ +# done (?!\w+/libc/)(\S+ \w+)", stream))  # but for what is about the library itself


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_build_gives_the_same_verdicts(variant):
    """`make check` builds them first; the one at hand is the build that everything else here uses."""
    image = BUILD / variant / "mmapconf"
    seen = verdicts(image)
    assert seen == verdicts(BUILD / "mmapconf")
    assert sum(line.endswith(" pass") for line in seen) > len(seen) * 0.8


def test_a_program_of_32_bits_on_this_kernel():
    """What only a 32-bit build can see, by the layers of i386."""
    image = BUILD / "i386" / "mmapconf"
    if not image.exists():
        need_tool("i686-linux-gnu-gcc")
        pytest.fail(f"{image} is missing (make variants builds it)")
    try:
        run(image, "list")
    except OSError:
        pytest.skip("this kernel runs no 32-bit programs")
    raw = run(RUNNER, "--raw", "--image", image, *I386, timeout=120).stdout
    assert "# fact word_size=32\n" in raw
    assert not re.findall(r"(?m)^.*# SKIP (?!env: a 32-bit kernel$).*$", raw)
    result = run(RUNNER, "-q", "--image", image, *I386, "mmap/thp_aligned", "*/libc", "*/*vdso", timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_another_machine_has_the_libcap_of_the_cache(tmp_path):
    """Without it the build says so, and goes on."""
    compiler = need_tool("i686-linux-gnu-gcc")

    def plan(*more):
        result = run("make", "-n", "V=1", "i386", f"O={tmp_path}/build", *more, cwd=TOP, MMAPCONF_CACHE=tmp_path)
        assert result.returncode == 0, result.stderr
        return "has no libcap" in result.stdout, "-DHAVE_LIBCAP" in result.stdout, f"{libcap}/libcap.a" in result.stdout

    libcap = tmp_path / "libcap" / "i686-linux-gnu"
    assert plan() == (True, False, False)
    (libcap / "include" / "sys").mkdir(parents=True)
    (libcap / "include" / "sys" / "capability.h").write_text("int cap_free(void *);\n")
    run(compiler, "-x", "c", "-c", "-o", libcap / "libcap.a", "-", stdin="int cap_free(void *p) { return !!p; }\n")
    assert plan() == (False, True, True)
    assert plan("LIBCAP=no") == (False, False, False)


def test_the_image_is_small(tmp_path):
    subprocess.run(["strip", "-o", tmp_path / "mmapconf", BUILD / "gcc-musl" / "mmapconf"], check=True)
    assert (tmp_path / "mmapconf").stat().st_size < IMAGE_MAX


def test_cases_under_the_kernels_own_header():
    """Every case compiles against kselftest_harness.h unchanged, and gives the same verdicts there."""
    linux = BUILD / "cache" / "linux-6.1"
    if not linux.is_dir():
        need_tool("linux-source-6.1, whose kselftest_harness.h")
    result = run(TOP / "tests" / "check-kselftest.sh", linux, BUILD, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"(?m)^\d+ cases, \d+ tests against .*: 0 cases differ$", result.stdout)


def test_check_kselftest_says_what_is_missing(tmp_path):
    result = run(TOP / "tests" / "check-kselftest.sh", tmp_path, tmp_path)
    assert result.returncode == 2 and "kselftest_harness.h" in result.stderr
    assert run(TOP / "tests" / "check-kselftest.sh").returncode == 3

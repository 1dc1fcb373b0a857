#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bench.py BUILD KSELFTEST: what the harness and the runner cost, measured in one run and printed as ratios."""

import os
import pathlib
import re
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
TESTS = 512  # in tests/bench/tests.c, processes in tests/bench/bare.c
ROUNDS = 9


def seconds(*command):
    """The least of several rounds, in turn with others by the caller: what a quiet machine needs."""
    start = time.perf_counter()
    done = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, cwd=TOP, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):  # 1: a test is not ok, as older kernels have some
        sys.exit(f"bench.py: {command[0]} ended with status {done.returncode}")
    return taken


def least(**commands):
    """The least seconds of each command; rounds go through all of them, so that load meets them alike."""
    best = {}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken = seconds(*command)
            best[name] = min(best.get(name, taken), taken)
    return best


def build_against_kernel(build, kselftest):
    """tests/bench/tests.c under the kernel's own header, static like ours; None where there is no such header."""
    for folder in (kselftest, kselftest / "tools/testing/selftests"):
        if (folder / "kselftest_harness.h").exists():
            program = build / "bench" / "tests-kernel"
            subprocess.run(["cc", "-O2", "-static", "-D_GNU_SOURCE", f"-I{folder}", "-o", program,
                            TOP / "tests/bench/tests.c"], check=True)
            return program
    return None


def sum_of_tests(image):
    stream = subprocess.run([str(image), "run"], stdout=subprocess.PIPE, check=False).stdout.decode()
    return sum(float(s) for s in re.findall(r"(?m)^ *# done \S+ \w+ [0-9a-f]{8} ([0-9.]+)$", stream))


def guest_seconds(target, power_off):
    """Of a guest: a bare boot through the target, a boot with one case, and the whole suite to its report. The least of three."""
    kind, _, argument = target.partition(":")
    environment = dict(os.environ, MMAPCONF_IMAGE=str(power_off), MMAPCONF_TARGET_ARG=argument)
    script = TOP / "harness" / "targets" / kind
    commands = {"bare": [script, "run"], "one": ["./runner.sh", "-q", "--target", target, "munmap/arguments"],
                "all": ["./runner.sh", "-q", "--target", target]}
    best = {}
    for _ in range(3):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=TOP,
                                  env=environment if name == "bare" else None, check=False)
            taken = time.perf_counter() - start
            # The bare one ends before a suite started, which the target calls a failure.
            if done.returncode != 2 if name == "bare" else done.returncode not in (0, 1):
                return None
            best[name] = min(best.get(name, taken), taken)
    return best


def print_matrix(program):
    """Calls a second of the matrix beside the same calls bare, with what undoes them; nanoseconds of processor time each."""
    print("the matrix of mmap(), beside its calls alone")
    done = subprocess.run([str(program)], stdout=subprocess.PIPE, check=True)
    for line in done.stdout.decode().splitlines():
        kind, calls, bare, whole = line.split()
        print(f"  calls that {kind:8} {int(calls):6}   bare {int(bare):5} ns   with the model {int(whole):5} ns"
              f"   {int(bare) / int(whole):.2f} of the speed")


def print_guests(power_off):
    print("guests, boot to report, least of 3")
    for target in ("uml", "debian:6.1"):
        best = guest_seconds(target, power_off)
        if best:
            print(f"  {target:12} bare boot {best['bare']:6.2f} s   one case {best['one']:6.2f} s   whole suite {best['all']:6.2f} s")
        else:
            print(f"  {target:12} does not run here")


def main():
    build, kselftest = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    image = build / "mmapconf"
    commands = {"bare": [build / "tests/bench/bare"], "ours": [build / "tests/bench/tests"]}
    kernel = build_against_kernel(build, kselftest)
    if kernel:
        commands["kernel"] = [kernel]
    best = least(**commands)
    print(f"{TESTS} tests, least of {ROUNDS} rounds")
    print(f"  bare fork, pipe, wait   {best['bare'] / TESTS * 1e6:7.0f} us each")
    print(f"  our harness             {best['ours'] / TESTS * 1e6:7.0f} us each"
          f"   {best['ours'] / best['bare']:.2f} of the bare one")
    if kernel:
        print(f"  the kernel's harness    {best['kernel'] / TESTS * 1e6:7.0f} us each"
              f"   {best['kernel'] / best['bare']:.2f} of the bare one")
    else:
        print(f"  the kernel's harness    no kselftest_harness.h in {sys.argv[2]}")

    tests = min(sum_of_tests(image) for _ in range(3))
    run = least(image=[image, "run"], runner=["./runner.sh", "-q", "-j1"])
    print("the whole suite, one job")
    print(f"  sum of its tests        {tests:7.3f} s")
    print(f"  mmapconf run            {run['image']:7.3f} s   {run['image'] / tests:.2f} of the sum")
    print(f"  runner.sh               {run['runner']:7.3f} s   {run['runner'] / tests:.2f} of the sum")
    print_matrix(build / "tests/bench/matrix")
    print_guests(build / "tests/bench/power_off")


if __name__ == "__main__":
    main()

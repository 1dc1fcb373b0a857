#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""deaths.py TARGET...: what becomes of each test of tests/guest that takes a guest down, on each target (uml, debian:6.1).

A line for each, with the verdict, and for each program how often the guest was started and how many results there are of all tests. The
suite of these programs has to be there (make misbehaving).
"""
import sys
import tempfile
from pathlib import Path

from test_guests import DEADLY, in_guest, judge
from conftest import run

PROGRAMS = ["guest/dying", "guest/flooding", "guest/hanging", "guest/oops"]


def rows(target, program, folder):
    """(the lines of the tests that do not pass, starts, results, tests)"""
    kind, _, arg = target.partition(":")
    scratch = folder / "scratch"
    scratch.mkdir()
    stream = in_guest(kind, "--timeout-mul", "2", program, arg=arg, scratch=scratch, MMAPCONF_MAX_SILENCE=25, timeout=800).stdout
    verdicts, _ = judge(stream, folder, selection=[program])
    kept = [id for id, (verdict, _) in verdicts.items() if verdict != "missing"]
    lines = [(id.rpartition("/")[2].partition(".")[2], *said) for id, said in verdicts.items() if said[0] != "pass"]
    return lines, stream.count("\nKTAP version 1\n") + stream.startswith("KTAP"), len(kept), len(verdicts)


def main(targets):
    if not targets or targets[0].startswith("-"):
        print(__doc__.strip())
        return 0 if targets else 3
    if run(DEADLY, "list").returncode:
        print(f"deaths.py: {DEADLY} is missing (make misbehaving)", file=sys.stderr)
        return 2
    for target in targets:
        for program in PROGRAMS:
            with tempfile.TemporaryDirectory() as folder:
                lines, starts, kept, tests = rows(target, program, Path(folder))
            print(f"{target}  {program}: {starts} starts, {kept} of {tests} results", flush=True)
            for name, verdict, outcome in lines:
                print(f"    {name:28} {verdict:10} {outcome}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""diff.py A B: which tests changed their verdict or outcome, appeared or disappeared between two results, and the gate.

A and B are report folders or results.json files. Exit status: 0 nothing changed, 1 something changed, 3 bad input.
"""
import os
import sys

from results import FAILING, BadInput, known, load, path_of, seen, visible


def subject(name, data):
    """One line that says what was judged by what."""
    target = data["target"]
    return visible(f"{name}: target {target['kind']}, release {known(target['release'])}, "
                   f"machine {known(target['machine'])}, reference {data['reference']}, gate {data['gate']}, "
                   f"{len(data['tests'])} tests")


def fails(test):
    return test["verdict"] in FAILING


def one(test):
    return [visible(f"  {test['id']}: {test['verdict']}") + (", fails the gate" if fails(test) else ""),
            visible(f"      {seen(test)}")]


def two(old, new):
    """A test that is in both: the verdicts on its line, the outcomes below when they differ."""
    verdicts = old["verdict"] if old["verdict"] == new["verdict"] else f"{old['verdict']} -> {new['verdict']}"
    lines = [visible(f"  {new['id']}: {verdicts}")]
    if seen(old) == seen(new):
        return lines + [visible(f"      {seen(new)}")]
    return lines + [visible(f"      was {seen(old)}"), visible(f"      now {seen(new)}")]


def compare(a, b):
    """The lines to print, and whether a test or the gate changed."""
    old = {test["id"]: test for test in a["tests"]}
    new = {test["id"]: test for test in b["tests"]}
    changed = [(old[i], new[i]) for i in sorted(old.keys() & new.keys())
               if (old[i]["verdict"], old[i]["outcome"]) != (new[i]["verdict"], new[i]["outcome"])]
    appeared = [new[i] for i in sorted(new.keys() - old.keys())]
    disappeared = [old[i] for i in sorted(old.keys() - new.keys())]
    lines = [subject("A", a), subject("B", b), ""]
    for title, tests in (
            ("now fail the gate", [two(*t) for t in changed if fails(t[1]) and not fails(t[0])]),
            ("no longer fail the gate", [two(*t) for t in changed if fails(t[0]) and not fails(t[1])]),
            ("changed, the gate did not", [two(*t) for t in changed if fails(t[0]) == fails(t[1])]),
            ("appeared", [one(t) for t in appeared]),
            ("disappeared", [one(t) for t in disappeared])):
        if tests:
            lines += [f"{title} ({len(tests)}):"] + [line for test in tests for line in test] + [""]
    if a["gate"] != b["gate"]:
        lines += [f"the gate: {a['gate']} -> {b['gate']}", ""]
    lines.append(f"{len(changed)} of {len(old.keys() & new.keys())} common tests changed, {len(appeared)} appeared, "
                 f"{len(disappeared)} disappeared")
    return lines, bool(changed or appeared or disappeared or a["gate"] != b["gate"])


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(arguments) != 2:
        print("diff.py: two report folders or results.json files are needed: diff.py A B", file=sys.stderr)
        return 3
    try:
        a, b = (load(path_of(argument)) for argument in arguments)
    except BadInput as error:
        print(f"diff.py: {error}", file=sys.stderr)
        return 3
    lines, changed = compare(a, b)
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        # The reader has seen enough (`diff.py A B | head`); Python must not complain when it flushes again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

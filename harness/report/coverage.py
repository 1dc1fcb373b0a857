#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""coverage.py LIST [--write] [DIR...]: which clauses of spec/*.tsv have a case, by system call and class.

LIST is what `mmapconf list --json` printed. A clause is
  run      a test cites it, and passed on some kernel; a clause about an older Linux: the reason of a layer line cites it
  not run  a test cites it, but was skipped wherever it was run: spec/unrun.tsv names it and what is missing
  waived   it cannot be seen from user space on any machine that a user has: spec/waived.tsv says why
  open     none of these
The DIRs are report folders of all targets, by which spec/unrun.tsv is checked; with --write it is made from them.

Exit status: 0 all clauses of the mmap family are covered, 1 some are open, or a list is wrong; 3 bad input.
"""
import glob
import json
import os
import re
import sys

from results import SPEC, BadInput, load_all, spec, visible

# Every clause of these has to have its case.
FAMILY = ("mmap", "munmap", "mremap", "msync", "remap_file_pages")
STATES = ("run", "not run", "waived", "open")
RAN = ("pass", "backported")
WAIVERS_MOST, UNRUN_MOST = 20, 40


def read_reasons(name, clauses, findings):
    """A list of the form ID<TAB>REASON below spec/, checked against the clauses."""
    reasons = {}
    path = os.path.join(SPEC, name)
    if not os.path.exists(path):
        return reasons
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            clause, _, reason = line.rstrip("\n").partition("\t")
            if number == 1:
                continue
            if clause not in clauses:
                findings.append(f"spec/{name}:{number}: no such clause: {clause}")
            elif not reason.strip():
                findings.append(f"spec/{name}:{number}: {clause} has no reason")
            elif clause in reasons:
                findings.append(f"spec/{name}:{number}: {clause} stands there twice")
            reasons[clause] = reason
    return reasons


def cited_by_layers(clauses, findings):
    """The clauses that the reasons of Linux's layers cite: "(clause: ID)", several ids with blanks between."""
    cited = set()
    top = os.path.join(SPEC, "..", "expected", "linux")
    for path in sorted(glob.glob(os.path.join(top, "before-*", "*", "*.tap"))):
        with open(path, encoding="utf-8") as file:
            comments = " ".join(line.lstrip("# ").rstrip("\n") if line.startswith("#") else "\n" for line in file)
        for ids in re.findall(r"\(clause: ([^)]*)\)", comments):
            for clause in ids.split():
                if clause not in clauses:
                    findings.append(f"{os.path.relpath(path, os.path.join(SPEC, '..'))}: no such clause: {clause}")
                cited.add(clause)
    return cited


def not_run(tests_of, reports):
    """The cited clauses of which no test passed anywhere: {clause: what was said to be missing}."""
    passed, missing = set(), {}
    for report in reports:
        for test in report["tests"]:
            if test["verdict"] in RAN:
                passed.update(test["clauses"])
            elif test["verdict"] == "skipped":
                for clause in test["clauses"]:
                    missing.setdefault(clause, set()).add(visible(re.sub(r"^SKIP ", "", test["outcome"])))
    return {clause: "; ".join(sorted(missing.get(clause, {"no test of it came to pass"})))
            for clause in tests_of if clause not in passed}


def write_unrun(clauses):
    path = os.path.join(SPEC, "unrun.tsv")
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("id\tmissing\n")
        for clause in sorted(clauses):
            file.write(f"{clause}\t{clauses[clause]}\n")
    os.replace(path + ".new", path)


def print_table(clauses, state_of):
    """By system call: the counts, and those of each class that is not wholly run."""
    counts = {}
    for clause, about in clauses.items():
        by_class = counts.setdefault(clause.split(".")[0], {})
        by_class.setdefault(about["class"], dict.fromkeys(STATES, 0))[state_of[clause]] += 1
    print(f"{'':18} clauses  {'  '.join(f'{state:>7}' for state in STATES)}")
    sums = dict.fromkeys(STATES, 0)
    for call in sorted(counts, key=lambda call: (call not in FAMILY, call)):
        total = {state: sum(of_class[state] for of_class in counts[call].values()) for state in STATES}
        print(f"{call:18} {sum(total.values()):7}  {'  '.join(f'{total[state]:7}' for state in STATES)}")
        for name, of_class in sorted(counts[call].items()):
            if call in FAMILY:
                print(f"  {name:16} {sum(of_class.values()):7}  {'  '.join(f'{of_class[state]:7}' for state in STATES)}")
        if call in FAMILY:
            for state in STATES:
                sums[state] += total[state]
    print(f"{'the mmap family':18} {sum(sums.values()):7}  {'  '.join(f'{sums[state]:7}' for state in STATES)}")
    return sums


def main(arguments):
    write = "--write" in arguments
    words = [word for word in arguments if word != "--write"]
    if not words or words[0].startswith("-"):
        print(__doc__.strip() if words in (["-h"], ["--help"]) else "usage: coverage.py LIST [--write] [DIR...]")
        return 0 if words in (["-h"], ["--help"]) else 3
    findings = []  # what is wrong, each as one line
    clauses = spec()
    with open(words[0], encoding="utf-8") as file:
        tests_of = {}
        for test in json.load(file):
            for clause in test["clauses"]:
                tests_of.setdefault(clause, []).append(test["id"])
    reports = load_all(words[1:])
    if reports:
        seen_unrun = not_run(tests_of, reports)
        if write:
            write_unrun(seen_unrun)
    waived = read_reasons("waived.tsv", clauses, findings)
    unrun = read_reasons("unrun.tsv", clauses, findings)
    by_layer = cited_by_layers(clauses, findings)
    if reports and not write:
        for clause in sorted(seen_unrun.keys() ^ unrun.keys()):
            findings.append(f"spec/unrun.tsv: {clause} " +
                         ("was run nowhere and is not listed" if clause in seen_unrun else "is listed but was run"))

    state_of = {}
    for clause in clauses:
        cited = clause in tests_of or clause in by_layer
        if clause in waived and cited:
            findings.append(f"spec/waived.tsv: {clause} has a case")
        if clause in unrun and clause not in tests_of:
            findings.append(f"spec/unrun.tsv: {clause} has no case")
        state_of[clause] = ("not run" if clause in unrun and clause not in by_layer else
                            "run" if cited else "waived" if clause in waived else "open")
    sums = print_table(clauses, state_of)
    for clause in clauses:
        if state_of[clause] == "open" and clause.split(".")[0] in FAMILY:
            findings.append(f"open: {clause}")
    for state, most in (("waived", WAIVERS_MOST), ("not run", UNRUN_MOST)):
        if sums[state] > most:
            findings.append(f"{sums[state]} clauses are {state}, more than {most}")
    for line in findings:
        print(f"coverage: {line}", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (BadInput, OSError, ValueError) as error:
        print(f"coverage.py: {visible(str(error))}", file=sys.stderr)
        sys.exit(3)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""coverage.py LIST [--write] [DIR...]: which clauses of spec/*.tsv have a case, by system call and class.

LIST is what `mmapconf list --json` printed. A clause is
  run      a test cites it, and passed on some kernel; a clause about an older Linux: the reason of a layer line cites it
  not run  a test cites it, but was skipped wherever it was run: spec/unrun.tsv names it and what is missing
  waived   it cannot be seen from user space on any machine that a user has: spec/waived.tsv says why
  open     none of these
Beside that, a clause is
  modelled  the model (lib/model/, and what cases/matrix/objects.h gives it) decides by it, and a matrix has a test of it
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
COLUMNS = (*STATES, "modelled")
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


def modelled(tests_of, clauses, findings):
    """The clauses by which the model decides, and that a matrix reaches: neither without the other."""
    top = os.path.join(SPEC, "..")
    text = ""
    for path in sorted(glob.glob(os.path.join(top, "lib", "model", "*.c"))) + glob.glob(os.path.join(top, "cases", "matrix", "objects.h")):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    named = set(re.findall(r'"([a-z0-9_]+\.[a-z0-9._-]+)"', text)) & clauses.keys()
    reached = {clause for clause, tests in tests_of.items() if any(test.startswith("matrix/") for test in tests)}
    for clause in sorted(named - reached):
        findings.append(f"the model decides by {clause}, and no matrix has a test of it")
    for clause in sorted(reached - named):
        findings.append(f"a matrix has a test of {clause}, by which the model decides nothing")
    return named & reached


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


def print_row(name, counts):
    columns = [sum(counts[state] for state in STATES), *(counts[column] for column in COLUMNS)]
    print(f"{name:18} {'  '.join(f'{column:7}' for column in columns)}")


def print_table(clauses, state_of, in_model):
    """By system call, and of the family by class: the counts. Those of the family are returned."""
    counts, sums, everything = {}, dict.fromkeys(COLUMNS, 0), dict.fromkeys(COLUMNS, 0)
    for clause, about in clauses.items():
        call = clause.split(".")[0]
        by_class = counts.setdefault(call, {})
        of_class = by_class.setdefault(about["class"], dict.fromkeys(COLUMNS, 0))
        for count in (of_class, everything, *([sums] if call in FAMILY else [])):
            count[state_of[clause]] += 1
            count["modelled"] += clause in in_model
    print(f"{'':18} clauses  {'  '.join(f'{column:>7}' for column in COLUMNS)}")
    for call in sorted(counts, key=lambda call: (call not in FAMILY, call)):
        print_row(call, {column: sum(of_class[column] for of_class in counts[call].values()) for column in COLUMNS})
        for name, of_class in sorted(counts[call].items()):
            if call in FAMILY:
                print_row(f"  {name}", of_class)
    print_row("the mmap family", sums)
    print_row("all", everything)
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
    sums = print_table(clauses, state_of, modelled(tests_of, clauses, findings))
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

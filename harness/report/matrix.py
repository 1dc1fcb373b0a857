#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""matrix.py [--sources=URL] OUT DIR...: makes OUT/matrix.html, a table of tests by kernels, of report folders.

Each DIR has a results.json; a clause's class, sentence and source are those of the tree's spec/. URL is where the tree can be seen, for links to
the cases. The file is written whole or not at all.
Exit status: 0 it was written, 2 it could not be written, 3 bad input.
"""
import collections
import os
import re
import sys

from page import by_case, page_of, shown, view_of_test, write_whole
from results import FAILING, MEANING, BadInput, kernel_name, known, load_all, spec, visible

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CASE = re.compile(r"[a-z0-9_]+/[a-z0-9_]+(@[a-z0-9]+)?")
NOT_RUN = "not-run"	# the word where a report says nothing of a test; it is no verdict
CITES_NONE = "none"	# the class of a test that cites no clause, or none of spec/


def kernels_of(reports, folders):
    """The heads of the columns. Reports of one and the same kernel are told apart by their folders' names."""
    names = [" ".join(kernel_name(data["target"])) for data in reports]
    return [shown({"name": name if names.count(name) == 1 else f"{name} ({os.path.basename(os.path.abspath(folder))})",
                   "machine": known(data["target"]["machine"]), "reference": data["reference"], "gate": data["gate"],
                   "problems": len(data.get("problems", [])), "totals": data["totals"]})
            for name, data, folder in zip(names, reports, folders)]


def row_of(cells, clauses):
    """A test's row: its view by the kernels in cells, None where a kernel's report doesn't have it."""
    views = [view_of_test(test) if test else None for test in cells]
    cited = dict.fromkeys(clause for test in cells if test for clause in test["clauses"])
    known_here = [clauses[clause]["class"] for clause in cited if clause in clauses]
    unknown = {"class": "", "sentence": "not in spec/", "source": ""}
    first = next(view for view in views if view)
    verdicts = [view["verdict"] if view else NOT_RUN for view in views]
    return {"case": first["case"], "name": first["name"], "cells": views,
            "clauses": [shown({"id": clause, **clauses.get(clause, unknown)}) for clause in cited],
            "classes": sorted(set(known_here)) or [CITES_NONE],
            "verdicts": list(dict.fromkeys(verdicts)), "same": set(verdicts) == {"pass"}}


def files_of(cases):
    """{case: its file in the tree}, of those that have one."""
    files = {case: f"cases/{case.partition('@')[0]}.c" for case in cases if CASE.fullmatch(case)}
    return {case: file for case, file in files.items() if os.path.isfile(os.path.join(TOP, file))}


def matrix(reports, folders, clauses, sources):
    """The page as bytes. Needs Jinja2."""
    by_id = [{test["id"]: test for test in data["tests"]} for data in reports]
    ids = dict.fromkeys(test_id for tests in by_id for test_id in tests)	# in the order of the first report that has it
    rows = [row_of([tests.get(test_id) for tests in by_id], clauses) for test_id in ids]
    meaning = {**MEANING, NOT_RUN: "this kernel's report does not have the test"}
    kernels = kernels_of(reports, folders)
    for kernel, tests in zip(kernels, by_id):
        kernel["totals"][NOT_RUN] = len(ids) - len(tests)
    cited = {clause["id"]: clause for row in rows for clause in row["clauses"] if clause["class"]}
    return page_of(
        "matrix.html", ["page.css", "matrix.css"],
        kernels=kernels, cases=by_case(rows), total=len(rows), same=sum(row["same"] for row in rows),
        totals={name: sum(kernel["totals"][name] for kernel in kernels) for name in meaning},
        classes=sorted(collections.Counter(name for row in rows for name in row["classes"]).items()),
        cited=[cited[clause] for clause in sorted(cited)], sources=sources,
        files=files_of({row["case"] for row in rows}) if sources else {}, meaning=meaning, FAILING=FAILING)


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    sources = ""
    if arguments and arguments[0].startswith("--sources="):
        sources = arguments.pop(0).partition("=")[2].rstrip("/")
        if not re.match("https?://", sources):
            print("matrix.py: --sources wants the address of a page, http://… or https://…", file=sys.stderr)
            return 3
    if len(arguments) < 2:
        print("matrix.py: a folder to write and report folders are needed: matrix.py [--sources=URL] OUT DIR...", file=sys.stderr)
        return 3
    out, *folders = arguments
    try:
        reports, clauses = load_all(folders), spec()
    except BadInput as error:
        print(f"matrix.py: {error}", file=sys.stderr)
        return 3
    try:
        content = matrix(reports, folders, clauses, sources)
    except ModuleNotFoundError as error:
        print(f"matrix.py: needs the Python module {error.name} (Debian: python3-jinja2)", file=sys.stderr)
        return 2
    path = os.path.join(out, "matrix.html")
    try:
        os.makedirs(out, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        print(f"matrix.py: {visible(path)}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

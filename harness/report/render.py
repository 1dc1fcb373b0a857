#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""render.py DIR: makes DIR/junit.xml and DIR/index.html of DIR/results.json and, if it is there, DIR/results.ktap.

Each file is written whole or not at all. Exit status: 0 both were written, 2 something could not be written, 3 bad input.
"""
import os
import sys
import xml.etree.ElementTree as ET

from page import by_case, middle_out, page_of, shown, view_of_test, write_whole
from results import FAILING, MEANING, OTHER, BadInput, known, load, path_of, visible

STREAM_MAX = 512 * 1024	# bytes of the raw stream; the whole is in results.ktap

ERRORS = ("error", "crashed", "timed_out", "missing")	# JUnit's "error": the test gave no answer; else "failure"
DIFFERENT = ("known", "backported")			# as a layer says, and not as the reference: a pass with a word


def described(test):
    """The plain text under a JUnit result."""
    lines = [f"seen: {test['outcome']}"]
    if test["expected"] is not None:
        lines.append(f"expected: {test['expected']}")
    for rule in test["rules"]:
        sentence = f": {rule['sentence']}" if rule["sentence"] else ""
        source = f" ({rule['source']})" if rule["source"] else ""
        lines.append(f"clause {rule['id']}{sentence}{source}")
    if test["reason"]:
        lines.append(f"reason: {test['reason']}")
    if test["baseline"]:
        lines.append(f"baseline: {test['baseline']}")
    return "\n".join(lines + test["diagnostics"])


def total_seconds(tests):
    return sum(test["seconds"] or 0 for test in tests)


def counts(tests):
    """The attributes that testsuites and testsuite share."""
    return {
        "tests": str(len(tests)),
        "failures": str(sum(test["fails"] and test["verdict"] not in ERRORS for test in tests)),
        "errors": str(sum(test["verdict"] in ERRORS for test in tests)),
        "skipped": str(sum(test["verdict"] == "skipped" for test in tests)),
        "time": f"{total_seconds(tests):.6f}",
    }


def gate_as_test(data, tests):
    """Why the gate fails beside the tests' verdicts, as a test of its own in a list; [] when it does not.

    Without it, a reader of JUnit would see a run as passed whose stream was damaged, or whose skipped tests count.
    """
    if data["gate"] == "pass" or not data["problems"] and any(test["fails"] for test in tests):
        return []
    why = data["problems"] or [f"{data['totals']['skipped']} tests were skipped, and no verdict fails the gate"]
    return [{"case": "gate", "name": "gate", "verdict": "error", "fails": True, "seconds": None, "expected": None,
             "outcome": why[0], "rules": [], "reason": "", "baseline": "", "diagnostics": why[1:]}]


def junit(data, tests):
    """junit.xml as bytes."""
    target = data["target"]
    tests = tests + gate_as_test(data, tests)
    root = ET.Element("testsuites", name="mmap-conformance", **counts(tests))
    for case, members in by_case(tests):
        suite = ET.SubElement(root, "testsuite", name=case, **counts(members))
        properties = ET.SubElement(suite, "properties")
        for name in ("kind", "release", "machine"):
            ET.SubElement(properties, "property", name=f"target.{name}", value=target[name])
        ET.SubElement(properties, "property", name="reference", value=data["reference"])
        for test in members:
            element = ET.SubElement(suite, "testcase", name=test["name"], classname=case,
                                    time=f"{total_seconds([test]):.6f}")
            if test["fails"]:
                tag = "error" if test["verdict"] in ERRORS else "failure"
                result = ET.SubElement(element, tag, message=test["outcome"], type=test["verdict"])
                result.text = described(test)
            elif test["verdict"] == "skipped":
                ET.SubElement(element, "skipped", message=test["outcome"])
            elif test["verdict"] in DIFFERENT:
                out = ET.SubElement(element, "system-out")
                out.text = f"{test['verdict']}: {MEANING[test['verdict']]}\n{described(test)}"
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def stream_of(path):
    """The raw stream for the page, cut in the middle when it is long: size in bytes, lines, bytes left out; or None."""
    if not os.path.exists(path):
        return None
    if not os.path.isfile(path):	# a pipe would never end
        raise BadInput(f"{visible(path)}: not a regular file")
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= STREAM_MAX:
                parts, left_out = [file.read(STREAM_MAX)], 0
            else:
                head = file.read(STREAM_MAX // 8)
                file.seek(size - STREAM_MAX * 7 // 8)
                parts = [head, file.read(STREAM_MAX * 7 // 8)]
                left_out = size - sum(map(len, parts))
    except OSError as error:
        raise BadInput(f"{visible(path)}: {error.strerror}") from error
    texts = [part.decode("utf-8", "backslashreplace") for part in parts]
    lines = [shown(line.rstrip("\r")) for line in texts[0].split("\n")]
    if left_out:
        lines += [f"… {left_out} bytes left out …"] + [shown(line.rstrip("\r")) for line in texts[1].split("\n")]
    return {"size": size, "left_out": left_out, "text": "\n".join(lines)}


def calls(cases):
    """How each call fares: [(call, {verdict: count}, count)], the call being the first word of a case's name."""
    rows = {}
    for case, members in cases:
        row = rows.setdefault(case.split("/")[0], dict.fromkeys(MEANING, 0))
        for test in members:
            row[test["verdict"]] += 1
    return [(call, row, sum(row.values())) for call, row in rows.items()]


def page(data, tests, stream):
    """index.html as bytes. Needs Jinja2."""
    cases = by_case(tests)
    return page_of(
        "page.html", ["page.css"],
        target=data["target"], problems=data["problems"], seconds=total_seconds(tests),
        facts=data["facts"], reference=data["reference"], gate=data["gate"], totals=data["totals"],
        tests=tests, cases=cases, calls=calls(cases), stream=stream,
        failing=[(v, [t for t in tests if t["verdict"] == v]) for v in FAILING if data["totals"][v]],
        FAILING=FAILING, OTHER=OTHER, MEANING=MEANING)


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(arguments) != 1:
        print("render.py: one report folder is needed: render.py DIR", file=sys.stderr)
        return 3
    folder = arguments[0]
    if not os.path.isdir(folder):
        print(f"render.py: {visible(folder)}: not a folder", file=sys.stderr)
        return 3
    try:
        data = load(path_of(folder))
        stream = stream_of(os.path.join(folder, "results.ktap"))
    except BadInput as error:
        print(f"render.py: {error}", file=sys.stderr)
        return 3
    tests = [view_of_test(test) for test in data["tests"]]
    data = shown({"problems": [], **{key: value for key, value in data.items() if key != "tests"}})
    data["problems"] = middle_out(data["problems"])
    data["target"] = {key: known(value) for key, value in data["target"].items()}
    try:
        outputs = {"junit.xml": junit(data, tests), "index.html": page(data, tests, stream)}
    except ModuleNotFoundError as error:
        print(f"render.py: needs the Python module {error.name} (Debian: python3-jinja2)", file=sys.stderr)
        return 2
    for name, content in outputs.items():
        path = os.path.join(folder, name)
        try:
            write_whole(path, content)
        except OSError as error:
            print(f"render.py: {visible(path)}: {error.strerror}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

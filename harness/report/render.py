#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""render.py DIR: makes DIR/junit.xml and DIR/index.html of DIR/results.json and, if it is there, DIR/results.ktap.

Each file is written whole or not at all. Exit status: 0 both were written, 2 something could not be written, 3 bad input.
"""
import base64
import hashlib
import os
import sys
import xml.etree.ElementTree as ET
from urllib.parse import quote

from results import FAILING, MEANING, OTHER, BadInput, known, load, path_of, seen, split_id, visible

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")

# A target can print without end; a report must open all the same. The whole is in results.json and results.ktap.
TEXT_MAX = 2000		# characters of one text
LINES_MAX = 200		# diagnostic lines of one test
STREAM_MAX = 512 * 1024	# bytes of the raw stream

ERRORS = ("error", "crashed", "timed_out", "missing")	# JUnit's "error": the test gave no answer; else "failure"
DIFFERENT = ("known", "backported")			# as a layer says, and not as the reference: a pass with a word


def shown(value):
    """The same data with each text visible() and no longer than TEXT_MAX."""
    if isinstance(value, str):
        rest = len(value) - TEXT_MAX
        return visible(value) if rest <= 0 else visible(value[:TEXT_MAX]) + f" … ({rest} more characters)"
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {shown(key): shown(item) for key, item in value.items()}
    return value


def middle_out(lines):
    """At most LINES_MAX lines and one that counts what was left out: how it began and how it ended matter most."""
    half = LINES_MAX // 2
    if len(lines) <= LINES_MAX:
        return lines
    return lines[:half] + [f"… {len(lines) - 2 * half} lines left out …"] + lines[-half:]


def view_of_test(test):
    """What both reports say of a test, safe to show."""
    case, name = split_id(test["id"])
    view = shown({"baseline": "", **{key: value for key, value in test.items() if key != "diagnostics"}})
    sentences = {rule["id"]: rule for rule in view.get("rules", [])}
    view["rules"] = [sentences.pop(clause, {"id": clause, "sentence": "", "source": ""}) for clause in view["clauses"]]
    view["rules"] += sentences.values()
    view["outcome"] = shown(seen(test))
    view["reason"] = shown(test.get("reason", "").replace("\n", " "))
    view["diagnostics"] = shown(middle_out(test.get("diagnostics", [])))
    view["case"], view["name"] = shown(case), shown(name)
    view["fails"] = view["verdict"] in FAILING
    return view


def by_case(tests):
    """[(case, its tests)], the cases by name, the tests in the order of the file."""
    cases = {}
    for test in tests:
        cases.setdefault(test["case"], []).append(test)
    return sorted(cases.items())


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
    import jinja2
    from markupsafe import Markup, escape

    def breakable(text):
        """An id or a path that may break after '/', '.' and '_', and is still found and copied as one word."""
        result = str(escape(text))
        for char in "/._":
            result = result.replace(char, char + "<wbr>")
        return Markup(result)

    def own(name):
        with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
            return Markup(file.read())

    def digest(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(breakable=breakable, fragment=lambda text: quote(text, safe="/"))
    cases = by_case(tests)
    style, script = own("page.css"), own("filter.js")
    return environment.get_template("page.html").render(
        target=data["target"], problems=data["problems"], seconds=total_seconds(tests),
        facts=data["facts"], reference=data["reference"], gate=data["gate"], totals=data["totals"],
        tests=tests, cases=cases, calls=calls(cases), stream=stream,
        failing=[(v, [t for t in tests if t["verdict"] == v]) for v in FAILING if data["totals"][v]],
        FAILING=FAILING, OTHER=OTHER, MEANING=MEANING,
        style=style, script=script, style_digest=digest(style), script_digest=digest(script)).encode("utf-8")


def write_whole(path, content):
    """Writes the file, or leaves it as it was; raises OSError."""
    scratch = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    try:
        with open(scratch, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        if os.path.exists(scratch):
            os.unlink(scratch)
        raise


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

# SPDX-License-Identifier: GPL-2.0
"""What `mmapconf compare --json` writes: read, checked, and made safe to show.

What stands in it came in part from the kernel under test, so its texts are hostile. load() says exactly what is wrong
with a file that does not keep to the schema; visible() makes a text harmless on a terminal, in HTML and in XML.
"""
import json
import os
import unicodedata

SCHEMA = 1
NO_CLAUSES = ("waived.tsv", "unrun.tsv")  # what stands in spec/ besides: lists about clauses
SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "spec")

# Verdict -> what it means, in the order in which a reader wants them: what fails the gate, the worst first, then the rest.
FAILING = {
    "crashed": "a signal or a panic ended the test, and no layer says so",
    "timed_out": "the test was killed at its time limit, and no layer says so",
    "diverged": "Linux passes, this kernel does not, or lacks the feature; no layer says so",
    "changed": "still not as Linux, but not as the layer says",
    "error": "the test could not be set up, or its lines were damaged",
    "missing": "the test's lines never came",
    "unexpected": "no layer knows this test",
    "fixed": "a layer of the target says otherwise, but the test passes: drop that line",
}
OTHER = {
    "known": "not as Linux, as a layer says",
    "backported": "a layer of an older Linux says otherwise, but the test passes",
    "skipped": "the environment lacks something; not counted as a pass",
    "pass": "as Linux",
}
MEANING = {**FAILING, **OTHER}


class BadInput(Exception):
    """A file that cannot be used; the text is one line that names the file and the field."""


def visible(text):
    """The text on one line, with every character escaped that is invisible, moves what stands around it or is none at all.

    Those are all of Unicode's classes "other" and "separator" but the blank (controls, U+202E and its kin, zero-width
    characters, half surrogates, what XML 1.0 forbids), and marks that combine with the character before them. The form
    is that of docs/tap.md: \\x1b, \\u202e, \\U000e0001.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and unicodedata.category(c) not in ("Mn", "Me") else _escaped(c) for c in text)


def _escaped(char):
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(value):
    """A JSON value for an error message: on one line, and short."""
    text = visible(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 60 else text[:57] + "..."


def split_id(test_id):
    """("mmap/fixed_noreplace", "arena.free_range_is_taken") of a test's id. A case is two words, a name may hold '/'."""
    parts = test_id.split("/", 2)
    return "/".join(parts[:-1]) or "-", parts[-1]


def seen(test):
    """What was seen, in words also where the outcome is empty, as that of a plain pass is."""
    return test["outcome"] or ("ok" if test["verdict"] in ("pass", "fixed", "backported", "unexpected") else "nothing")


def known(value):
    """A fact of the target, which is null where its stream did not come to tell it."""
    return "unknown" if value is None else value


def kernel_name(target):
    """What a kernel is called, in two words: its kind and, of what is no Linux, the target's version; its own release may be anybody's."""
    return [target["kind"], target.get("version") or known(target["release"])]


def path_of(argument):
    """The results file that a command-line argument means: itself, or results.json in that folder."""
    return os.path.join(argument, "results.json") if os.path.isdir(argument) else argument


def spec():
    """The clauses of the tree's spec/*.tsv: {id: {"class": …, "sentence": …, "source": …}}; raises BadInput."""
    clauses = {}
    try:
        names = sorted(name for name in os.listdir(SPEC) if name.endswith(".tsv") and name not in NO_CLAUSES)
        for name in names:
            with open(os.path.join(SPEC, name), encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    fields = line.rstrip("\n").split("\t")
                    if len(fields) != 6:
                        raise BadInput(f"spec/{name}:{number}: {len(fields)} fields, not 6")
                    if number > 1:
                        clauses[fields[0]] = {"class": fields[1], "sentence": fields[3], "source": fields[5]}
    except OSError as error:
        raise BadInput(f"{visible(error.filename)}: {error.strerror}") from error
    return clauses


def load_all(folders):
    """The results of several report folders, no folder twice; raises BadInput."""
    places = {}
    for folder in folders:
        if not os.path.isdir(folder):
            raise BadInput(f"{visible(folder)}: not a folder")
        place = os.path.realpath(folder)
        if place in places:
            raise BadInput(f"{visible(folder)}: given twice")
        places[place] = load(path_of(folder))
    return list(places.values())


def load(path):
    """The results in a file, checked against the schema of docs/expectations.md; raises BadInput."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except OSError as error:
        raise BadInput(f"{visible(path)}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{visible(path)}: not JSON: byte {error.start} is not UTF-8") from error
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        _check(data)
    except json.JSONDecodeError as error:
        raise BadInput(f"{visible(path)}: not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise BadInput(f"{visible(path)}: not JSON that can be read: nested too deep") from error
    except ValueError as error:
        raise BadInput(f"{visible(path)}: {visible(str(error))}") from error
    return data


def _object(pairs):
    """json's default would let the last of two equal keys win without a word."""
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"not JSON that can be read: {quoted(twice)} stands twice in one object")
    return result


def _constant(name):
    raise ValueError(f"not JSON: {name}")


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1e9


def _count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_KINDS = {
    "text": lambda v: isinstance(v, str),
    "text or null": lambda v: v is None or isinstance(v, str),
    "a non-empty text": lambda v: isinstance(v, str) and v != "",
    "an object": lambda v: isinstance(v, dict),
    "an object of texts": lambda v: isinstance(v, dict) and all(isinstance(t, str) for t in v.values()),
    "a list": lambda v: isinstance(v, list),
    "a list of texts": lambda v: isinstance(v, list) and all(isinstance(t, str) for t in v),
    "a number from 0 to 1e9, or null": lambda v: v is None or _number(v),
    "a whole number, 0 or above": _count,
    "a whole number, 0 or above, or null": lambda v: v is None or _count(v),
    "a verdict": lambda v: isinstance(v, str) and v in MEANING,
    '"pass" or "fail"': lambda v: v in ("pass", "fail"),
}


def _field(where, parent, name, kind, optional=False):
    if name not in parent:
        if not optional:
            raise ValueError(f"{where}{name}: missing")
    elif not _KINDS[kind](parent[name]):
        raise ValueError(f"{where}{name}: must be {kind}, not {quoted(parent[name])}")


def _check(data):
    if not isinstance(data, dict):
        raise ValueError(f"must be an object, not {quoted(data)}")
    if "schema" not in data:
        raise ValueError("schema: missing")
    if data["schema"] != SCHEMA or isinstance(data["schema"], bool):
        raise ValueError(f"schema: this reads schema {SCHEMA}, not {quoted(data['schema'])}")
    _field("", data, "target", "an object")
    _field("target.", data["target"], "kind", "text")
    _field("target.", data["target"], "version", "text or null", optional=True)
    _field("target.", data["target"], "release", "text or null")
    _field("target.", data["target"], "machine", "text or null")
    _field("target.", data["target"], "page_size", "a whole number, 0 or above, or null")
    _field("", data, "reference", "text")
    _field("", data, "gate", '"pass" or "fail"')
    _field("", data, "facts", "an object of texts")
    _field("", data, "problems", "a list of texts", optional=True)
    _field("", data, "totals", "an object")
    _field("", data, "tests", "a list")
    seen = dict.fromkeys(MEANING, 0)
    ids = set()
    for index, test in enumerate(data["tests"]):
        _check_test(f"tests[{index}]", test)
        if test["id"] in ids:
            raise ValueError(f"tests[{index}].id: {quoted(test['id'])} stands there twice")
        ids.add(test["id"])
        seen[test["verdict"]] += 1
    _check_sums(data, seen)


def _check_test(where, test):
    if not isinstance(test, dict):
        raise ValueError(f"{where}: must be an object, not {quoted(test)}")
    where += "."
    _field(where, test, "id", "a non-empty text")
    _field(where, test, "verdict", "a verdict")
    _field(where, test, "expected", "text or null")
    _field(where, test, "outcome", "text")
    _field(where, test, "clauses", "a list of texts")
    _field(where, test, "seconds", "a number from 0 to 1e9, or null")
    _field(where, test, "reason", "text", optional=True)
    _field(where, test, "baseline", "text", optional=True)
    _field(where, test, "diagnostics", "a list of texts", optional=True)
    _field(where, test, "rules", "a list", optional=True)
    for index, rule in enumerate(test.get("rules", [])):
        if not isinstance(rule, dict):
            raise ValueError(f"{where}rules[{index}]: must be an object, not {quoted(rule)}")
        for name in ("id", "sentence", "source"):
            _field(f"{where}rules[{index}].", rule, name, "text")


def _check_sums(data, seen):
    """A report must not show a total or a gate that its own tests contradict."""
    for verdict, count in seen.items():
        _field("totals.", data["totals"], verdict, "a whole number, 0 or above")
        if data["totals"][verdict] != count:
            raise ValueError(f"totals.{verdict}: says {data['totals'][verdict]}, but {count} tests have this verdict")
    for name in data["totals"]:
        if name not in seen:
            raise ValueError(f"totals: {quoted(name)} is no verdict")
    failing = sum(seen[verdict] for verdict in FAILING)
    if data["gate"] == "pass" and failing:
        raise ValueError(f"gate: says pass, but {failing} tests have verdicts that fail it")
    if data["gate"] == "pass" and not data["tests"]:
        raise ValueError("gate: says pass, but no test was judged")

# SPDX-License-Identifier: GPL-2.0
"""The suite of suite_stub.c for the tests of `mmapconf compare`: its tests, streams of them, and the program."""

import functools
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE / "harness" / "report"))
import results as report  # noqa: E402: what the reports demand of results.json

SOURCES = ["crc32", "selection", "text", "inventory", "tapline", "block", "stream", "baseline", "judge", "accept", "lint", "print", "compare"]

CASES = {
    "mmap/fixed_noreplace": ["arena.free_range_is_taken", "overlap.head.is_refused", "overlap.tail.is_refused"],
    "mmap/plain": ["global.anonymous_is_zero", "global.length_zero_is_refused"],
    "mremap/move": ["global.grows", "move.one.lands_there", "move.two.land_there", "seal.refused"],
    "msync/sync": ["file.is_durable", "file.is_seen"],
}
IDS = [f"{case}/{name}" for case, names in CASES.items() for name in names]
FACTS = {
    "suite": "0.1.0", "release": "7.2.1", "machine": "x86_64", "page_size": "4096", "word_size": "64", "user": "0",
    "filesystems": "ext4",
}


@functools.lru_cache(maxsize=None)
def program(sanitized=True):
    """Path of the program, built once; with the address and undefined behaviour sanitizers where the compiler has them."""
    folder = tempfile.TemporaryDirectory(prefix="compare-")
    program.folders = getattr(program, "folders", []) + [folder]
    path = Path(folder.name) / "compare"
    command = [os.environ.get("CC", "cc"), "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-o", str(path)]
    command += [str(TREE / "harness" / f"{name}.c") for name in SOURCES] + [str(TREE / "tests" / "suite_stub.c")]
    if sanitized and not subprocess.run(
        command + ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"], stderr=subprocess.DEVNULL
    ).returncode:
        return path
    subprocess.run(command, check=True)
    return path


class Ran:
    """What one run of the program gave."""

    def __init__(self, process, results):
        self.status = process.returncode
        self.out = process.stdout.decode("utf-8", "surrogateescape")
        self.err = process.stderr.decode("utf-8", "surrogateescape")
        self.results = results

    def verdicts(self):
        return {test["id"]: test["verdict"] for test in self.results["tests"]}

    def test(self, test_id):
        return next(test for test in self.results["tests"] if test["id"] == test_id)


def compare(stream, *arguments, cwd, sanitized=True, with_json=True, env=None):
    """Runs the program in the folder cwd, which has the baselines in expected/."""
    if isinstance(stream, str):
        stream = stream.encode()
    command = [str(program(sanitized)), *arguments]
    out = Path(cwd) / "results.json"
    out.unlink(missing_ok=True)
    if stream is not None and with_json:
        command[1:1] = ["--json", str(out)]
    environment = {**os.environ, "LC_ALL": "C", "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99", **(env or {})}
    process = subprocess.run(command, input=stream or b"", capture_output=True, cwd=cwd, env=environment, timeout=60)
    assert process.returncode in range(5), process.stderr.decode(errors="replace")
    return Ran(process, report.load(str(out)) if out.exists() else None)


def pair(number, label, name, result):
    """The result line and the "# done" line of a test. result: "ok", "SKIP why", or what comes after '#'."""
    if result == "ok":
        line, verdict = f"ok {number} {name}", "pass"
    elif result.startswith("SKIP"):
        line, verdict = f"ok {number} {name} # {result}", "skip"
    else:
        line = f"not ok {number} {name} # {result}"
        verdict = {"TIMEOUT": "timeout", "CRASH": "crash", "ERROR": "error"}.get(result.split(" ")[0], "fail")
    signed = f"{line}\n{label}/{name} {verdict}".encode("utf-8", "surrogateescape")
    return [line, f"# done {label}/{name} {verdict} {zlib.crc32(signed):08x} 0.000412"]


def is_bad(result):
    return result != "ok" and not result.startswith("SKIP")


def block(label, names, results):
    """The lines of one case, not indented."""
    lines = ["KTAP version 1", f"1..{len(names)}"]
    for number, name in enumerate(names, 1):
        result = results.get(f"{label}/{name}", "ok")
        lines.append(f"# running {label}/{name}")
        if is_bad(result):
            lines.append(f"# cases/{label}.c:63: {result}")
        lines += pair(number, label, name, result)
    return lines


def document(results=None, facts=None, labels=None, end=True, without=()):
    """
    The lines of a whole run. labels: the cases, in the order of the run; "msync/sync@ext4" is one on a file system.
    without: tests that were not selected.
    """
    results = results or {}
    labels = labels if labels is not None else list(CASES)
    lines = ["KTAP version 1"] + [f"# fact {key}={value}" for key, value in {**FACTS, **(facts or {})}.items() if value is not None]
    lines.append(f"1..{len(labels)}")
    for number, label in enumerate(labels, 1):
        names = [name for name in CASES[label.split("@")[0]] if f"{label}/{name}" not in without]
        for line in block(label, names, results):
            lines.append(line if line.startswith("# running") else "  " + line)
        bad = any(is_bad(results.get(f"{label}/{name}", "ok")) for name in names)
        skipped = all(results.get(f"{label}/{name}", "ok").startswith("SKIP") for name in names)
        lines.append(("not " if bad else "") + f"ok {number} {label}" + (" # SKIP all" if skipped else ""))
    return lines + (["# Totals: pass:11 fail:0 xfail:0 xpass:0 skip:0 error:0", "# end"] if end else [])


def text(lines):
    return "".join(line + "\n" for line in lines)


def baselines(folder, layers=None, release="7.2"):
    """Writes expected/ with an ok for every test, and these layers over it: {"gvisor/mmap/plain": "lines"}."""
    expected = Path(folder) / "expected"
    (expected / "linux").mkdir(parents=True, exist_ok=True)
    (expected / "linux" / "release").write_text(release + "\n")
    for case, names in CASES.items():
        write(folder, f"linux/{case}", f"1..{len(names)}\n" + text(f"ok {name}" for name in names))
    for path, content in (layers or {}).items():
        write(folder, path, content)
    return folder


def write(folder, path, content):
    target = Path(folder) / "expected" / f"{path}.tap"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content)


def read(folder, path):
    return (Path(folder) / "expected" / f"{path}.tap").read_text()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""lies.py [options] FOLDER [LIE...]: which tests were seen to fail.

Runs the suite image whose calls lie (tests/lies; make build/tests/lies/suite) once without a lie and once by each lie (GLOBs; all of
them), and keeps the streams in FOLDER. By a lie about a call, only the cases run whose source names the call. Then it prints, from all
folders beside FOLDER, what fails under each lie; and for each test by what it was seen to fail: a lie; else a real kernel, which fails it
as a layer of expected/ says; else a lie by which it merely crashes or hangs. Of the rest, whether it was skipped, and why, or survived.
A failed set-up and a SKIP are no failure, nor is what fails without a lie.

    lies.py --target debian:7.3 -t 'mmap/hint_5level' build/lies/debian 'mmap.hint_*'
    lies.py --image build/i386/tests/lies/suite -t '*/i386_*' build/lies/i386

The matrices and sequences have faults of their own, planted in the model (MMAPCONF_PLANT, tests/test_model.py): only a lie that no
other test notices is told to the matrix of its call.
"""
import argparse
import collections
import fnmatch
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
IMAGE = TOP / "build" / "tests" / "lies" / "suite"
PLANTED = ("matrix/", "sequence/")
HONEST = "honest"
WORST_SECONDS = 300
DONE = re.compile(r"^ *# done (\S+) (\w+) [0-9a-f]{8}", re.M)
SKIPPED = re.compile(r"^ *ok \d+ \S+ # SKIP (.*)\n *# done (\S+) skip ", re.M)
LAYER_LINE = re.compile(r"not ok (?:@\w+/)?(\S+) # (.*)")
# What makes a call by another name.
ALSO = {"mmap": r"|\b(?:arena_map|GROWING_)", "mseal": r"|\bSEAL\(", "fork": r"|\bCHILD\("}


def told_by(image):
    """{lie: what the kernel gets wrong}, in the order of the sources; as the image of this machine has it, for one of another."""
    def listed(by):
        return subprocess.run([by], env={"MMAPCONF_LIE": "help"}, check=True, capture_output=True, text=True).stdout

    try:
        lines = listed(image).splitlines()
    except OSError:
        lines = listed(IMAGE).splitlines()
    return dict(line.split("\t") for line in lines)


def stream(lie, *selection, image=IMAGE, target="host", jobs=2, system=True):
    """What the image prints that tells this lie (None: none), on a target of docs/targets.md."""
    kind, _, arg = target.partition(":")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MMAPCONF_") or name == "MMAPCONF_CACHE"}
    words = ["run", f"-j{jobs}", *(["--system"] if system else []), *selection]
    if lie and kind == "host":
        environment["MMAPCONF_LIE"] = lie
    elif lie: # a word of the kernel's command line is in the environment of its /init
        arg += f",cmdline=MMAPCONF_LIE={lie}"
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        environment.update(MMAPCONF_IMAGE=str(image), MMAPCONF_TARGET_ARG=arg, MMAPCONF_SCRATCH=scratch, MMAPCONF_DIR=str(files))
        run = [TOP / "harness" / "targets" / kind, *words]
        with subprocess.Popen(run, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True) as process:
            try:
                printed, _ = process.communicate(timeout=WORST_SECONDS)
            except BaseException:
                os.killpg(process.pid, signal.SIGTERM) # it ends what it started (docs/targets.md)
                raise
    return printed.decode(errors="backslashreplace").replace("\r", "")


def plain(test):
    """Without the file system."""
    return re.sub(r"@\w+", "", test)


def verdicts(text):
    """{test: pass, fail, skip, error, timeout or crash}; what ran on several file systems has failed if it has on one."""
    worst = {}
    for test, verdict in DONE.findall(text):
        if worst.get(plain(test)) != "fail":
            worst[plain(test)] = verdict
    return worst


def callers(call):
    """The cases whose source names the call."""
    name = call.removeprefix("libc_")
    named = re.compile(rf"\b{name}\(" if name != call else rf"\b(?:sys_|SYS_|){name}2?\b" + ALSO.get(call, ""))
    paths = (path for path in sorted((TOP / "cases").glob("*/*.c")) if named.search(path.read_text()))
    cases = [str(path.relative_to(TOP / "cases").with_suffix("")) for path in paths]
    return [case for case in cases if not case.startswith(PLANTED)]


def failing(text):
    return {test for test, verdict in verdicts(text).items() if verdict == "fail"}


def make_stream(lie, honest, selection, **how):
    call = lie.partition(".")[0]
    text = stream(lie, *(selection or callers(call)), **how)
    if selection or failing(text) - failing(honest) or not (TOP / "cases" / "matrix" / f"{call}.c").exists():
        return text
    return text + stream(lie, f"matrix/{call}", **how)


def make_streams(folder, lies, selection, **how):
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{HONEST}.ktap"
    if not kept.exists():
        kept.write_text(stream(None, *selection, **how))
    begin = time.monotonic()
    for count, lie in enumerate(lies):
        try:
            (folder / f"{lie}.ktap").write_text(make_stream(lie, kept.read_text(), selection, **how))
        except subprocess.TimeoutExpired:
            print(f"\n{lie}: given up after {WORST_SECONDS} seconds", file=sys.stderr)
        rest = (time.monotonic() - begin) / (count + 1) * (len(lies) - count - 1)
        print(f"\r\033[K{count + 1}/{len(lies)} {lie}, {rest / 60:.0f} min left", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def failing_kernels():
    """{test: the layers that have it fail with a named outcome}"""
    layers = collections.defaultdict(set)
    for path in sorted((TOP / "expected").glob("**/*.tap")):
        *layer, call, topic = path.relative_to(TOP / "expected").parts
        for line in path.read_text().splitlines():
            match = LAYER_LINE.fullmatch(line)
            if match:
                layers[f"{call}/{topic.removesuffix('.tap')}/{match[1]}"].add("/".join(layer))
    return layers


class Seen:
    """What the streams of all folders say."""

    def __init__(self, folders):
        self.honest, self.skips = {}, {}
        self.failing, self.broken, self.noticed = (collections.defaultdict(list) for _ in range(3))
        self.tally = collections.defaultdict(collections.Counter)
        for folder in folders:
            text = (folder / f"{HONEST}.ktap").read_text()
            honest = verdicts(text)
            for test, verdict in honest.items():
                if self.honest.get(test) != "pass":
                    self.honest[test] = verdict
            self.skips.update((plain(test), why) for why, test in SKIPPED.findall(text))
            for path in sorted(folder.glob("*.ktap")):
                if path.stem != HONEST:
                    self.add(path.stem, verdicts(path.read_text()), honest)

    def add(self, lie, verdicts_under_it, honest):
        for test, verdict in verdicts_under_it.items():
            if honest.get(test) != "pass":
                continue
            self.tally[lie][verdict] += 1
            if verdict == "fail":
                self.failing[test].append(lie)
                self.noticed[lie].append(test)
            elif verdict in ("crash", "timeout"):
                self.broken[test].append(lie)

    def group(self, test, layers):
        if self.failing[test]:
            return "a lie", ""
        if layers:
            return "a real kernel alone", " ".join(sorted(layers))
        if self.broken[test]:
            return "a crash or a hang alone", " ".join(self.broken[test])
        if test.startswith(PLANTED):
            return "what is planted in the model", ""
        if self.honest[test] == "skip":
            return "nothing: skipped", self.skips.get(test, "")
        return ("nothing: survived" if self.honest[test] == "pass" else f"nothing: {self.honest[test]} without a lie"), ""


def report(seen, told):
    for lie, what in told.items():
        if lie in seen.tally:
            tally = seen.tally[lie]
            print(f"{lie:50} {tally['fail']:5} fail {tally['error']:5} error {tally['crash'] + tally['timeout']:4} crash  {what}".rstrip())
    layers = failing_kernels()
    groups = collections.defaultdict(list)
    for test in seen.honest:
        group, why = seen.group(test, layers.get(test))
        groups[group].append(f"{test}  {why}".rstrip())
    for group in sorted(groups):
        if group not in ("a lie", "what is planted in the model"):
            print(f"\n== seen to fail by {group}", *sorted(groups[group]), sep="\n")
    by_matrices = [lie for lie, noticed in seen.noticed.items() if all(test.startswith(PLANTED) for test in noticed)]
    print("\nlies that only a matrix notices:", " ".join(by_matrices) or "none")
    unnoticed = [lie for lie in told if lie in seen.tally and not seen.tally[lie]["fail"]]
    print("lies that no test notices:", " ".join(unnoticed) or "none")
    print(f"{len(seen.honest)} tests; seen to fail by", "; ".join(f"{group}: {len(groups[group])}" for group in sorted(groups)))


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lies", nargs="*", metavar="LIE")
    parser.add_argument("--image", type=Path, default=IMAGE)
    parser.add_argument("--target", default="host")
    parser.add_argument("-j", type=int, default=2, dest="jobs", metavar="N")
    parser.add_argument("-t", action="append", default=[], dest="selection", metavar="GLOB", help="these tests, by every lie")
    parser.add_argument("--no-system", action="store_false", dest="system", help="not the cases that change the state of the machine")
    parser.add_argument("--reports", action="store_true", help="run nothing, report what is in the folders")
    options = parser.parse_args()
    options.image = options.image.resolve()
    told = told_by(options.image)
    lies = [lie for lie in told if not options.lies or any(fnmatch.fnmatch(lie, glob) for glob in options.lies)]
    if not options.reports:
        if not options.lies:
            (options.folder / f"{HONEST}.ktap").unlink(missing_ok=True)
        make_streams(options.folder, lies, options.selection, image=options.image, target=options.target, jobs=options.jobs, system=options.system)
    report(Seen(sorted(path.parent for path in options.folder.parent.glob(f"*/{HONEST}.ktap"))), told)


if __name__ == "__main__":
    main()

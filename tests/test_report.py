# SPDX-License-Identifier: GPL-2.0
"""The reports of harness/report: what render.py makes of a results.json, and what diff.py says of two."""

import collections
import html
import html.parser
import http.server
import json
import pathlib
import re
import sys
import threading
import xml.etree.ElementTree as ET

import pytest
from conftest import TOP, need_tool, run

REPORT = TOP / "harness" / "report"
VERDICTS = ("pass diverged known changed fixed backported skipped crashed timed_out error missing unexpected").split()
FAILING = {"diverged", "changed", "fixed", "crashed", "timed_out", "error", "missing", "unexpected"}
HOSTILE = "\"'><script>pwned()</script><img src=x onerror=pwned()>]]>&amp;&#0;{{ 7*7 }}" \
    "\x00\x1b[31m\x85\u202e\u2028\ud800\ufffe\U000e0041"


def result(test_id, verdict="pass", **more):
    return {"id": test_id, "verdict": verdict, "expected": "ok",
            "outcome": "ok" if verdict == "pass" else "mmap=ok want EEXIST",
            "clauses": ["mmap.fixed-noreplace.overlap-eexist"], "seconds": 0.25, **more}


def results(*tests, gate=None, **more):
    """A results.json as mmapconf writes it, its totals and gate right unless they are given."""
    counts = collections.Counter(test["verdict"] for test in tests)
    return {"schema": 1, "target": {"kind": "gvisor", "release": "4.4.0", "machine": "x86_64", "page_size": 4096},
            "reference": "linux-7.2", "gate": gate or ("fail" if FAILING & counts.keys() else "pass"),
            "facts": {"suite": "0.1.0", "filesystems": "tmpfs"},
            "totals": {verdict: counts[verdict] for verdict in VERDICTS}, "tests": list(tests), **more}


ALL = [result(f"mmap/topic/overlap.{verdict}_test", verdict, outcome=f"{verdict}=seen", reason=f"{verdict} since\n6.17",
              baseline=f"expected/gvisor/mmap/topic.tap:{number}", diagnostics=[f"line one of {verdict}", "| two"],
              rules=[{"id": "mmap.fixed-noreplace.overlap-eexist", "sentence": "An overlap is refused.",
                      "source": "mm/mmap.c:do_mmap"}])
       for number, verdict in enumerate(VERDICTS)] + [result("munmap/hole/global.middle_goes")]


def write(folder, data, stream=None):
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(data if isinstance(data, str) else json.dumps(data))
    if stream is not None:
        (folder / "results.ktap").write_bytes(stream)
    return folder


def render(folder):
    return run(sys.executable, REPORT / "render.py", folder)


def rendered(folder, data, stream=None):
    """The page and the JUnit tree of these results."""
    done = render(write(folder, data, stream))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return (folder / "index.html").read_text(encoding="utf-8"), ET.parse(folder / "junit.xml").getroot()


class Page(html.parser.HTMLParser):
    """What a reader finds in a page: the tags with their attributes, the texts of the articles and of the table's rows."""

    VOID = {"meta", "link", "wbr", "input"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.articles, self.rows, self.text = [], [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == [], "a tag is not closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "article":
            self.articles.append("")
        if tag == "tr" and "data-verdict" in dict(attrs):
            self.rows.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "script" in self.open or "style" in self.open:
            return
        self.text += data
        if "article" in self.open:
            self.articles[-1] += data
        if "tr" in self.open and self.rows and "tbody" in self.open:
            self.rows[-1] += data


def flat(text):
    return " ".join(text.split())


def test_page_tells_each_verdict_and_puts_what_fails_the_gate_first(tmp_path):
    text, _ = rendered(tmp_path / "r", results(*ALL))
    page = Page(text)
    assert len(page.rows) == len(ALL)
    for test, row in zip(ALL, page.rows):
        assert flat(row).startswith(f"{test['id'].split('/')[2]} {test['verdict']} {test['outcome']}")
        if test["verdict"] != "pass":
            assert f"{test['verdict']} since 6.17 {test['baseline']}" in flat(row)
    assert len(page.articles) == len(FAILING)
    failing = {test["verdict"]: test for test in ALL if test["verdict"] in FAILING}
    for article in map(flat, page.articles):
        test = failing.pop(article.split()[0])
        for part in (test["id"], f"seen {test['outcome']}", "expected ok", test["baseline"], f"{test['verdict']} since 6.17",
                     "clause mmap.fixed-noreplace.overlap-eexist An overlap is refused. mm/mmap.c:do_mmap",
                     f"diagnostics, 2 lines line one of {test['verdict']} | two"):
            assert part in article
        assert ("drop the line" in article) == (test["verdict"] == "fixed")
    assert not failing
    assert "Gate fails 8 of 13 tests" in flat(page.text)
    assert re.search(r"target gvisor release 4\.4\.0 machine x86_64 page size 4096 reference linux-7\.2", flat(page.text))
    assert "pass 2" in flat(page.text) and "filesystems tmpfs" in flat(page.text)
    assert text.index("<article>") < text.index('id="tests"')


def test_page_has_table_heads_with_a_scope_and_labels(tmp_path):
    page = Page(rendered(tmp_path / "r", results(*ALL))[0])
    scopes = collections.Counter(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    calls, columns, shown = 2, 5 + 1 + len(VERDICTS) + 1, len(ALL)
    assert scopes == {"col": columns, "row": shown + calls, "rowgroup": 2}
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        assert attrs.get("aria-labelledby", ids[0]) in ids
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids		# the links lead somewhere without the script as well


def test_page_is_one_file_without_external_resource_or_inline_handler(tmp_path):
    text, _ = rendered(tmp_path / "r", results(*ALL))
    page = Page(text)
    for tag, attrs in page.tags:
        assert not {"src", "srcset", "style", "action"} & attrs.keys()
        assert not [name for name in attrs if name.startswith("on")]
        assert attrs.get("href", "#").startswith(("#", "data:,"))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "url(" not in text and "@import" not in text and "http:" not in text and "https:" not in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("gate, tests, words", [
    ("pass", [result("mmap/a/b")], "Gate passes 1 test "),
    ("pass", [result("mmap/a/b", "known"), result("mmap/a/c", "skipped")], "Gate passes 2 tests "),
    ("pass", [result("mmap/a/b", "skipped")], "Gate passes 1 test , all skipped: nothing was checked"),
    ("fail", [result("mmap/a/b"), result("mmap/a/c", "skipped")], "Gate fails no verdict fails it, but 1 of 2 tests was skipped"),
    ("fail", [], "Gate fails though no test's verdict fails it (0 tests)"),
    ("fail", [result("mmap/a/b")], "Gate fails though no test's verdict fails it (1 test)"),
])
def test_gate_line(tmp_path, gate, tests, words):
    page = Page(rendered(tmp_path / "r", results(*tests, gate=gate))[0])
    assert words in flat(page.text) + " "
    assert not page.articles


def test_optional_fields_may_be_absent(tmp_path):
    page = Page(rendered(tmp_path / "r", results(result("mmap/a/b", "diverged")))[0])
    assert flat(page.articles[0]) == ("diverged mmap/a/b seen mmap=ok want EEXIST clause mmap.fixed-noreplace.overlap-eexist "
                                      "expected ok")


def test_a_damaged_stream_is_told_on_the_page_and_fails_in_junit(tmp_path):
    for name, tests, words in (("good", [result("mmap/a/b")], "Gate fails the stream is damaged (1 test)"),
                               ("bad", [result("mmap/a/b", "diverged")], "Gate fails 1 of 1 test, and the stream is damaged")):
        text, junit = rendered(tmp_path / name, results(*tests, gate="fail", problems=["no end \x1b", "twice"]))
        assert words in flat(Page(text).text)
        assert "What is wrong with the stream no end \\x1b twice" in flat(Page(text).text)
        error = junit.find("testsuite[@name='gate']/testcase/error")
        assert error.get("message") == "no end \\x1b" and error.text.endswith("twice")
        assert (junit.get("tests"), junit.get("errors")) == ("2", "1")


def test_junit_of_a_gate_that_fails_is_never_green(tmp_path):
    for name, tests in (("skipped", [result("mmap/a/b", "skipped")]), ("none", []), ("passed", [result("mmap/a/b")])):
        _, junit = rendered(tmp_path / name, results(*tests, gate="fail"))
        assert (junit.get("tests"), junit.get("errors")) == (str(len(tests) + 1), "1")
        assert junit.find("testsuite[@name='gate']/testcase/error") is not None


def test_what_is_not_known_may_be_null(tmp_path):
    test = result("mmap/a/b", "unexpected", expected=None, seconds=None)
    folder = tmp_path / "r"
    text, junit = rendered(folder, results(test, target={"kind": "host", "release": None, "machine": None, "page_size": None}))
    page = Page(text)
    assert "release unknown machine unknown page size unknown" in flat(page.text)
    assert flat(page.articles[0]).endswith("expected nothing") and "None" not in page.text
    assert junit.find("testsuite/testcase").get("time") == "0.000000" and b"None" not in ET.tostring(junit)
    assert "release unknown, machine unknown" in diff(folder, folder).stdout


def test_an_empty_outcome_is_put_in_words(tmp_path):
    tests = [result(f"mmap/a/{verdict}", verdict, outcome="") for verdict in VERDICTS]
    page = Page(rendered(tmp_path / "r", results(*tests))[0])
    words = {row.split()[1]: row.split()[2] for row in map(flat, page.rows)}
    assert words == {verdict: "ok" if verdict in ("pass", "fixed", "backported", "unexpected") else "nothing"
                     for verdict in VERDICTS}


def test_hostile_text_is_harmless_everywhere(tmp_path):
    evil = result("mmap/" + HOSTILE + "/" + HOSTILE, "diverged", expected=HOSTILE, outcome=HOSTILE, clauses=[HOSTILE],
                  reason=HOSTILE, baseline=HOSTILE, diagnostics=[HOSTILE, "a\nb"],
                  rules=[{"id": HOSTILE, "sentence": HOSTILE, "source": HOSTILE}])
    known = {**evil, "id": HOSTILE, "verdict": "known"}
    data = results(evil, known, {**known, "id": HOSTILE * 2, "verdict": "skipped"}, reference=HOSTILE, facts={HOSTILE: HOSTILE},
                   target={"kind": HOSTILE, "release": HOSTILE, "machine": HOSTILE, "page_size": 4096})
    text, junit = rendered(tmp_path / "r", data, HOSTILE.encode("utf-8", "replace") + b"\xff\xfe\n\x1b[2J")
    page = Page(text)
    plain = Page(rendered(tmp_path / "plain", results(*ALL), b"stream")[0])
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags}
    assert [tag for tag, _ in page.tags].count("script") == 1
    xml = (tmp_path / "r" / "junit.xml").read_text(encoding="utf-8")
    for shown in (re.sub("<(style|script)>.*?</\\1>", "", text, flags=re.S), xml):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufffe\U000e0041]", shown)
    safe = ("\"'><script>pwned()</script><img src=x onerror=pwned()>]]>&amp;&#0;{{ 7*7 }}\\x00\\x1b[31m\\x85\\u202e\\u2028\\ud800"
            "\\ufffe\\U000e0041")
    assert safe in page.articles[0] and safe in page.rows[0]
    assert "\\xff\\xfe\n\\x1b[2J" in page.text
    failure = junit.find("testsuite/testcase/failure")
    assert failure.get("message") == safe
    assert f"clause {safe}: {safe} ({safe})" in failure.text and failure.text.endswith(f"\n{safe}\na\\x0ab")
    assert [suite.get("name") for suite in junit] == [case.get("classname") for suite in junit for case in suite[1:2]]
    assert "mmap/" + safe.split("/")[0] in [suite.get("name") for suite in junit]


def test_long_text_is_cut_and_says_so(tmp_path):
    long = result("mmap/a/" + "n" * 100_000, "crashed", outcome="o" * 100_000, diagnostics=[f"line {n}" for n in range(100_000)])
    stream = b"first line\n" + b"x" * 1_000_000 + b"\nlast line\n"
    text, junit = rendered(tmp_path / "r", results(long), stream)
    page = Page(text)
    assert len(text) < 1_000_000 and len(ET.tostring(junit)) < 100_000
    assert "o" * 2000 + " … (98000 more characters)" in page.articles[0]
    assert "line 99\n… 99800 lines left out …\nline 99900" in page.articles[0]
    assert "first line" in page.text and "last line" in page.text and "bytes left out" in page.text
    assert junit.find("testsuite/testcase/error").get("message") == "o" * 2000 + " … (98000 more characters)"


def test_the_stream_of_any_size_is_shown_or_counted(tmp_path):
    for size in (0, 1, 512 * 1024, 512 * 1024 + 1):
        text, _ = rendered(tmp_path / "r", results(result("mmap/a/b")), b"\n" * size)
        assert f"<code>results.ktap</code>, {size} bytes" in text
        assert ("1 in the middle are left out" in text) == (size == 512 * 1024 + 1)
    (tmp_path / "r" / "results.ktap").unlink()
    assert render(tmp_path / "r").returncode == 0
    assert "results.ktap" not in (tmp_path / "r" / "index.html").read_text(encoding="utf-8")


def test_junit_has_each_verdict_in_its_place_and_right_totals(tmp_path):
    _, junit = rendered(tmp_path / "r", results(*ALL))
    tags = {"diverged": "failure", "changed": "failure", "fixed": "failure", "unexpected": "failure", "crashed": "error",
            "timed_out": "error", "error": "error", "missing": "error", "skipped": "skipped", "known": "system-out",
            "backported": "system-out"}
    cases = list(junit.iter("testcase"))
    assert [(case.get("classname"), case.get("name"), case.get("time")) for case in cases] == [
        ("/".join(test["id"].split("/")[:2]), test["id"].split("/")[2], "0.250000") for test in ALL]
    for test, case in zip(ALL, cases):
        assert [child.tag for child in case] == ([tags[test["verdict"]]] if test["verdict"] in tags else [])
        for child in case:
            if child.tag in ("failure", "error"):
                assert (child.get("message"), child.get("type")) == (test["outcome"], test["verdict"])
                assert "clause mmap.fixed-noreplace.overlap-eexist: An overlap is refused. (mm/mmap.c:do_mmap)" in child.text
                assert child.text.endswith("| two")
            elif child.tag == "skipped":
                assert child.get("message") == test["outcome"]
            else:
                assert child.text.startswith(f"{test['verdict']}: ") and test["outcome"] in child.text
    assert [suite.get("name") for suite in junit] == ["mmap/topic", "munmap/hole"]
    for element in (junit, *junit):
        inside = list(element.iter("testcase"))
        assert int(element.get("tests")) == len(inside)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(attribute)) == len(list(element.iter(tag))), attribute
        assert float(element.get("time")) == pytest.approx(sum(float(case.get("time")) for case in inside))
    assert (junit.get("tests"), junit.get("failures"), junit.get("errors"), junit.get("skipped")) == ("13", "4", "4", "1")
    assert {p.get("name"): p.get("value") for p in junit[0].iter("property")} == {
        "target.kind": "gvisor", "target.release": "4.4.0", "target.machine": "x86_64", "reference": "linux-7.2"}


def test_same_input_same_bytes(tmp_path):
    first = rendered(tmp_path / "a", results(*ALL))[0], (tmp_path / "a" / "junit.xml").read_bytes()
    assert first == (rendered(tmp_path / "b", results(*ALL))[0], (tmp_path / "b" / "junit.xml").read_bytes())


def broken(**changes):
    data = results(result("mmap/a/b", "diverged"), result("mmap/a/c"))
    test = changes.pop("test", {})
    data.update(changes)
    data["tests"][1].update(test)
    return {key: value for key, value in data.items() if value is not ...} | {
        "tests": [{key: value for key, value in t.items() if value is not ...} for t in data["tests"]]}


BAD = [
    ("", "not JSON: line 1, column 1: Expecting value"),
    ('{"schema": 1,', "not JSON: line 1, column 14: "),
    ('{"schema": 1, "schema": 1}', '"schema" stands twice in one object'),
    ('{"schema": NaN}', "not JSON: NaN"),
    ('{"schema": ' + "[" * 100_000, "nested too deep"),
    ('{"schema": ' + "9" * 5000 + "}", "Exceeds the limit"),
    ("[]", "must be an object, not []"),
    ("{}", "schema: missing"),
    (broken(schema=2), "schema: this reads schema 1, not 2"),
    (broken(schema=True), "schema: this reads schema 1, not true"),
    (broken(schema="1\x1b"), 'schema: this reads schema 1, not "1\\u001b"'),
    (broken(target=...), "target: missing"),
    (broken(target=[]), "target: must be an object, not []"),
    (broken(target={"kind": "host", "release": "7.2"}), "target.machine: missing"),
    (broken(target={"kind": "host", "release": "7.2", "machine": "x", "page_size": "4K"}), "target.page_size: must be a whole"),
    (broken(reference=...), "reference: missing"),
    (broken(gate=...), "gate: missing"),
    (broken(gate="maybe"), 'gate: must be "pass" or "fail", not "maybe"'),
    (broken(gate=[]), 'gate: must be "pass" or "fail", not []'),
    (broken(gate="pass"), "gate: says pass, but 1 tests have verdicts that fail it"),
    (results(gate="pass"), "gate: says pass, but no test was judged"),
    (broken(problems="x"), "problems: must be a list of texts"),
    (broken(facts=...), "facts: missing"),
    (broken(facts={"user": 0}), "facts: must be an object of texts"),
    (broken(totals=...), "totals: missing"),
    (broken(totals={}), "totals.crashed: missing"),
    (broken(totals={**broken()["totals"], "pass": 2}), "totals.pass: says 2, but 1 tests have this verdict"),
    (broken(totals={**broken()["totals"], "passed": 0}), 'totals: "passed" is no verdict'),
    (broken(test={"id": ...}), "tests[1].id: missing"),
    (broken(test={"id": ""}), "tests[1].id: must be a non-empty text"),
    (broken(test={"id": "mmap/a/b"}), 'tests[1].id: "mmap/a/b" stands there twice'),
    (broken(test={"verdict": "PASS"}), 'tests[1].verdict: must be a verdict, not "PASS"'),
    (broken(test={"verdict": []}), "tests[1].verdict: must be a verdict, not []"),
    (broken(test={"expected": ...}), "tests[1].expected: missing"),
    (broken(test={"outcome": None}), "tests[1].outcome: must be text, not null"),
    (broken(test={"clauses": "x"}), "tests[1].clauses: must be a list of texts"),
    (broken(test={"clauses": [1]}), "tests[1].clauses: must be a list of texts"),
    (broken(test={"seconds": ...}), "tests[1].seconds: missing"),
    (broken(test={"seconds": -1}), "tests[1].seconds: must be a number from 0"),
    (broken(test={"seconds": 10 ** 400}), "tests[1].seconds: must be a number from 0"),
    (broken(test={"seconds": True}), "tests[1].seconds: must be a number from 0"),
    (broken(test={"reason": 1}), "tests[1].reason: must be text"),
    (broken(test={"baseline": 1}), "tests[1].baseline: must be text"),
    (broken(test={"diagnostics": "x"}), "tests[1].diagnostics: must be a list of texts"),
    (broken(test={"rules": {}}), "tests[1].rules: must be a list"),
    (broken(test={"rules": [1]}), "tests[1].rules[0]: must be an object"),
    (broken(test={"rules": [{"id": "x", "sentence": "y"}]}), "tests[1].rules[0].source: missing"),
]


@pytest.mark.parametrize("data, message", BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named_on_one_line_and_nothing_is_written(tmp_path, data, message):
    folder = write(tmp_path / "r", data)
    done = render(folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"render.py: {folder}/results.json: ") and message in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr[:-1].isprintable() and len(done.stderr) < 400
    assert [path.name for path in folder.iterdir()] == ["results.json"]


def test_other_bad_input(tmp_path):
    good = write(tmp_path / "good", results(result("mmap/a/b")))
    empty = tmp_path / "empty"
    empty.mkdir()
    latin = tmp_path / "latin"
    latin.mkdir()
    (latin / "results.json").write_bytes(b'{"\xe9": 1}')
    pipe = write(tmp_path / "pipe", results(result("mmap/a/b")))
    (pipe / "results.ktap").mkdir()
    for arguments, message in (
            ([empty], f"render.py: {empty}/results.json: No such file or directory\n"),
            ([latin], f"render.py: {latin}/results.json: not JSON: byte 2 is not UTF-8\n"),
            ([pipe], f"render.py: {pipe}/results.ktap: not a regular file\n"),
            ([tmp_path / "none"], f"render.py: {tmp_path}/none: not a folder\n"),
            ([good / "results.json"], f"render.py: {good}/results.json: not a folder\n"),
            ([], "render.py: one report folder is needed: render.py DIR\n"),
            ([good, good], "render.py: one report folder is needed: render.py DIR\n")):
        done = run(sys.executable, REPORT / "render.py", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (3, "", message)
    assert [path.name for path in good.iterdir()] == ["results.json"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path):
    folder = tmp_path / "r"
    rendered(folder, results(result("mmap/a/b")))
    (folder / "junit.xml").unlink()
    (folder / "junit.xml").mkdir()
    old = (folder / "index.html").read_bytes()
    write(folder, results(*ALL))
    done = render(folder)
    assert (done.returncode, done.stderr) == (2, f"render.py: {folder}/junit.xml: Is a directory\n")
    assert (folder / "index.html").read_bytes() == old
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "junit.xml", "results.json"]


def test_without_jinja_one_line_and_nothing_written(tmp_path):
    folder = write(tmp_path / "r", results(*ALL))
    done = run(sys.executable, "-S", REPORT / "render.py", folder)		# -S: the standard library alone
    assert (done.returncode, done.stderr) == (2, "render.py: needs the Python module jinja2 (Debian: python3-jinja2)\n")
    assert [path.name for path in folder.iterdir()] == ["results.json"]


def test_help():
    for tool in ("render.py", "diff.py"):
        done = run(sys.executable, REPORT / tool, "--help")
        assert done.returncode == 0 and done.stdout.startswith(tool) and done.stderr == ""


def diff(*arguments):
    return run(sys.executable, REPORT / "diff.py", *arguments)


def test_diff_of_equal_results_is_0(tmp_path):
    a, b = write(tmp_path / "a", results(*ALL)), write(tmp_path / "b", results(*({**test, "seconds": 9} for test in ALL)))
    for arguments in ((a, b), (a / "results.json", b)):
        done = diff(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[2:] == ["", "0 of 13 common tests changed, 0 appeared, 0 disappeared"]


def test_diff_tells_what_changed_appeared_and_disappeared(tmp_path):
    a = write(tmp_path / "a", results(
        result("mmap/a/breaks"), result("mmap/a/heals", "diverged"), result("mmap/a/same", "known"),
        result("mmap/a/outcome", "known"), result("mmap/a/goes"), result("mmap/a/verdict", "known")))
    b = write(tmp_path / "b", results(
        result("mmap/a/heals"), result("mmap/a/breaks", "crashed", outcome="CRASH SIGSEGV"), result("mmap/a/same", "known"),
        result("mmap/a/outcome", "known", outcome="mmap=EINVAL \x1b[2J"), result("mmap/a/comes", "unexpected"),
        result("mmap/a/verdict", "skipped"), reference="linux-6.1"))
    done = diff(a, b)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == """\
A: target gvisor, release 4.4.0, machine x86_64, reference linux-7.2, gate fail, 6 tests
B: target gvisor, release 4.4.0, machine x86_64, reference linux-6.1, gate fail, 6 tests

now fail the gate (1):
  mmap/a/breaks: pass -> crashed
      was ok
      now CRASH SIGSEGV

no longer fail the gate (1):
  mmap/a/heals: diverged -> pass
      was mmap=ok want EEXIST
      now ok

changed, the gate did not (2):
  mmap/a/outcome: known
      was mmap=ok want EEXIST
      now mmap=EINVAL \\x1b[2J
  mmap/a/verdict: known -> skipped
      mmap=ok want EEXIST

appeared (1):
  mmap/a/comes: unexpected, fails the gate
      mmap=ok want EEXIST

disappeared (1):
  mmap/a/goes: pass
      ok

4 of 5 common tests changed, 1 appeared, 1 disappeared
"""


@pytest.mark.parametrize("left, right", [(1, 0), (0, 1)])
def test_diff_sees_one_test_more_or_less(tmp_path, left, right):
    folders = [write(tmp_path / str(n), results(*ALL[:11 + n])) for n in (left, right)]
    done = diff(*folders)
    assert done.returncode == 1
    assert done.stdout.endswith(f"0 of 11 common tests changed, {right} appeared, {left} disappeared\n")


def test_diff_sees_a_gate_that_changed_alone(tmp_path):
    a, b = (write(tmp_path / gate, results(result("mmap/a/b", "skipped"), gate=gate)) for gate in ("pass", "fail"))
    done = diff(a, b)
    assert done.returncode == 1
    assert done.stdout.endswith("the gate: pass -> fail\n\n0 of 1 common tests changed, 0 appeared, 0 disappeared\n")


def test_diff_of_bad_input_is_3(tmp_path):
    good, bad = write(tmp_path / "good", results(*ALL)), write(tmp_path / "bad", {"schema": 2})
    for arguments, message in (
            ((good, bad), f"diff.py: {bad}/results.json: schema: this reads schema 1, not 2\n"),
            ((bad, good), f"diff.py: {bad}/results.json: schema: this reads schema 1, not 2\n"),
            ((good, tmp_path / "none"), f"diff.py: {tmp_path}/none: No such file or directory\n"),
            ((good,), "diff.py: two report folders or results.json files are needed: diff.py A B\n")):
        done = diff(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (3, "", message)


# ---- in a browser -----------------------------------------------------------------------------------------------------

# Runs beside the page, in a frame around it: the page's own policy lets no other script into it.
PROBE = r"""<!doctype html><meta charset="utf-8"><title>probe</title><link rel="icon" href="data:,"><body><script>
const frame = (name, width, page) => {
	const element = document.createElement("iframe");
	element.style = `border: 0; width: ${width}px; height: 700px`;
	element.src = page;
	element.id = name;
	document.body.append(element);
};
frame("plain", 1200, "index.html");
frame("filtered", 1200, "index.html#verdict=known,diverged&text=MMAP/%20diverged%3Dseen");
frame("nothing", 1200, "index.html#verdict=nonsense");
frame("controls", 1200, "index.html");
frame("narrow", 400, "index.html");
frame("dark", 1200, "dark.html");
frame("paper", 700, "paper.html");
frame("paper_filtered", 700, "paper.html#verdict=known");

const seen = element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
const rows = d => [...d.querySelectorAll("#tests tr[data-verdict]")].filter(seen).map(row => row.querySelector("th").textContent);
const cases = d => [...d.querySelectorAll("#tests .case")].filter(seen).length;
const parse = text => text.match(/[\d.]+/g).map(Number);
const luminance = rgb => rgb.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
	.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
function worst_contrast(d) {
	let worst = [99, ""];
	for (const element of d.body.querySelectorAll("*")) {
		if (!seen(element) || ![...element.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
			continue;
		let below = element, back = [0, 0, 0, 0];
		for (; below && back[3] === 0; below = below.parentElement) {
			back = parse(getComputedStyle(below).backgroundColor);
			back.push(1);
		}
		const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(back)].sort((x, y) => y - x);
		const ratio = (a + .05) / (b + .05);
		if (ratio < worst[0])
			worst = [ratio, `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`];
	}
	return worst;
}
/* What sticks out of the frame or of its cell, or is cut off by its own box. A region that scrolls is neither on a screen. */
const sticks_out = (d, paper) => [...d.body.querySelectorAll("*")].filter(e => seen(e) &&
	(paper || !e.closest(".scroll")) && !e.closest("thead") &&
	(e.getBoundingClientRect().right > d.documentElement.clientWidth + 1 ||
	 ((getComputedStyle(e).overflowX !== "visible" || e.matches("td, th")) && e.scrollWidth > e.clientWidth + 1)))
	.map(e => `${e.tagName}.${e.className} ${e.textContent.slice(0, 40)}`).slice(0, 5);

onload = () => {
	const out = {}, at = name => document.getElementById(name).contentWindow;
	for (const name of ["plain", "filtered", "nothing", "paper", "paper_filtered"]) {
		const d = at(name).document;
		out[name] = {rows: rows(d), cases: cases(d), shown: d.getElementById("shown").textContent,
			shown_seen: seen(d.getElementById("shown")), filters: seen(d.getElementById("filters")),
			text: d.getElementById("text").value,
			checked: [...d.querySelectorAll("input:checked")].map(box => box.value), pwned: typeof at(name).pwned};
	}
	out.plain.contrast = worst_contrast(at("plain").document);
	out.dark = {contrast: worst_contrast(at("dark").document), back: getComputedStyle(at("dark").document.body).backgroundColor};
	out.plain.sticks_out = sticks_out(at("plain").document);
	out.plain.focusable = [...at("plain").document.querySelectorAll("#filters input, #filters button, .totals a, summary")]
		.every(element => element.tabIndex === 0);
	const narrow = at("narrow").document;
	out.narrow = {sticks_out: sticks_out(narrow),
		scrolls: narrow.documentElement.scrollWidth > narrow.documentElement.clientWidth};
	out.paper.sticks_out = sticks_out(at("paper").document, true);
	out.paper.closed_diagnostics = [...at("paper").document.querySelectorAll("article details:not([open]) pre")].map(seen);

	const w = at("controls"), d = w.document, steps = out.controls = [];
	const step = () => steps.push([rows(d).length, decodeURIComponent(w.location.hash)]);
	const text = d.getElementById("text"), box = value => d.querySelector(`#filters input[value=${value}]`);
	box("known").click(); step();
	box("diverged").click(); step();
	text.value = "HOLE  goes"; text.dispatchEvent(new Event("input")); step();
	box("known").click(); box("diverged").click(); step();
	d.getElementById("reset").click(); step();
	w.addEventListener("hashchange", () => {
		step();
		const pre = document.createElement("pre");
		pre.id = "out";
		pre.textContent = JSON.stringify(out);
		document.body.replaceChildren(pre);
		console.error("the end of the probe");
	}, {once: true});
	d.querySelector(".totals a[href='#verdict=skipped']").click();
};
</script>"""


class Proxy(http.server.BaseHTTPRequestHandler):
    """Serves the pages, and keeps what was asked for: as the browser's proxy it sees every request."""

    pages, asked = {}, []

    def do_GET(self):
        self.asked.append(self.path)
        content = self.pages.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(content or b"")

    def do_CONNECT(self):
        self.asked.append(self.path)
        self.send_error(502)

    do_POST = do_HEAD = do_CONNECT

    def log_message(self, *_):
        pass


def chromium(profile, *arguments):
    done = run(need_tool("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
               f"--user-data-dir={profile}", "--dump-dom", *arguments, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout, re.findall(r"CONSOLE.*", done.stderr)


def test_page_in_a_browser(tmp_path):
    need_tool("chromium")
    tests = [*ALL, result("mmap/a/" + "n" * 300, "crashed", outcome=HOSTILE + "o" * 500, diagnostics=["d" * 500] * 20,
                          reason="r" * 500, baseline="b" * 300, clauses=["c" * 300]),
             result("mmap/b/known_elsewhere", "known", outcome="munmap=EINVAL want ok")]
    text, _ = rendered(tmp_path / "r", results(*tests, facts={"select": "s" * 500}), b"x" * 5000)
    # The other medium's rules on this screen. A style that is not the page's own is against its policy.
    variant = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    dark = variant.replace("@media (prefers-color-scheme: dark)", "@media all")
    paper = variant.replace("@media print", "@media all").replace("@media screen and", "@media print and")
    assert len({variant, dark, paper}) == 3
    site = "http://report.invalid/"
    Proxy.pages = {site + name: page.encode() for name, page in (
        ("probe.html", PROBE), ("index.html", text), ("dark.html", dark), ("paper.html", paper))}
    Proxy.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        dom, console = chromium(tmp_path / "profile", f"--proxy-server=http://127.0.0.1:{server.server_port}",
                                "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=20000", site + "probe.html")
    finally:
        server.shutdown()
        server.server_close()
    assert len(console) == 1 and "the end of the probe" in console[0], console	# so an error would have been seen
    # Chromium asks its maker's servers on its own account; the page names none of them, nor any other.
    own = re.compile(r"(https?://)?[a-z0-9.-]+\.(google|googleapis|gvt1)\.com[:/]")
    assert {url for url in Proxy.asked if not own.match(url)} == set(Proxy.pages)
    out = json.loads(html.unescape(re.search(r'<pre id="out">(.*?)</pre>', dom, re.S)[1]))

    plain, filtered, nothing = out["plain"], out["filtered"], out["nothing"]
    assert len(plain["rows"]) == len(tests) and plain["cases"] == 4 and plain["filters"]
    assert plain["shown"] == f"all {len(tests)} tests" and plain["focusable"] and plain["pwned"] == "undefined"
    assert filtered["rows"] == ["overlap.diverged_test"] and filtered["cases"] == 1
    assert filtered["shown"] == f"1 of {len(tests)} tests: verdict known or diverged with “mmap/” and “diverged=seen”"
    assert filtered["text"] == "MMAP/ diverged=seen" and sorted(filtered["checked"]) == ["diverged", "known"]
    assert nothing["rows"] == [] and nothing["cases"] == 0 and nothing["shown"].startswith(f"0 of {len(tests)} tests")
    assert out["controls"] == [
        [2, "#verdict=known"], [3, "#verdict=diverged,known"], [0, "#verdict=diverged,known&text=HOLE  goes"],
        [1, "#text=HOLE  goes"], [len(tests), ""], [1, "#verdict=skipped"]]

    for page in (plain, out["dark"]):
        assert page["contrast"][0] >= 4.5, page["contrast"]
    assert out["dark"]["back"] == "rgb(15, 18, 22)"
    assert plain["sticks_out"] == []
    assert out["narrow"] == {"sticks_out": [], "scrolls": False}
    paper, paper_filtered = out["paper"], out["paper_filtered"]
    assert not paper["filters"] and not paper["shown_seen"] and len(paper["rows"]) == len(tests)
    assert paper["sticks_out"] == [] and paper["closed_diagnostics"] == [True]
    assert not paper_filtered["filters"] and paper_filtered["shown_seen"] and len(paper_filtered["rows"]) == 2


def test_page_opened_as_a_file_takes_its_filter_from_the_address(tmp_path):
    need_tool("chromium")
    rendered(tmp_path / "r", results(*ALL))
    dom, console = chromium(tmp_path / "profile", "--proxy-server=http://127.0.0.1:9",
                            (tmp_path / "r" / "index.html").as_uri() + "#verdict=known,diverged&text=mmap/")
    rows = re.findall(r"<tr [^>]*data-verdict[^>]*>", dom)
    shown = {re.search(r'data-verdict="(\w+)"', row)[1] for row in rows if "hidden" not in row}
    assert shown == {"known", "diverged"} and console == []
    assert "2 of 13 tests: verdict known or diverged with “mmap/”" in dom

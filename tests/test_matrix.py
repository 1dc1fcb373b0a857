# SPDX-License-Identifier: GPL-2.0
"""Many results side by side: matrix.py's table of tests by kernels, and divergences.py's page of clauses."""

import html
import json
import re
import shutil
import sys

import pytest
from conftest import TOP, need_tool, run
from test_report import HOSTILE, Page, chromium, flat, result, results, write

REPORT = TOP / "harness" / "report"
CLAUSE = "mmap.above4g.result"		# class addr
OTHER = "mmap.len.zero-einval"		# class args
RULES = [{"id": CLAUSE, "sentence": "The result is above.", "source": "mm/mmap.c:do_mmap"}]


def kernel(kind, *tests, release="1.0", **more):
    return results(*tests, target={"kind": kind, "release": release, "machine": "x86_64", "page_size": 4096}, **more)


def cites(test_id, verdict="pass", **more):
    return result(test_id, verdict, clauses=[CLAUSE], **more)


SAMPLE = {
    "linux": kernel("host", *(cites(f"mmap/a/{name}") for name in "same differs longer_that_differs".split()),
                    result("mmap/b/skipped", "skipped", outcome="env: huge pages", clauses=[OTHER]), release="6.18.1"),
    "other": kernel("gvisor", cites("mmap/a/same"),
                    cites("mmap/a/differs", "known", outcome="mmap=ok want EEXIST", reason="never refused", rules=RULES),
                    cites("mmap/a/longer_that_differs", "known", outcome="mmap=ok want EEXIST", reason="never refused",
                          rules=RULES),
                    result("mmap/b/only_here", "diverged", outcome="munmap=EINVAL want ok", clauses=["no.such.clause"])),
}


def folders(tmp_path, sample=None):
    return [write(tmp_path / name, data) for name, data in (sample or SAMPLE).items()]


def matrix(out, *arguments):
    return run(sys.executable, REPORT / "matrix.py", out, *arguments)


def table(tmp_path, sample=None):
    """The page of these kernels, and the cells of each row by the test's name, as flat text."""
    done = matrix(tmp_path / "out", *folders(tmp_path, sample))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["matrix.html"]
    text = (tmp_path / "out" / "matrix.html").read_text(encoding="utf-8")
    rows = {}
    for row in re.findall(r"<tr data-verdict=.*?</tr>", text, re.S):
        head, *cells = (flat(html.unescape(re.sub(r"<[^>]*>", "", cell)))
                        for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.S))
        rows[head.split()[0]] = cells
    return text, rows


def divergences(*arguments):
    return run(sys.executable, REPORT / "divergences.py", *arguments)


def test_a_row_for_each_test_and_a_cell_for_each_kernel(tmp_path):
    text, rows = table(tmp_path)
    assert rows == {
        "same": ["pass", "pass"],
        "differs": ["pass", "known mmap=ok want EEXIST never refused"],
        "longer_that_differs": ["pass", "known mmap=ok want EEXIST never refused"],
        "skipped": ["skipped env: huge pages", "not-run"],
        "only_here": ["not-run", "diverged munmap=EINVAL want ok"],
    }
    page = Page(text)
    heads = flat(page.text)
    assert "host 6.18.1 linux-7.2 gate pass" in heads and "gvisor 1.0 linux-7.2 gate fail" in heads
    data = [attrs for tag, attrs in page.tags if tag == "tr" and "data-verdict" in attrs]
    assert [(row["data-verdict"], row["data-class"], "data-same" in row) for row in data] == [
        ("pass", "addr", True), ("pass known", "addr", False), ("pass known", "addr", False),
        ("skipped not-run", "args", False), ("not-run diverged", "none", False)]
    # What is shown under the pointer stands in the page as well.
    titles = [attrs["title"] for tag, attrs in page.tags if "title" in attrs]
    assert "mmap=ok want EEXIST" in titles and [title for title in titles if flat(title) not in heads] == ["not in spec/"]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_page_is_one_file_that_allows_nothing_but_itself(tmp_path):
    text, _ = table(tmp_path)
    page = Page(text)
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    for tag, attrs in page.tags:
        assert not attrs.keys() & {"src", "style", "action"} and not any(name.startswith("on") for name in attrs)
        assert attrs.get("href", "#").startswith(("#", "data:,", "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/"))


def test_a_clause_leads_to_its_sentence_and_its_place_in_the_kernel(tmp_path):
    text, _ = table(tmp_path)
    release = (TOP / "expected" / "linux" / "release").read_text().strip()
    for clause in CLAUSE, OTHER:
        assert f'<a href="#{clause}">' in text and text.count(f'id="{clause}"') == 1
        sentence, source = next(line.split("\t")[3::2] for line in (TOP / "spec" / "mmap.tsv").read_text().splitlines()
                                if line.startswith(clause + "\t"))
        entry = re.search(f'<dt id="{re.escape(clause)}">.*?</dd>', text, re.S)[0]
        assert sentence in html.unescape(entry) and source in re.sub("<[^>]*>", "", entry)
        assert f'torvalds/linux.git/tree/{source.split(":")[0]}?h=v{release}"' in entry
    assert "#no.such.clause" not in text


@pytest.mark.parametrize("source, address", [
    ("mm/mmap.c:do_mmap", "mm/mmap.c"), ("mm/mremap.c:mremap (6.1)", "mm/mremap.c"), ("arch/x86/mm/fault.c", "arch/x86/mm/fault.c"),
    ("mmap(2) BUGS", ""), ("mm (uaccess)", ""), ("../../x.c:y", ""), ("mm/../x.c", ""), ("https://x/y.c", "")])
def test_the_file_of_the_kernel_that_a_source_names(source, address):
    code = f"import page; print(page.kernel_file({source!r}).partition('/tree/')[2].partition('?')[0])"
    done = run(sys.executable, "-c", code, cwd=REPORT)
    assert (done.stdout, done.stderr) == (address + "\n", "")


def test_a_case_leads_to_its_file(tmp_path):
    sample = {"linux": kernel("host", result("mmap/length/x"), result("mmap/nowhere/x"), result("../spec/x/y"))}
    done = matrix("--sources=https://example.org/tree/main/", tmp_path / "out", *folders(tmp_path, sample))
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "out" / "matrix.html").read_text()
    assert re.findall('href="(https://example[^"]*)"', text) == ["https://example.org/tree/main/cases/mmap/length.c"]
    done = matrix("--sources=javascript:x", tmp_path / "out", *folders(tmp_path, sample))
    assert (done.returncode, done.stderr) == (3, "matrix.py: --sources wants the address of a page, http://… or https://…\n")


def test_one_kernel_twice_is_told_apart_by_the_folder(tmp_path):
    sample = {"first": SAMPLE["other"], "second": SAMPLE["other"]}
    text, _ = table(tmp_path, sample)
    assert "gvisor 1.0 (first)" in text and "gvisor 1.0 (second)" in text


def test_the_front_door_makes_both_pages_of_real_runs(tmp_path, mmapconf):
    words = ["--matrix", "host", "exec:env -u X", "-t", "mmap/len*", "--report", "out", "-q"]
    done = run(TOP / "runner.sh", *words, cwd=tmp_path, MMAPCONF_BUILD=TOP / "build")
    assert (done.returncode, done.stderr) == (0, "")
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["divergences.md", "exec-env-u-X", "host", "matrix.html"]
    shown = [attrs for tag, attrs in Page((out / "matrix.html").read_text()).tags if tag == "tr" and "data-verdict" in attrs]
    judged = json.loads((out / "host" / "results.json").read_text())["tests"]
    assert len(shown) == len(judged) > 5
    for kind in "host", "exec":
        assert f"## `{kind}` " in (out / "divergences.md").read_text()
    # Nothing of this machine's folders, nor of those that were moved.
    for path in out.rglob("*.*"):
        assert str(TOP) not in path.read_text() and str(tmp_path) not in path.read_text(), path


def test_the_targets_of_a_matrix_share_the_processors(tmp_path, mmapconf):
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "guests ${{MMAPCONF_GUESTS:-none}}" >>{tmp_path}/said\nexec "$@"\n')
    script.chmod(0o755)
    for words in (["--matrix", f"exec:{script}"], ["-t", "mmap/length", "--target", f"exec:{script}"]):
        words += ["-t", "mmap/length", "--report", "out", "-q"]
        assert run(TOP / "runner.sh", *words, cwd=tmp_path, MMAPCONF_BUILD=TOP / "build").returncode == 0
        shutil.rmtree(tmp_path / "out")
    assert (tmp_path / "said").read_text() == "guests 1\nguests none\n"


def hostile():
    return {"bad": kernel(HOSTILE, result("mmap/a/" + HOSTILE, "known", outcome=HOSTILE + "|`*_", reason=HOSTILE + "|",
                                          clauses=[HOSTILE],
                                          rules=[{"id": HOSTILE, "sentence": "|_\\|" + HOSTILE, "source": HOSTILE}]),
                          release=HOSTILE + "\n# head", reference=HOSTILE, facts={"suite": HOSTILE}),
            "good": SAMPLE["linux"]}


def test_hostile_text_is_harmless_in_the_table(tmp_path):
    text, _ = table(tmp_path, hostile())
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 1 and "img" not in tags and "49" not in page.text
    assert not re.search("[\x00\x1b\x85\u202e\u2028\ud800\ufffe\U000e0041]", text)
    assert "\\x1b[31m" in page.text and "<script>pwned()</script>" in page.text


def test_same_input_same_bytes(tmp_path):
    first = table(tmp_path)[0]
    assert first == table(tmp_path)[0]


@pytest.mark.parametrize("tool", ["matrix.py", "divergences.py"])
def test_bad_input_is_one_line_and_3(tmp_path, tool):
    good, other = folders(tmp_path)
    broken = write(tmp_path / "broken", "{")
    empty = tmp_path / "empty"
    empty.mkdir()
    out = [tmp_path / "out"] if tool == "matrix.py" else []
    for given, message in (
            ([tmp_path / "none"], f"{tmp_path}/none: not a folder"),
            ([good / "results.json"], f"{good}/results.json: not a folder"),
            ([empty], f"{empty}/results.json: No such file or directory"),
            ([good, f"{other}/../linux"], f"{other}/../linux: given twice"),
            ([good, broken], f"{broken}/results.json: not JSON: line 1, column 2: Expecting property name enclosed in "
                             "double quotes")):
        done = run(sys.executable, REPORT / tool, *out, *given)
        assert (done.returncode, done.stdout, done.stderr) == (3, "", f"{tool}: {message}\n")
    assert not (tmp_path / "out").exists()
    done = run(sys.executable, REPORT / tool, *out)
    assert done.returncode == 3 and done.stderr.endswith(f": {tool} {'[--sources=URL] OUT' if out else '[--command TEXT]'} DIR...\n")
    done = run(sys.executable, REPORT / tool, "--help")
    assert done.returncode == 0 and done.stdout.startswith(tool) and done.stderr == ""


def test_what_cannot_be_written_is_2(tmp_path):
    good, _ = folders(tmp_path)
    (tmp_path / "file").write_text("")
    done = matrix(tmp_path / "file", good)
    assert (done.returncode, done.stderr) == (2, f"matrix.py: {tmp_path}/file/matrix.html: File exists\n")
    done = run(sys.executable, "-S", REPORT / "matrix.py", tmp_path / "out", good)
    assert (done.returncode, done.stderr) == (2, "matrix.py: needs the Python module jinja2 (Debian: python3-jinja2)\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("line, message", [
    ("a.b\targs\t-\tsays\n", "spec/bad.tsv:2: 4 fields, not 6"), (None, "No such file or directory")])
def test_a_spec_that_cannot_be_read_is_3(tmp_path, line, message):
    good, _ = folders(tmp_path)
    tree = tmp_path / "tree"
    shutil.copytree(REPORT, tree / "harness" / "report")
    if line:
        (tree / "spec").mkdir()
        (tree / "spec" / "bad.tsv").write_text("id\tclass\tsince\tclause\tobserve\tsource\n" + line)
    done = run(sys.executable, tree / "harness" / "report" / "matrix.py", tmp_path / "out", good)
    assert done.returncode == 3 and done.stderr.startswith("matrix.py: ") and done.stderr.endswith(message + "\n")
    assert done.stderr.count("\n") == 1


def test_divergences_by_kernel_and_reason(tmp_path):
    done = divergences("--command", "./runner.sh --matrix host gvisor", *folders(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    head, host, gvisor = re.split(r"^## ", done.stdout, flags=re.M)
    assert "\nGenerated by `./runner.sh --matrix host gvisor`, as `DIR/divergences.md`.\n" in head
    assert [line for line in head.splitlines() if line.startswith("|")] == [
        "| kernel | machine | judged by | tests | diverged | known | skipped |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
        "| `host` `6.18.1` | `x86_64` | `linux-7.2` | 4 |  |  | 1 |",
        "| `gvisor` `1.0` | `x86_64` | `linux-7.2` | 4 | 1 | 2 |  |"]
    assert host == "`host` `6.18.1`\n\nNothing differs.\n\n"
    assert gvisor.splitlines() == [
        "`gvisor` `1.0`", "", "3 of 4 tests differ, in 2 ways:", "",
        "- **never refused** (2 tests), as in `mmap/a/differs`: `mmap=ok want EEXIST`",
        f"  - `{CLAUSE}`: The result is above.",
        "- **diverged**: `munmap=EINVAL want ok` (1 test), as in `mmap/b/only_here`: `munmap=EINVAL want ok`",
        "  - `no.such.clause`: not in spec/"]
    assert str(tmp_path) not in done.stdout and divergences(*folders(tmp_path)).stdout.count("Generated by") == 0


def test_what_no_reason_explains_stands_by_itself(tmp_path):
    tests = [cites("mmap/a/one", "known", outcome="a=1 want 2", reason="rounds down (seen on it, 1.0)"),
             cites("mmap/a/three", "known", outcome="a=3 want 2", reason="rounds down (seen on it, 1.0)"),
             cites("mmap/a/two", "changed", outcome="a=1 want 2", reason="rounds down (seen on it, 1.0)"),
             cites("mmap/a/hangs", "timed_out", outcome="2 s"), cites("mmap/a/also", "timed_out", outcome="2 s"),
             cites("mmap/a/bare", "known", outcome="a=1 want 2"),
             result("mmap/a/uncited", "crashed", outcome="SIGSEGV", clauses=[])]
    done = divergences(*folders(tmp_path, {"k": kernel("uml", *tests)}))
    assert [re.sub(", as in.*", "", line) for line in done.stdout.splitlines() if line.startswith("- ")] == [
        "- **crashed**: `SIGSEGV` (1 test)",
        "- **changed**: `a=1 want 2`, where a layer says: rounds down (seen on it, 1.0) (1 test)",
        "- **known**: `a=1 want 2` (1 test)",
        "- **rounds down** (2 tests)",
        "- **timed_out**: `2 s` (2 tests)"]
    assert "  - cites no clause\n" in done.stdout


def test_clauses_beyond_the_first_are_named_only(tmp_path):
    ids = [f"mmap.rule.n{number}" for number in range(7)]
    rules = [{"id": name, "sentence": f"Says {name}.", "source": ""} for name in ids]
    test = result("mmap/a/all", "known", outcome="absent: mmap", reason="not there", clauses=ids, rules=rules)
    lines = divergences(*folders(tmp_path, {"k": kernel("uml", test)})).stdout.splitlines()
    assert [line for line in lines if line.startswith("  - ")] == [
        *(f"  - `{name}`: Says {name}." for name in ids[:4]), "  - and 3 more: `mmap.rule.n4`, `mmap.rule.n5`, `mmap.rule.n6`"]


def test_what_is_no_linux_goes_by_its_own_version(tmp_path):
    sample = {"foreign": kernel("qemu-user", cites("mmap/a/same"), release="6.18.44-of-somebody")}
    sample["foreign"]["target"]["version"] = "7.2"
    assert "`qemu-user` `7.2`" in divergences(*folders(tmp_path, sample)).stdout
    text, _ = table(tmp_path, sample)
    assert "qemu-user 7.2" in text
    assert "of-somebody" not in text + divergences(*folders(tmp_path, sample)).stdout


def test_hostile_text_stays_in_its_entry(tmp_path):
    sample = hostile()
    sample["bad"]["problems"] = [HOSTILE]
    sample["bad"]["target"]["version"] = HOSTILE
    done = divergences("--command", re.sub("[\0\ud800-\udfff]", "", HOSTILE), *folders(tmp_path, sample))
    assert (done.returncode, done.stderr) == (0, "")
    assert "The stream was damaged" in done.stdout
    assert len(re.findall(r"^#", done.stdout, re.M)) == 3
    assert len(re.findall(r"^- ", done.stdout, re.M)) == 1
    for line in done.stdout.splitlines():
        assert line.isprintable()
        assert not re.search(r"<(?!/?code>|!-- -->)", line)
        if line.startswith("|"):
            assert line.count("|") == 7


PROBE = r"""<script>
addEventListener("load", () => {
	const seen = e => e.checkVisibility() && e.getClientRects().length > 0;
	const steps = [];
	const step = () => steps.push([[...document.querySelectorAll("#tests [data-verdict]")].filter(seen)
		.map(row => row.querySelector("th code").textContent).join(" "), decodeURIComponent(location.hash),
		document.getElementById("shown").textContent]);
	const box = (name, value) => document.querySelector(`[name=${name}][value=${value}]`);
	step();
	document.getElementById("unfold").click(); step();
	box("class", "addr").click(); step();
	box("verdict", "known").click(); step();
	box("verdict", "not-run").click(); step();
	box("verdict", "not-run").click();
	const text = document.getElementById("text");
	text.value = "LONGER refused"; text.dispatchEvent(new Event("input")); step();
	document.getElementById("reset").click(); step();
	const reachable = [...document.querySelectorAll("#filters input, #filters button, summary, .scroll, a")]
		.filter(seen).every(e => { e.focus(); return e.tabIndex === 0 && document.activeElement === e; });
	const folded = document.querySelector("summary"); folded.focus(); folded.click();
	const unfolds = folded.parentElement.open;
	/* The sentence of a clause, which the pointer shows: a link leads to it, and the table stays as it is. */
	const link = document.querySelector("#tests th a"), before = steps.at(-1)[0];
	link.focus(); link.click();
	const target = document.querySelector(":target + dd");
	const clause = {id: link.textContent, sentence: link.parentElement.title, told: target ? target.textContent : "", seen: target && seen(target)};
	step();
	const kept = steps.pop()[0] === before;
	addEventListener("hashchange", () => {
		step();
		const pre = document.createElement("pre");
		pre.id = "out";
		pre.textContent = JSON.stringify({steps, reachable, unfolds, clause, kept, filters: seen(document.getElementById("filters")),
			height: getComputedStyle(document.querySelector(".both")).maxHeight,
			wide: document.documentElement.scrollWidth > document.documentElement.clientWidth});
		document.body.append(pre);
	}, {once: true});
	location.hash = "#verdict=not-run&class=args";
});
</script></body>"""


def test_the_table_in_a_browser(tmp_path):
    need_tool("chromium")
    text, _ = table(tmp_path)
    # A probe in the page is against its policy; the last page is opened with it.
    probed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text).replace("</body>", PROBE)
    outs = []
    for name, content in (("screen", probed), ("paper", probed.replace("@media print", "@media all"))):
        probe = tmp_path / "out" / f"{name}.html"
        probe.write_text(content)
        dom, console = chromium(tmp_path / "profile", "--proxy-server=http://127.0.0.1:9", "--virtual-time-budget=10000",
                                probe.as_uri())
        assert console == []
        outs.append(json.loads(html.unescape(re.search(r'<pre id="out">(.*?)</pre>', dom, re.S)[1])))
    out, paper = outs
    assert (paper["filters"], paper["height"], paper["wide"]) == (False, "none", False)
    assert paper["clause"]["seen"]
    three = "same differs longer_that_differs"
    assert out["steps"] == [
        ["differs longer_that_differs skipped only_here", "", "4 of 5 tests; 1 that every kernel passes folded away"],
        [three + " skipped only_here", "#unfold=1", "all 5 tests"],
        [three, "#class=addr&unfold=1", "3 of 5 tests: class addr"],
        ["differs longer_that_differs", "#verdict=known&class=addr&unfold=1", "2 of 5 tests: verdict known, class addr"],
        ["differs longer_that_differs", "#verdict=known,not-run&class=addr&unfold=1",
         "2 of 5 tests: verdict known or not-run, class addr"],
        ["longer_that_differs", "#verdict=known&class=addr&text=LONGER refused&unfold=1",
         "1 of 5 tests: verdict known, class addr with “longer” and “refused”"],
        [three + " skipped only_here", "#unfold=1", "all 5 tests"],
        ["skipped", "#verdict=not-run&class=args", "1 of 5 tests: verdict not-run, class args"]]
    assert out["unfolds"] and out["kept"] and out["clause"]["id"] == CLAUSE
    assert out["clause"]["seen"] and out["clause"]["told"].startswith(out["clause"]["sentence"] + " arch/x86/")
    assert out["reachable"] and out["filters"] and out["height"] != "none" and not out["wide"]

    dom, console = chromium(tmp_path / "profile", "--proxy-server=http://127.0.0.1:9",
                            (tmp_path / "out" / "matrix.html").as_uri() + "#class=args")
    rows = re.findall(r"<tr data-verdict[^>]*>", dom)
    assert [row for row in rows if "hidden" not in row] == ['<tr data-verdict="skipped not-run" data-class="args">']
    assert console == []

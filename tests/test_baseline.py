# SPDX-License-Identifier: GPL-2.0
"""The baselines of mmapconf compare: layers and their order, --why, --accept, --lint, --do-not-run."""

import os
import shutil

import pytest

from stub_suite import CASES, IDS, baselines, compare, document, read, text, write

MOVE = "mremap/move"
TWO = "mremap/move/move.two.land_there"
HEAD = "mmap/fixed_noreplace/overlap.head.is_refused"


def why(folder, test, *arguments):
    """The chain that --why prints, as (layer, line) pairs, without the base and in order."""
    ran = compare(None, "--why", test, *arguments, cwd=folder)
    assert ran.status == 0 and not ran.err
    lines = ran.out.splitlines()[1:]
    links = [line[3:].split(".tap:", 1) for line in lines if line[:3] in ("   ", "=> ") and ".tap:" in line]
    assert sum(line.startswith("=> ") for line in lines) == 1
    assert [line for line in lines if ".tap:" in line][-1].startswith("=> ")
    return [path.removeprefix("expected/").removesuffix("/" + test.split("@")[0].rsplit("/", 1)[0]) for path, _ in links]


LAYERS = {
    "linux/before-5.10": "5.10", "linux/before-6.2": "6.2", "linux/before-6.17?": "6.17", "linux/before-7.1": "7.1",
    "linux/6.12.y/before-6.12.9": "a", "linux/6.12.y/before-6.12.30": "b", "linux/6.1.y/before-6.1.80": "c",
    "linux/on-i386": "i386", "linux/on-aarch64": "aarch64", "gvisor": "gvisor", "gvisor/on-i386": "g386", "gvisor/20231023.0": "2023", "qemu-user": "qemu",
}


@pytest.fixture
def layered(tmp_path):
    return baselines(tmp_path, {f"{layer}/{MOVE}": f"# came with {mark}\nnot ok move.two.land_there # v={mark} want 1\n"
                                for layer, mark in LAYERS.items()})


@pytest.mark.parametrize("release, chain", [
    ("7.2", []),
    ("7.2.9", []),
    ("7.3", []),
    ("8.0", []),
    ("7.1", []),
    ("7.0.12", ["before-7.1"]),
    ("6.17", ["before-7.1"]),
    ("6.16.99", ["before-7.1", "before-6.17?"]),
    ("6.12.30", ["before-7.1", "before-6.17?"]),
    ("6.12.29", ["before-7.1", "before-6.17?", "6.12.y/before-6.12.30"]),
    ("6.12.9", ["before-7.1", "before-6.17?", "6.12.y/before-6.12.30"]),
    ("6.12.8", ["before-7.1", "before-6.17?", "6.12.y/before-6.12.30", "6.12.y/before-6.12.9"]),
    ("6.12", ["before-7.1", "before-6.17?", "6.12.y/before-6.12.30", "6.12.y/before-6.12.9"]),
    ("6.10.5", ["before-7.1", "before-6.17?"]),
    ("6.2", ["before-7.1", "before-6.17?"]),
    ("6.1.79", ["before-7.1", "before-6.17?", "before-6.2", "6.1.y/before-6.1.80"]),
    ("6.1.80", ["before-7.1", "before-6.17?", "before-6.2"]),
    ("5.9.1", ["before-7.1", "before-6.17?", "before-6.2", "before-5.10"]),
])
def test_layers_by_release(layered, release, chain):
    wanted = ["linux"] + [f"linux/{layer}" for layer in chain]
    assert why(layered, TWO, "--target", "other", "--reference", f"linux-{release}") == wanted
    ran = compare(text(document(facts={"release": release + "-rc1-generic"})), cwd=layered)
    assert ran.test(TWO)["baseline"].startswith(f"expected/{wanted[-1]}/{MOVE}.tap:")
    assert ran.test(TWO)["verdict"] == ("backported" if chain else "pass") and ran.status == 0
    assert ran.results["reference"] == f"linux-{release}"


DEBIAN = "#1 SMP PREEMPT_DYNAMIC Debian {} (2026-02-08)"


@pytest.mark.parametrize("release, version, judged, holds", [
    ("6.1.0-56-cloud-amd64", DEBIAN.format("6.1.79-2"), "6.1.79", "6.1.y/before-6.1.80"),
    ("6.1.0-56-cloud-amd64", DEBIAN.format("6.1.80-2~bpo11+1"), "6.1.80", "before-6.2"),
    ("6.1", DEBIAN.format("6.1.80-1"), "6.1.80", "before-6.2"),
    # No point release of this branch stands there.
    ("6.1.0-56-amd64", DEBIAN.format("6.12.80-1"), "6.1", "6.1.y/before-6.1.80"),
    ("6.1.0-56-amd64", DEBIAN.format("6.1~rc7-1"), "6.1", "6.1.y/before-6.1.80"),
    ("6.1.0-56-amd64", "#101~20.04.1-Ubuntu SMP PREEMPT_DYNAMIC Thu Feb 8 2026", "6.1", "6.1.y/before-6.1.80"),
    ("6.1.0-56-amd64", "", "6.1", "6.1.y/before-6.1.80"),
    ("6.1.0-56-amd64", "   Debian   6.1.", "6.1", "6.1.y/before-6.1.80"),
    # The release says it, which counts.
    ("6.1.90+deb12-amd64", DEBIAN.format("6.1.12-1"), "6.1.90", "before-6.2"),
    ("unknown", DEBIAN.format("6.1.12-1"), "7.2", ""),
])
def test_the_point_release_may_stand_in_the_version(layered, release, version, judged, holds):
    ran = compare(text(document(facts={"release": release, "version": version})), cwd=layered)
    assert ran.results["reference"] == f"linux-{judged}"
    assert ran.test(TWO)["baseline"].startswith(f"expected/linux/{holds + '/' if holds else ''}{MOVE}.tap:")
    # Another release is judged by when the user says so, and what is no Linux says nothing of Linux.
    stream = text(document(facts={"release": release, "version": version}))
    assert compare(stream, "--reference", "linux-6.17", cwd=layered).results["reference"] == "linux-6.17"
    assert compare(stream, "--target=gvisor", "--target-linux=no", cwd=layered).results["reference"] == "linux-7.2"


def test_layers_by_machine_target_and_version(layered):
    def holds(*arguments, **facts):
        ran = compare(text(document(facts=facts)), *arguments, cwd=layered)
        return ran.test(TWO)["baseline"].split("/mremap")[0].removeprefix("expected/")

    assert holds() == "linux"
    assert holds(machine="i686") == "linux/on-i386"
    assert holds(machine="x86_64", word_size="32") == "linux/on-i386"
    assert holds(machine="aarch64") == "linux/on-aarch64"
    assert holds(machine="aarch64", release="5.0") == "linux/on-aarch64"
    foreign = ["--target", "gvisor", "--target-linux", "no"]
    assert holds(*foreign, release="4.4.0") == "gvisor"
    assert holds(*foreign, machine="i686") == "gvisor/on-i386"
    assert holds(*foreign, "--target-version", "2024", machine="i686") == "gvisor/on-i386"
    assert holds(*foreign, "--target-version", "20231023.0", machine="i686") == "gvisor/20231023.0"
    assert holds(*foreign, "--target-version", "20231023.0", machine="aarch64") == "gvisor/20231023.0"
    assert holds(*foreign, "--target-version", "2024") == "gvisor"
    assert holds("--target", "dragonos", "--target-linux", "no", release="5.0") == "linux"
    assert holds("--target", "dragonos", "--target-linux", "no", "--reference", "linux-5.0") == "linux/before-5.10"


def test_further_layers_win_in_their_order(layered):
    for name in "one", "two":
        (layered / name / "mremap").mkdir(parents=True)
        (layered / name / f"{MOVE}.tap").write_text(f"# here\nnot ok move.two.land_there # v={name} want 1\n")
    run = text(document({TWO: "v=one want 1"}))
    arguments = ["--target", "gvisor", "--target-linux", "no", "--expected", "two", "--expected"]
    ran = compare(run, *arguments, "one", cwd=layered)
    assert ran.test(TWO)["verdict"] == "known" and ran.test(TWO)["baseline"] == "one/mremap/move.tap:2"
    ran = compare(run, "--target", "gvisor", "--target-linux", "no", "--expected=one", "--expected=two", cwd=layered)
    assert ran.test(TWO)["verdict"] == "changed" and ran.test(TWO)["baseline"] == "two/mremap/move.tap:2"


@pytest.mark.parametrize("end", ["", "/"])
def test_results_name_no_place_of_this_machine(layered, tmp_path, end):
    mine = tmp_path / "mine"
    (mine / "mremap").mkdir(parents=True)
    (mine / f"{MOVE}.tap").write_text("# here\nok move.two.land_there\n")
    ran = compare(text(document()), "--baselines", f"{layered}/expected{end}", "--expected", f"{mine}{end}", cwd=tmp_path)
    assert ran.test(TWO)["baseline"].replace("//", "/") == f"mine/{MOVE}.tap:2"
    assert ran.test(HEAD)["baseline"].replace("//", "/") == "expected/linux/mmap/fixed_noreplace.tap:3"


def test_why_prints_lines_and_reasons(tmp_path):
    baselines(tmp_path, {
        f"linux/before-6.17/{MOVE}": "# multi-mapping moves came with 6.17\n# (mm/mremap.c:remap_move)\nnot ok move.two.land_there"
                                     " # mremap=EFAULT want ok\nok global.grows\n",
        f"gvisor/{MOVE}": "\n\nnot ok move.two.land_there\n",
    })
    ran = compare(None, "--why", TWO, "--target", "gvisor", "--target-linux=no", "--reference=linux-6.1", cwd=tmp_path)
    assert ran.status == 0 and ran.out == f"""\
{TWO}, judged by linux-6.1
   expected/linux/mremap/move.tap:4: ok
   expected/linux/before-6.17/mremap/move.tap:3: not ok # mremap=EFAULT want ok
     multi-mapping moves came with 6.17 (mm/mremap.c:remap_move)
=> expected/gvisor/mremap/move.tap:3: not ok
"""
    os.remove(tmp_path / f"expected/linux/{MOVE}.tap")
    ran = compare(None, "--why", TWO, "--target", "x", cwd=tmp_path)
    assert ran.status == 1 and "no layer knows it" in ran.out


def test_a_comment_holds_up_to_the_next_blank_line_or_comment(tmp_path):
    baselines(tmp_path, {f"host/{MOVE}": "# one\nnot ok global.grows\nnot ok move.one.lands_there\n# two\nnot ok seal.refused\n"
                                         "\nnot ok move.two.land_there\n"})
    ran = compare(text(document({})), cwd=tmp_path)
    reasons = [ran.test(f"{MOVE}/{name}").get("reason") for name in CASES[MOVE]]
    assert reasons == ["one", "one", None, "two"]


def test_a_line_for_one_file_system_wins_in_its_layer(tmp_path):
    test = "file.is_seen"
    baselines(tmp_path, {
        "linux/on-x86_64/msync/sync": f"# r\nnot ok @tmpfs/{test} # v=1 want 2\n",
        "host/msync/sync": f"# r\nnot ok @ext4/{test} # v=3 want 2\nnot ok {test} # v=4 want 2\n",
    })
    labels = ["mmap/fixed_noreplace", "mmap/plain", "mremap/move", "msync/sync@ext4", "msync/sync@tmpfs"]
    results = {f"msync/sync@ext4/{test}": "v=3 want 2", f"msync/sync@tmpfs/{test}": "v=4 want 2"}
    run = text(document(results, labels=labels, facts={"filesystems": "ext4,tmpfs"}))
    ran = compare(run, cwd=tmp_path)
    assert ran.status == 0 and [ran.test(t)["verdict"] for t in results] == ["known", "known"]
    shutil.rmtree(tmp_path / "expected/host")
    ran = compare(run, cwd=tmp_path)
    assert [ran.test(t)["verdict"] for t in results] == ["diverged", "changed"]


@pytest.mark.parametrize("content, says", [
    ("maybe global.grows\n", ":1: no word that a baseline knows"),
    ("# why\nnot ok\n", ":2: no word that a baseline knows"),
    ("not ok global.grows mremap=EFAULT\n", ":1: after the name comes"),
    ("ok global.grows # fine\n", ":1: 'ok' and 'do-not-run' have no outcome"),
    ("not ok @/global.grows\n", ":1: no file system and test"),
    ("not ok Global\n", ":1: no name of a test"),
    ("1..x\n", ":1: no plan"),
    ("not ok global.grows # a\x01b\n", ":1: an outcome is at most 160 bytes"),
    ("not ok global.grows # " + "x" * 161 + "\n", ":1: an outcome is at most 160 bytes"),
    ("not ok global.grows # a # b\n", ":1: an outcome is at most 160 bytes"),
    ("not ok global.\0grows\n", ":1: a NUL byte"),
])
def test_a_line_that_is_none(tmp_path, content, says):
    baselines(tmp_path, {f"host/{MOVE}": content})
    ran = compare(text(document({})), cwd=tmp_path)
    assert ran.status == 3 and ran.err.count("\n") == 1 and f"expected/host/{MOVE}.tap{says}" in ran.err
    ran = compare(None, "--lint", cwd=tmp_path)
    assert ran.status == 1 and f"expected/host/{MOVE}.tap{says}" in ran.out


@pytest.mark.parametrize("release", ["", "new\n", None])
def test_no_newest_release(tmp_path, release):
    baselines(tmp_path, release=release or "")
    if release is None:
        os.remove(tmp_path / "expected/linux/release")
    ran = compare(text(document({})), cwd=tmp_path)
    assert ran.status == 3 and ran.err.count("\n") == 1 and "expected/linux/release" in ran.err
    assert "expected/linux/release:1: no release X.Y\n" in compare(None, "--lint", cwd=tmp_path).out


def test_do_not_run(tmp_path):
    baselines(tmp_path, {
        f"gvisor/{MOVE}": "# hangs\ndo-not-run global.grows\ndo-not-run seal.refused\n",
        "gvisor/msync/sync": "# panics\ndo-not-run @tmpfs/file.is_seen\n",
        f"gvisor/2/{MOVE}": "# fixed\nok seal.refused\n",
    })
    arguments = ["--do-not-run", "--target=gvisor", "--target-linux=no"]
    ran = compare(None, *arguments, cwd=tmp_path)
    assert ran.out.splitlines() == [f"{MOVE}/global.grows", f"{MOVE}/seal.refused", "msync/sync@tmpfs/file.is_seen"]
    ran = compare(None, *arguments, "--target-version=2", "-x", "msync/*", cwd=tmp_path)
    assert ran.out.splitlines() == [f"{MOVE}/global.grows"] and ran.status == 0
    assert compare(None, "--do-not-run", cwd=tmp_path).out == ""


# ---- accept ----

def accept(folder, results, *arguments, facts=None, labels=None, layer=None, **more):
    option = f"--accept={layer}" if layer else "--accept"
    return compare(text(document(results, facts=facts, labels=labels, **more)), option, *arguments, cwd=folder)


def content(folder):
    top = folder / "expected"
    return {str(path.relative_to(top)): path.read_text() for path in sorted(top.rglob("*")) if path.is_file()}


FOREIGN = ["--target", "gvisor", "--target-linux", "no"]


def test_accept_from_nothing(tmp_path):
    (tmp_path / "expected/linux").mkdir(parents=True)
    (tmp_path / "expected/linux/release").write_text("7.2\n")
    ran = accept(tmp_path, {TWO: "mremap=EFAULT want ok", HEAD: "SKIP env: not root"})
    assert ran.out.startswith(f"left as it is: {HEAD}: unexpected: env: not root\naccepted into linux: 10 lines written")
    assert read(tmp_path, f"linux/{MOVE}") == """\
1..4
ok global.grows
ok move.one.lands_there
# TODO: why
not ok move.two.land_there # mremap=EFAULT want ok

ok seal.refused
"""
    assert read(tmp_path, "linux/mmap/fixed_noreplace") == "1..2\nok arena.free_range_is_taken\nok overlap.tail.is_refused\n"
    assert ran.test(TWO)["verdict"] == "known" and ran.test(HEAD)["verdict"] == "unexpected" and ran.status == 1
    accept(tmp_path, {})
    assert read(tmp_path, "linux/mmap/fixed_noreplace") == ("1..3\nok arena.free_range_is_taken\nok overlap.head.is_refused\n"
                                                            "ok overlap.tail.is_refused\n")
    assert compare(text(document({})), cwd=tmp_path).status == 0


def test_accept_writes_a_target_layer_and_again_changes_nothing(tmp_path):
    baselines(tmp_path)
    results = {TWO: "mremap=EFAULT want ok", f"{MOVE}/seal.refused": "SKIP absent: mseal", HEAD: "CRASH SIGSEGV",
               f"{MOVE}/global.grows": "TIMEOUT 2 s", "mmap/plain/global.anonymous_is_zero": "SKIP env: not root"}
    before = content(tmp_path)
    ran = accept(tmp_path, results, *FOREIGN)
    assert ran.status == 0 and "accepted into gvisor: 4 lines written, 0 dropped, in 2 files" in ran.out
    assert "left as it is: mmap/plain/global.anonymous_is_zero: skipped: env: not root" in ran.out
    after = content(tmp_path)
    assert after == before | {
        "gvisor/mremap/move.tap": "# TODO: why\ntimeout global.grows\nnot ok move.two.land_there # mremap=EFAULT want ok\n"
                                  "skip seal.refused # absent: mseal\n",
        "gvisor/mmap/fixed_noreplace.tap": "# TODO: why\ncrash overlap.head.is_refused # SIGSEGV\n",
    }
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "expected").rglob("*.tap")}
    ran = accept(tmp_path, results, *FOREIGN)
    assert "0 lines written, 0 dropped, in 0 files" in ran.out and ran.status == 0
    assert content(tmp_path) == after
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "expected").rglob("*.tap")}
    ran = compare(None, "--lint", cwd=tmp_path)
    assert ran.status == 1 and ran.out.count("its reason is still to be written") == 4 == ran.out.count("\n")


def test_accept_keeps_comments_and_order(tmp_path):
    old = """\
# The header.

# why two, b.c:f
not ok move.two.land_there # mremap=EFAULT want ok
not ok global.grows # mremap=ENOMEM want ok

# why one
not ok move.one.lands_there # v=1 want 2
# the end
"""
    baselines(tmp_path, {f"gvisor/{MOVE}": old})
    results = {TWO: "mremap=EINVAL want ok", f"{MOVE}/global.grows": "mremap=ENOMEM want ok",
               f"{MOVE}/move.one.lands_there": "v=1 want 2", f"{MOVE}/seal.refused": "v=0 want 1"}
    ran = accept(tmp_path, results, *FOREIGN)
    assert "2 lines written, 0 dropped, in 1 file\n" in ran.out and ran.status == 0
    assert read(tmp_path, f"gvisor/{MOVE}") == old.replace("EFAULT", "EINVAL") + "\n# TODO: why\nnot ok seal.refused # v=0 want 1\n"


def test_accept_drops_what_is_fixed(tmp_path):
    baselines(tmp_path, {f"gvisor/{MOVE}": "# A\nnot ok move.two.land_there\n# B\nnot ok global.grows\nnot ok seal.refused\n",
                         "gvisor/mmap/plain": "# gone\ndo-not-run global.anonymous_is_zero\n"})
    ran = accept(tmp_path, {f"{MOVE}/seal.refused": "v=0 want 1"}, *FOREIGN)
    assert "0 lines written, 3 dropped, in 2 files" in ran.out and ran.status == 0
    assert read(tmp_path, f"gvisor/{MOVE}") == "# B\nnot ok seal.refused\n"
    assert not (tmp_path / "expected/gvisor/mmap/plain.tap").exists()


def test_accept_writes_ok_where_a_lower_layer_says_otherwise(tmp_path):
    baselines(tmp_path, {f"gvisor/{MOVE}": "# A\nnot ok move.two.land_there\n"})
    ran = accept(tmp_path, {}, *FOREIGN, "--target-version", "2", layer="gvisor/2")
    # The line that decides lies below the layer that is written to, so the layer takes it back.
    assert ran.status == 0 and read(tmp_path, f"gvisor/2/{MOVE}") == "# TODO: why\nok move.two.land_there\n"


def test_accept_into_linux_counts_its_plan(tmp_path):
    baselines(tmp_path)
    write(tmp_path, f"linux/{MOVE}", "# header\n1..2\nok global.grows\nok seal.refused\n")
    accept(tmp_path, {f"{MOVE}/seal.refused": "v=0 want 1"})
    assert read(tmp_path, f"linux/{MOVE}") == ("# header\n1..4\nok global.grows\nok move.one.lands_there\nok move.two.land_there\n"
                                               "# TODO: why\nnot ok seal.refused # v=0 want 1\n")


@pytest.mark.parametrize("layer, facts, path", [
    ("linux/before-6.17", {"release": "6.16.1"}, "linux/before-6.17"),
    ("linux/before-6.17?", {"release": "6.16.1"}, "linux/before-6.17?"),
    ("linux/6.12.y/before-6.12.30", {"release": "6.12.7"}, "linux/6.12.y/before-6.12.30"),
    ("linux/on-aarch64", {"machine": "aarch64"}, "linux/on-aarch64"),
    ("host", {}, "host"),
    ("host/on-i386", {"machine": "i686"}, "host/on-i386"),
    ("host/3", {}, "host/3"),
    ("linux", {"release": "6.1"}, "linux"),
])
def test_accept_names_the_layer(tmp_path, layer, facts, path):
    baselines(tmp_path)
    ran = accept(tmp_path, {TWO: "v=1 want 2"}, "--target=host", "--target-version=3", layer=layer, facts=facts)
    assert ran.status == 0 and ran.test(TWO)["verdict"] == "known"
    assert "not ok move.two.land_there # v=1 want 2\n" in read(tmp_path, f"{path}/{MOVE}")


@pytest.mark.parametrize("layer, facts", [
    (None, {"release": "6.1"}),
    (None, {"release": "7.3"}),
    ("linux/before-6.1", {"release": "6.1.3"}),
    ("linux/before-six", {"release": "5.0"}),
    ("linux/6.12.y/before-6.12.30", {"release": "6.12.30"}),
    ("linux/6.12.y/before-6.11.30", {"release": "6.11.1"}),
    ("linux/on-aarch64", {}),
    ("qemu-user", {}),
    ("host/on-i386", {"machine": "x86_64"}),
    ("../elsewhere", {}),
    ("/tmp", {}),
])
def test_accept_refuses_a_layer_that_does_not_hold(tmp_path, layer, facts):
    baselines(tmp_path)
    before = content(tmp_path)
    ran = accept(tmp_path, {TWO: "v=1 want 2"}, layer=layer, facts=facts)
    assert ran.status == 3 and ran.err.count("\n") == 1 and "--accept" in ran.err
    assert content(tmp_path) == before


def test_accept_leaves_what_a_later_layer_decides(tmp_path):
    baselines(tmp_path, {f"host/{MOVE}": "# r\nnot ok move.two.land_there # v=3 want 2\n"})
    before = content(tmp_path)
    ran = accept(tmp_path, {TWO: "v=1 want 2"}, layer="linux")
    assert f"left as it is: {TWO}: changed: a later layer decides: expected/host/{MOVE}.tap:2" in ran.out
    assert ran.status == 1 and content(tmp_path) == before


def test_accept_refuses_a_damaged_stream(tmp_path):
    baselines(tmp_path)
    before = content(tmp_path)
    ran = accept(tmp_path, {TWO: "v=1 want 2"}, end=False)
    assert ran.status == 1 and ran.out.startswith("nothing accepted: the stream is damaged\n") and content(tmp_path) == before
    lines = document({TWO: "v=1 want 2"})
    lines.remove(next(line for line in lines if "# done" in line and TWO in line))
    ran = compare(text(lines), "--accept", cwd=tmp_path)
    assert f"left as it is: {TWO}: error: damaged stream" in ran.out and ran.status == 1 and content(tmp_path) == before


def test_accept_on_several_file_systems(tmp_path):
    baselines(tmp_path)
    labels = ["mmap/fixed_noreplace", "mmap/plain", "mremap/move", "msync/sync@ext4", "msync/sync@tmpfs"]
    results = {"msync/sync@ext4/file.is_durable": "v=1 want 2", "msync/sync@tmpfs/file.is_durable": "v=1 want 2",
               "msync/sync@tmpfs/file.is_seen": "v=3 want 4"}
    more = {"labels": labels, "facts": {"filesystems": "ext4,tmpfs"}}
    ran = accept(tmp_path, results, *FOREIGN, **more)
    assert ran.status == 0
    assert read(tmp_path, "gvisor/msync/sync") == ("# TODO: why\nnot ok file.is_durable # v=1 want 2\n"
                                                   "not ok @tmpfs/file.is_seen # v=3 want 4\n")
    ran = accept(tmp_path, {}, *FOREIGN, **more)
    assert ran.status == 0 and not (tmp_path / "expected/gvisor/msync/sync.tap").exists()


def test_accept_writes_all_files_or_none(tmp_path):
    baselines(tmp_path)
    (tmp_path / "expected/gvisor").mkdir()
    (tmp_path / "expected/gvisor/mremap").write_text("in the way\n")
    before = content(tmp_path)
    ran = accept(tmp_path, {TWO: "v=1 want 2", HEAD: "v=1 want 2"}, *FOREIGN)
    assert ran.status == 3 and f"cannot write expected/gvisor/{MOVE}.tap" in ran.err and content(tmp_path) == before


# ---- lint ----

def lint(folder):
    ran = compare(None, "--lint", cwd=folder)
    assert ran.status == (1 if ran.out else 0) and not ran.err
    return ran.out.splitlines()


def test_lint_of_good_baselines(tmp_path):
    baselines(tmp_path, {
        f"linux/before-6.17?/{MOVE}": "# bracketed by 6.12 and 6.18\nnot ok move.two.land_there # mremap=EFAULT want ok\n",
        f"linux/before-6.2/{MOVE}": "# later\nok move.two.land_there\n",
        f"linux/6.12.y/before-6.12.9/{MOVE}": "# backported\nskip seal.refused # absent: mseal\n",
        f"linux/on-i386/{MOVE}": "# as everywhere, but not as before 6.17\nok move.two.land_there\n",
        f"gvisor/{MOVE}": "# r\ncrash move.two.land_there # SIGSEGV\ntimeout global.grows\nerror seal.refused # set-up: x\n",
        f"gvisor/2/{MOVE}": "# r\ntimeout move.two.land_there # 2 s\ndo-not-run global.grows\n",
        "gvisor/msync/sync": "# r\nnot ok @ext4/file.is_seen\n",
    })
    (tmp_path / "expected/README.md").write_text("text\n")
    (tmp_path / "expected/gvisor/README.md").write_text("text\n")
    assert lint(tmp_path) == []


@pytest.mark.parametrize("path, lines, finding", [
    (f"gvisor/{MOVE}", "not ok seal.refused\n", ":1: no reason"),
    (f"gvisor/{MOVE}", "# r\n\nnot ok seal.refused\n", ":3: no reason"),
    (f"gvisor/{MOVE}", "# TODO: why\nnot ok seal.refused\n", ":2: its reason is still to be written"),
    (f"linux/before-6.17/{MOVE}", "#\nnot ok seal.refused\n", ":2: no reason"),
    (f"gvisor/{MOVE}", "# r\nnot ok seal.broken\n", ":2: names no test of the case"),
    (f"gvisor/{MOVE}", "# r\nnot ok @ext4/seal.refused\n", ":2: the case does not run on several file systems"),
    (f"gvisor/{MOVE}", "# r\nnot ok seal.refused\nskip seal.refused\n", ":3: a second line for this test"),
    ("gvisor/mremap/none", "# r\nnot ok seal.refused\n", ":1: names no case of the suite"),
    (f"gvisor/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"linux/before-6.2/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"linux/on-i386/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"linux/6.12.y/before-6.12.4/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"gvisor/2/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"gvisor/on-i386/{MOVE}", "# r\nok seal.refused\n", ":2: says what the layers below say already"),
    (f"gvisor/{MOVE}", "1..1\n# r\nnot ok seal.refused\n", ":1: a plan stands only in linux/"),
    (f"gvisor/{MOVE}", "# r\nskip seal.refused # env: not root\n", ":2: a skip is written down only as 'absent: ...'"),
    (f"gvisor/{MOVE}", "# r\ncrash seal.refused # boom\n", ":2: no outcome of this word"),
    (f"gvisor/{MOVE}", "# r\ntimeout seal.refused # long\n", ":2: no outcome of this word"),
    (f"gvisor/{MOVE}", "# r\nxfail seal.refused\n", ":2: no word that a baseline knows"),
    ("linux/mmap/plain", "1..3\nok global.anonymous_is_zero\nok global.length_zero_is_refused\n",
     ":1: the plan does not count its lines"),
    ("linux/mmap/plain", "ok global.anonymous_is_zero\nok global.length_zero_is_refused\n", ":1: no plan"),
    ("linux/mmap/plain", "1..1\nok global.anonymous_is_zero\n", ":2: no line for global.length_zero_is_refused"),
    ("linux/mmap/plain", "1..2\nok global.anonymous_is_zero\nnot ok global.length_zero_is_refused\n", ":3: no reason"),
    ("linux/mmap/plain", "ok global.anonymous_is_zero\n1..2\nok global.length_zero_is_refused\n",
     ":2: the plan stands once, above the tests"),
])
def test_lint_finds(tmp_path, path, lines, finding):
    baselines(tmp_path, {path: lines})
    found = lint(tmp_path)
    assert len(found) == 1 and found[0].startswith(f"expected/{path}.tap{finding}")


@pytest.mark.parametrize("path, finding", [
    ("linux/before-x/", "no layer: before-X.Y"),
    ("linux/before-6.12.3/", "no layer: before-X.Y"),
    ("linux/6.12.y/before-6.13.2/", "no layer of a stable branch"),
    ("linux/6.12.y/before-6.12/", "no layer of a stable branch"),
    ("linux/x.y/", "no layer: before-X.Y"),
    ("linux/on-Mars/", "no layer: before-X.Y"),
    ("linux/before-7.3/", "no kernel is newer"),
    ("gvisor/mremap/move.tap.orig", "no baseline: its name does not end in .tap"),
    ("notes.txt", "no folder of a target"),
])
def test_lint_finds_what_is_in_the_wrong_place(tmp_path, path, finding):
    baselines(tmp_path)
    target = tmp_path / "expected" / path
    (target if path.endswith("/") else target.parent).mkdir(parents=True, exist_ok=True)
    if not path.endswith("/"):
        target.write_text("")
    found = lint(tmp_path)
    assert len(found) == 1 and found[0].startswith(f"expected/{path.rstrip('/')}:1: {finding}")


def test_lint_finds_a_case_without_baseline(tmp_path):
    baselines(tmp_path)
    os.remove(tmp_path / "expected/linux/mmap/plain.tap")
    assert lint(tmp_path) == ["expected/linux/mmap/plain.tap:1: no such file: the case has no baseline"]


def test_lint_of_a_line_that_differs_only_in_some_runs(tmp_path):
    """It repeats linux/, but takes back what an older release says: that is no repetition."""
    baselines(tmp_path, {
        f"linux/before-6.17/{MOVE}": "# r\nnot ok seal.refused\n",
        f"linux/before-6.2/{MOVE}": "# r\nnot ok seal.refused\nok global.grows\n",
        f"linux/on-i386/{MOVE}": "# r\nok seal.refused\nok global.grows\n",
    })
    assert lint(tmp_path) == [
        f"expected/linux/before-6.2/{MOVE}.tap:2: says what the layers below say already",
        f"expected/linux/before-6.2/{MOVE}.tap:3: says what the layers below say already",
        f"expected/linux/on-i386/{MOVE}.tap:3: says what the layers below say already",
    ]


def test_lint_of_a_target_on_a_machine(tmp_path):
    """What a machine's line takes back may stand again in a version's, which is for all machines."""
    baselines(tmp_path, {
        f"linux/on-i386/{MOVE}": "# r\nnot ok seal.refused\n",
        f"gvisor/{MOVE}": "# r\nnot ok global.grows\n",
        f"gvisor/on-i386/{MOVE}": "# r\nnot ok seal.refused\nok global.grows\n",
        f"gvisor/2/{MOVE}": "# r\nnot ok global.grows\n",
        f"qemu-user/on-i386/{MOVE}": "# r\nok seal.refused\nok global.grows\n",
    })
    assert lint(tmp_path) == [
        f"expected/gvisor/on-i386/{MOVE}.tap:2: says what the layers below say already",
        f"expected/qemu-user/on-i386/{MOVE}.tap:3: says what the layers below say already",
    ]


def test_every_test_of_the_stub_has_a_baseline(tmp_path):
    ran = compare(text(document({})), cwd=baselines(tmp_path))
    assert sorted(ran.verdicts()) == sorted(IDS) and ran.status == 0 and ran.out.endswith("as expected\n")

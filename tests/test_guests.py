# SPDX-License-Identifier: GPL-2.0
"""The targets that boot a kernel: what they boot, what they make of a guest that dies, what they fetch and leave behind."""

import json
import lzma
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import TOP, clean_environment, need_tool, run

RUNNER = TOP / "runner.sh"
TARGETS = TOP / "harness" / "targets"
CASE = "mmap/fixed_noreplace"
DEADLY = TOP / "build" / "tests" / "guest" / "suite"


def in_guest(kind, *words, arg="", scratch, image=DEADLY, shell=(), timeout=120, **environment):
    """One run of an image on a target, as runner.sh would start it."""
    return run(
        *shell, TARGETS / kind, "run", *words, MMAPCONF_IMAGE=image, MMAPCONF_TARGET_ARG=arg, MMAPCONF_SCRATCH=scratch, timeout=timeout,
        **environment,
    )


def judge(stream, folder, *words, selection=()):
    """The verdict of each test of the deadly suite, where all are expected to pass; and the exit status."""
    tests = {}
    for id in run(DEADLY, "list").stdout.split():
        case, name = id.rsplit("/", 1)
        tests.setdefault(case, []).append(name)
    for case, names in tests.items():
        file = folder / "expected" / "linux" / f"{case}.tap"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"1..{len(names)}\n" + "".join(f"ok {name}\n" for name in names))
    (folder / "expected" / "linux" / "release").write_text("7.2\n")
    result = run(
        DEADLY, "compare", "--baselines", folder / "expected", "--json", folder / "results.json", *words, "--", *selection, stdin=stream
    )
    verdicts = {}
    if (folder / "results.json").exists():
        report = json.loads((folder / "results.json").read_text())
        verdicts = {test["id"]: (test["verdict"], test.get("outcome")) for test in report["tests"]}
    return verdicts, result


def processes_of(scratch):
    """What still runs with a file below the scratch folder on its command line."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(scratch).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            pass
    return found


@pytest.fixture(scope="session")
def debian_6_1():
    """Debian's kernel of the series 6.1: from the cache; in CI, and with MMAPCONF_REFRESH=1, it is fetched."""
    need_tool("qemu-system-x86_64")
    index = TOP / "build" / "cache" / "kernels" / "6.1-cloud"
    if not index.exists():
        if not os.environ.get("CI") and os.environ.get("MMAPCONF_REFRESH") != "1":
            pytest.skip("no kernel in the cache (./runner.sh --target debian:6.1 fetches it)")
        fetched = run(TARGETS / "debian", "probe", MMAPCONF_TARGET_ARG="6.1", MMAPCONF_IMAGE=DEADLY, timeout=300)
        assert fetched.returncode == 0, fetched.stderr
    return index.parent / index.read_text().strip()


# ---- the suite in a guest ------------------------------------------------------------------------------------------


def check_one_case(target, mmapconf, release):
    result = run(RUNNER, "--raw", "--target", target, CASE)
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    facts = dict(line[len("# fact ") :].split("=", 1) for line in lines if line.startswith("# fact "))
    assert facts["release"].startswith(release)
    assert facts["filesystems"] == "tmpfs"
    done = [line.split()[2] for line in lines if line.startswith("  # done ")]
    assert done and done == run(mmapconf, "list", CASE).stdout.split()
    assert lines[0] == "KTAP version 1" and lines[-1] == "# end"
    assert "\r" not in result.stdout
    assert result.stderr == ""


def test_the_suite_in_user_mode_linux(mmapconf):
    need_tool("linux.uml")
    check_one_case("uml", mmapconf, "")


def test_the_suite_in_qemu_with_a_kernel_of_debian(mmapconf, debian_6_1):
    check_one_case("debian:6.1", mmapconf, "6.1.")
    assert debian_6_1.exists()


@pytest.fixture(scope="session")
def arm64():
    """The image for arm64, which `make variants` builds."""
    image = TOP / "build" / "aarch64" / "mmapconf"
    if not image.exists():
        pytest.skip(f"{image} is missing (make aarch64 builds it)")
    return image


def test_the_suite_on_arm64_with_pages_of_16k(arm64):
    need_tool("qemu-system-aarch64")
    if not (TOP / "build" / "cache" / "kernels" / "7.3-16k-arm64").exists():
        pytest.skip("no kernel in the cache (./runner.sh --image build/aarch64/mmapconf --target debian:7.3:16k fetches it)")
    result = run(RUNNER, "--raw", "--image", arm64, "--target", "debian:7.3:16k", "munmap/tagged_address", timeout=240)
    assert result.returncode == 0, result.stdout + result.stderr
    facts = dict(re.findall(r"(?m)^# fact (\w+)=(.*)$", result.stdout))
    assert (facts["machine"], facts["page_size"]) == ("aarch64", "16384")
    assert re.findall(r"(?m)^ +ok \d+ ", result.stdout) and "# SKIP" not in result.stdout
    assert result.stderr == ""


def test_a_kernel_is_of_the_machine_of_the_image(arm64, mmapconf, tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(bytes(514) + b"HdrS")
    result = run(TARGETS / "qemu", "probe", MMAPCONF_TARGET_ARG=kernel, MMAPCONF_IMAGE=arm64)
    assert (result.returncode, result.stderr) == (3, f"target qemu: '{kernel}' is no Image of arm64\n")
    kernel.write_bytes(bytes(56) + b"ARMd" + bytes(460))
    result = run(TARGETS / "qemu", "probe", MMAPCONF_TARGET_ARG=kernel, MMAPCONF_IMAGE=mmapconf)
    assert (result.returncode, result.stderr) == (3, f"target qemu: '{kernel}' is no bzImage\n")
    for kind, argument in ("qemu", kernel), ("debian", "6.1"):
        result = run(TARGETS / kind, "probe", MMAPCONF_TARGET_ARG=argument, MMAPCONF_IMAGE=kernel)
        assert result.returncode == 2 and "is built neither for x86 nor for arm64" in result.stderr


def test_a_case_runs_on_every_file_system_that_disk_names(mmapconf, debian_6_1):
    for tool in ("mkfs.ext4", "mkfs.xfs", "mkfs.btrfs"):
        need_tool(tool)
    filesystems = ["tmpfs", "ext4", "xfs", "btrfs", "overlayfs"]
    result = run(RUNNER, "--raw", "--target", "debian:6.1,disk=ext4+xfs+btrfs+overlay", "msync/times", timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"# fact filesystems={','.join(filesystems)}\n" in result.stdout
    assert re.findall(r"(?m)^ok \d+ (\S+)$", result.stdout) == [f"msync/times@{name}" for name in filesystems]
    assert result.stderr == ""
    assert debian_6_1.with_suffix(".modules").is_dir()


def test_an_ext4_without_a_page_cache(mmapconf, debian_6_1):
    need_tool("mkfs.ext4")
    result = run(RUNNER, "--raw", "--target", "debian:6.1,disk=dax", "mmap/life", timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "# fact filesystems=tmpfs,ext4\n" in result.stdout
    assert result.stderr == ""


def test_a_disk_whose_tool_is_missing(tmp_path, mmapconf):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(bytes(514) + b"HdrS")
    # The folders of root's tools are always looked into: a name that is nowhere stands for one that is missing.
    text = (TARGETS / "qemu").read_text().replace("mkfs.xfs", "mkfs.nowhere")
    (tmp_path / "qemu").write_text(re.sub(r"(?m)^here=.*$", f"here={TARGETS}", text))
    result = run("sh", tmp_path / "qemu", "probe", MMAPCONF_TARGET_ARG=f"{kernel},disk=ext4+xfs", MMAPCONF_IMAGE=mmapconf)
    assert (result.returncode, result.stderr) == (2, "target qemu: mkfs.nowhere is missing (Debian: apt-get install xfsprogs)\n")


def test_a_target_runs_under_busybox_sh(mmapconf, tmp_path):
    need_tool("linux.uml")
    result = in_guest("uml", CASE, scratch=tmp_path, image=mmapconf, shell=(need_tool("busybox"), "sh"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.endswith("# end\n")
    assert list(tmp_path.iterdir()) == []


def test_the_archive_that_is_booted_is_one_for_cpio(tmp_path):
    cpio = need_tool("cpio")
    script = f"""
        set -euf
        here={TARGETS}
        . {TOP}/harness/guest.sh
        guest_dir={tmp_path} guest_files= guest_part= jobs=1 resume= words_kept= words_patterns='a b
*
'
        printf 12345 >{tmp_path}/init
        make_archive
        make_initramfs {tmp_path}/archive
    """
    assert run("sh", "-c", script).returncode == 0
    listed = run(cpio, "-itv", "--quiet", cwd=tmp_path, stdin=(tmp_path / "archive").read_text()).stdout
    assert [line.split()[-1] for line in listed.splitlines()] == ["dev", "dev/console", "init", "mmapconf.args"]
    assert re.search(r"(?m)^-rwxr-xr-x .* 5 .* init$", listed)
    assert re.search(r"(?m)^crw------- .* 5, +1 .* dev/console$", listed)
    got = run(cpio, "-i", "--quiet", "--to-stdout", "mmapconf.args", stdin=(tmp_path / "archive").read_text()).stdout
    assert got == "run\n--system\n-j\n1\n--\na b\n*\n"


# ---- guests that die -----------------------------------------------------------------------------------------------

DIED = {
    "guest/dying/global.panics": ("crashed", "kernel panic"),
    "guest/dying/global.reboots": ("crashed", "guest ended"),
    "guest/dying/global.resets": ("crashed", "guest ended"),
    "guest/dying/global.powers_off": ("crashed", "guest ended"),
    "guest/dying/global.crashes_init": ("crashed", "kernel panic"),
    "guest/dying/global.kills_everything": ("error", "the process of the case was killed by signal 9"),
    "guest/dying/global.terminates_everything": ("crashed", "guest ended"),
    "guest/flooding/flood.never_ends": ("timed_out", "1 s"),
    "guest/hanging/global.takes_the_processor": ("timed_out", "guest silent"),
    "guest/hanging/global.halts_the_processor": ("crashed", "guest ended"),  # user-mode Linux exits
}


@pytest.mark.parametrize("guests", [1, 3])
def test_every_test_that_kills_the_guest_is_named_and_all_others_have_their_results(guests, tmp_path):
    need_tool("linux.uml")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    selection = ["guest/dying", "guest/flooding", "guest/hanging"]
    limits = {"MMAPCONF_MAX_SILENCE": 4, "MMAPCONF_CONSOLE": tmp_path / "console", "MMAPCONF_GUESTS": guests}
    result = in_guest("uml", "--timeout-mul", "2", *selection, scratch=scratch, **limits)
    assert result.returncode == 1, result.stderr
    assert ("# fact parts=3\n" in result.stdout) == (guests == 3)
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    assert judged.returncode == 1, judged.stdout + judged.stderr
    ids = run(DEADLY, "list", *selection).stdout.split()
    assert verdicts == {id: DIED.get(id, ("pass", verdicts[id][1])) for id in ids}
    assert "Bail out" not in result.stdout

    # The end of the console stands before the result of the culprit, and in what is judged of it.
    said = result.stdout.split("# running guest/dying/global.panics\n")[1].split("not ok")[0]
    assert "# console: Kernel panic - not syncing: sysrq triggered crash\n" in said
    assert said.endswith("# guest: Kernel panic - not syncing: sysrq triggered crash\n  ")
    assert said.count("\n") <= 21
    assert "Kernel panic - not syncing: sysrq triggered crash" in judged.stdout
    assert "silent for 4 s" in judged.stdout
    console = (tmp_path / "console").read_bytes()
    assert console.count(b"Kernel panic") == 2 and b"Restarting system" in console
    assert list(scratch.iterdir()) == [] and processes_of(scratch) == []

    # Baselines that say so pass the gate.
    layer = tmp_path / "known" / "guest"
    layer.mkdir(parents=True)
    words = {"crashed": "crash", "timed_out": "timeout", "error": "error"}
    for case in ("dying", "flooding", "hanging"):
        lines = [
            f"{words[verdict]} {id.rsplit('/', 1)[1]} # {outcome}\n"
            for id, (verdict, outcome) in DIED.items()
            if id.startswith(f"guest/{case}/")
        ]
        (layer / f"{case}.tap").write_text("# takes the machine down\n" + "".join(lines))
    verdicts, judged = judge(result.stdout, tmp_path, "--expected", tmp_path / "known", selection=selection)
    assert judged.returncode == 0, judged.stdout
    assert {verdict for id, (verdict, _) in verdicts.items() if id in DIED} == {"known"}


def test_a_panic_and_a_processor_that_stops_in_qemu(tmp_path, debian_6_1):
    selection = ["guest/dying/global.pa*", "guest/hanging/global.passes*", "guest/hanging/global.halts*"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    result = in_guest("qemu", *selection, arg=debian_6_1, scratch=scratch, MMAPCONF_MAX_SILENCE=6)
    assert result.returncode == 1, result.stderr
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    dead = {
        "guest/dying/global.panics": ("crashed", "kernel panic"),
        "guest/hanging/global.halts_the_processor": ("timed_out", "guest silent"),
    }
    assert set(verdicts) == set(run(DEADLY, "list", *selection).stdout.split())
    assert verdicts == {id: dead.get(id, ("pass", verdicts[id][1])) for id in verdicts}
    assert "sysrq_handle_crash" in judged.stdout
    assert list(scratch.iterdir()) == [] and processes_of(scratch) == []


def test_an_oops_of_the_kernel_is_a_panic_with_its_reason(tmp_path, debian_6_1):
    selection = ["guest/oops"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    modules = debian_6_1.with_suffix(".modules")
    if not modules.is_dir():
        pytest.skip("no modules in the cache (./runner.sh --target debian:6.1 fetches them)")
    result = in_guest("qemu", *selection, arg=f"{debian_6_1},modules={modules}", scratch=scratch)
    assert result.returncode == 1, result.stderr
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    assert verdicts.pop("guest/oops/global.runs_into_no_instruction") == ("crashed", "kernel panic")
    assert set(verdicts) == {"guest/oops/global.passes_before", "guest/oops/global.passes_after"}
    assert {verdict for verdict, _ in verdicts.values()} == {"pass"}
    assert "# guest: invalid opcode: 0000 [#1]" in result.stdout
    assert "init_nls_ascii" in judged.stdout


def test_the_last_test_may_take_the_guest_down(tmp_path):
    need_tool("linux.uml")
    selection = ["guest/dying/global.passes_before", "guest/dying/global.panics"]
    result = in_guest("uml", *selection, scratch=tmp_path)
    assert result.returncode == 1
    assert result.stdout.count("KTAP version 1\n# fact") == 1
    assert result.stdout.endswith("not ok 1 guest/dying\n# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:1\n# end\n")
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    assert verdicts[selection[1]] == ("crashed", "kernel panic")
    assert "1 test" in judged.stdout and "stream" not in judged.stdout


def test_with_several_jobs_the_suspects_run_again_alone(tmp_path):
    need_tool("linux.uml")
    selection = ["guest/dying/global.pa*", "guest/flooding/flood.passes*", "guest/hanging/global.passes*"]
    result = in_guest("uml", "-j", "3", *selection, scratch=tmp_path)
    assert result.returncode == 1, result.stderr
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    assert verdicts.pop("guest/dying/global.panics") == ("crashed", "kernel panic")
    assert len(verdicts) == 6 and {verdict for verdict, _ in verdicts.values()} == {"pass"}, judged.stdout


def test_a_limit_on_the_time_of_all(tmp_path):
    need_tool("linux.uml")
    begun = time.monotonic()
    result = in_guest("uml", "guest/hanging", scratch=tmp_path, MMAPCONF_MAX_TIME=12)
    assert time.monotonic() - begun < 20
    assert result.returncode == 2
    assert result.stderr == "target uml: stopped after 12 s (MMAPCONF_MAX_TIME), before all tests had run\n"
    verdicts, _ = judge(result.stdout, tmp_path, selection=["guest/hanging"])
    assert verdicts["guest/hanging/global.passes_before"][0] == "pass"
    # It was stopped from outside, which is no fault of the test that was running.
    assert result.stdout.endswith("# guest: stopped after 12 s (MMAPCONF_MAX_TIME)\n# interrupted\n")
    assert verdicts["guest/hanging/global.takes_the_processor"][0] == "missing"
    assert verdicts["guest/hanging/global.passes_after"][0] == "missing"


def test_a_limit_on_the_time_of_several_guests(tmp_path):
    need_tool("linux.uml")
    selection = ["guest/dying/global.pa*", "guest/flooding/flood.passes*", "guest/hanging"]
    result = in_guest("uml", "--timeout-mul", "30", *selection, scratch=tmp_path, MMAPCONF_MAX_TIME=40, MMAPCONF_GUESTS=3)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    assert result.stdout.count("# interrupted\n") == 1 and result.stdout.count("# fact parts=3\n") >= 3
    verdicts, _ = judge(result.stdout, tmp_path, selection=selection)
    assert verdicts["guest/dying/global.panics"] == ("crashed", "kernel panic")
    assert verdicts["guest/hanging/global.takes_the_processor"][0] == "missing"
    assert list(tmp_path.glob("guest.*")) == [] and processes_of(tmp_path) == []


@pytest.mark.parametrize("jobs, ports, selection", [(1, 2, ""), (1, 2, "mmap/"), (1, 2, CASE), (2, 2, ""), (1, 1, "")])
def test_how_many_guests_share_a_run(jobs, ports, selection, mmapconf):
    script = f"""
        set -euf
        here={TARGETS}
        . {TOP}/harness/guest.sh
        jobs={jobs} guest_ports={ports} words_kept= words_selection= words_patterns='{selection}'
        count_guests
        echo $guests
    """
    result = run("sh", "-c", script, MMAPCONF_IMAGE=mmapconf)
    assert (result.returncode, result.stderr) == (0, "")
    tests = len(run(mmapconf, "list", *([selection] if selection else [])).stdout.split())
    most = min(len(os.sched_getaffinity(0)), tests // 400, 4)
    assert int(result.stdout) == (max(most, 1) if jobs == 1 and ports == 2 else 1)


@pytest.mark.parametrize("guests", ["0", "x"])
def test_the_number_of_guests_is_one(guests, tmp_path):
    result = in_guest("uml", scratch=tmp_path, MMAPCONF_GUESTS=guests)
    assert (result.returncode, result.stderr) == (3, f"target uml: MMAPCONF_GUESTS needs a number from 1, not '{guests}'\n")


def test_a_guest_that_never_starts_the_suite(tmp_path):
    need_tool("linux.uml")
    result = in_guest("uml", scratch=tmp_path, image="/bin/true")  # its interpreter is not there
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("target uml: the guest ended before it started the suite; the end of its console:\n")
    assert "Kernel panic" in result.stderr


@pytest.mark.parametrize(
    "words, complaint",
    [
        (["no/such"], ""),
        (["--bogus"], "mmapconf: unknown option '--bogus'; run -h tells what there is\n"),
        (["--resume-after", "no/such"], "mmapconf: --resume-after no/such: there is no such test\n"),
    ],
)
def test_what_the_suite_refuses_is_refused(words, complaint, tmp_path):
    need_tool("linux.uml")
    result = in_guest("uml", *words, scratch=tmp_path)
    assert (result.returncode, result.stderr) == (3, complaint)


@pytest.mark.parametrize("end", [os.killpg, os.kill])
@pytest.mark.parametrize("guests, selection", [(1, ["guest/hanging"]), (2, ["guest/flooding", "guest/hanging"])])
def test_an_interrupted_run_leaves_nothing_behind(guests, selection, end, tmp_path):
    need_tool("linux.uml")
    process = subprocess.Popen(
        [TARGETS / "uml", "run", *selection],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=clean_environment(MMAPCONF_IMAGE=DEADLY, MMAPCONF_TARGET_ARG="", MMAPCONF_SCRATCH=tmp_path, MMAPCONF_GUESTS=guests),
    )
    begun = []
    for line in process.stdout:
        begun.append(line)
        if b"takes_the_processor" in line:
            break
    assert (b"# fact parts=2\n" in begun) == (guests == 2)
    assert processes_of(tmp_path) != []
    end(process.pid, signal.SIGTERM)
    assert process.wait(timeout=8) == 143
    assert list(tmp_path.iterdir()) == [] and processes_of(tmp_path) == []


def test_a_guest_that_is_killed_leaves_nothing_behind(tmp_path):
    """User-mode Linux has helpers that outlive it, and that hold the results open."""
    need_tool("linux.uml")
    process = subprocess.Popen(
        [TARGETS / "uml", "run", "guest/hanging/global.takes*"],
        stdout=subprocess.PIPE,
        env=clean_environment(MMAPCONF_IMAGE=DEADLY, MMAPCONF_TARGET_ARG="", MMAPCONF_SCRATCH=tmp_path),
    )
    for line in process.stdout:
        if b"takes_the_processor" in line:
            break
    guest = min(int(pid) for pid in processes_of(tmp_path) if b"linux.uml" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(guest, signal.SIGKILL)
    stream = process.communicate(timeout=10)[0]
    assert process.returncode == 1
    assert b"not ok 1 global.takes_the_processor # CRASH guest ended\n" in stream and stream.endswith(b"# end\n")
    assert list(tmp_path.iterdir()) == [] and processes_of(tmp_path) == []


def test_a_console_that_is_shared_with_the_kernel_costs_results_but_never_makes_a_pass(tmp_path, debian_6_1):
    """A kernel without a target: one serial port, all of the kernel's messages, a process that makes more of them."""
    cpio = tmp_path / "initramfs.cpio"
    script = f"""
        set -euf
        here={TARGETS}
        . {TOP}/harness/guest.sh
        guest_dir={tmp_path} guest_files= guest_part= jobs=1 resume= words_kept= words_patterns='guest/noise/beside.*
'
        cp {DEADLY} {tmp_path}/init
        make_archive
        make_initramfs {cpio}
    """
    assert run("sh", "-c", script).returncode == 0
    log = tmp_path / "serial"
    subprocess.run(
        ["qemu-system-x86_64", "-accel", "tcg", "-smp", "2", "-m", "512", "-kernel", debian_6_1, "-initrd", cpio, "-nodefaults"]
        + ["-display", "none", "-no-reboot", "-serial", f"file:{log}"]
        + ["-append", "console=ttyS0 panic=-1 loglevel=8 printk.devkmsg=on"],
        check=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    text = log.read_bytes()
    assert text.count(b"noise of the kernel") > 50
    selection = ["guest/noise/beside.*"]
    verdicts, judged = judge(text.decode(errors="replace"), tmp_path, selection=selection)
    assert judged.returncode == 1
    kinds = {"passes": set(), "fails": set()}
    for id, (verdict, _) in verdicts.items():
        kinds[id.rsplit(".", 1)[1]].add(verdict)
    assert len(verdicts) == 80
    assert kinds["fails"] <= {"diverged", "error", "missing", "crashed"} and "diverged" in kinds["fails"]
    assert kinds["passes"] <= {"pass", "error", "missing", "crashed"} and "pass" in kinds["passes"]


@pytest.mark.parametrize("kind", ["uml", "qemu"])
def test_what_the_noise_of_one_console_takes_runs_once_more(kind, tmp_path, request):
    if kind == "qemu":
        arg = f"{request.getfixturevalue('debian_6_1')},ports=1,cmdline=loglevel=8 printk.devkmsg=on"
    else:
        need_tool("linux.uml")
        arg = ",ports=1,cmdline=loglevel=8"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    selection = ["guest/noise/*lost*", "guest/dying/global.pa*"]
    result = in_guest(kind, *selection, arg=arg, scratch=scratch)
    assert result.returncode == 1, result.stderr
    verdicts, judged = judge(result.stdout, tmp_path, selection=selection)
    assert verdicts.pop("guest/dying/global.panics") == ("crashed", "kernel panic")
    assert verdicts.pop("guest/noise/global.is_always_lost")[0] == "error"
    assert verdicts.pop("guest/noise/global.fails_and_is_lost_once") == ("diverged", "value=false want true")
    assert {verdict for verdict, _ in verdicts.values()} == {"pass"}, judged.stdout
    assert verdicts["guest/noise/global.is_lost_once"][0] == "pass"
    # The guest that panicked was started again, and then once for what was lost.
    assert len(re.findall(r"(?m)^KTAP version 1", result.stdout)) == 3
    assert list(scratch.iterdir()) == [] and processes_of(scratch) == []


# ---- what is refused, and what is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arg, complaint",
    [
        ("", "needs a kernel: qemu:/path/to/kernel[,key=value...]"),
        ("/nonexistent", "cannot read the kernel '/nonexistent'"),
        ("/bin/sh", "'/bin/sh' is no bzImage"),
        ("/bin/sh,cpus=0", "cpus= cannot be '0'"),
        ("/bin/sh,memory=1T", "memory is 512, 512M or 1G, not '1T'"),
        ("/bin/sh,color=red", "unknown key 'color' (there are memory, cpus, cpu, cmdline, disk, modules, ports, machine, accel)"),
        ("/bin/sh,accel=xen", "accel= cannot be 'xen'"),
        ("/bin/sh,ports=3", "ports= cannot be '3'"),
        ("/bin/sh,disk=", "disk= wants a value"),
        ("/bin/sh,disk=ext4+xfs+ext4", "disk= has ext4 twice"),
        ("/bin/sh,disk=dax+ext4", "disk= cannot be ext4 and dax: both are an ext4"),
        ("/bin/sh,modules=/bin", "modules= is a folder as depmod leaves it, with a modules.dep, not '/bin'"),
        ("/a,,b", "cannot read the kernel '/a,b'"),
    ],
)
def test_arguments_of_qemu(arg, complaint, mmapconf):
    result = run(TARGETS / "qemu", "probe", MMAPCONF_TARGET_ARG=arg, MMAPCONF_IMAGE=mmapconf)
    assert (result.returncode, result.stderr) == (3, f"target qemu: {complaint}\n")


@pytest.mark.parametrize("arg", ["", "6", "6.1.2", "six", "6.1:rt", ".1", "6."])
def test_arguments_of_debian(arg, mmapconf):
    result = run(TARGETS / "debian", "probe", MMAPCONF_TARGET_ARG=arg, MMAPCONF_IMAGE=mmapconf)
    assert result.returncode == 3
    assert re.fullmatch(r"target debian: needs a series of kernels, as in .*\n", result.stderr)


@pytest.mark.parametrize("name", ["MMAPCONF_MAX_TIME", "MMAPCONF_MAX_SILENCE", "MMAPCONF_MAX_BOOT"])
def test_limits_are_numbers(name, mmapconf, tmp_path):
    result = in_guest("uml", scratch=tmp_path, image=mmapconf, **{name: "1m"})
    assert (result.returncode, result.stderr) == (3, f"target uml: {name} needs a number of seconds from 1, not '1m'\n")


@pytest.mark.parametrize("kind, arg, tool", [("uml", "", "linux.uml"), ("qemu", "KERNEL", "qemu-system-x86_64"), ("debian", "6.1", "qemu-system-x86_64")])
def test_what_is_missing_is_one_line_that_says_how_to_get_it(kind, arg, tool, tmp_path, mmapconf):
    for name in ("sh", "od", "sed", "tr", "dirname", "cat"):
        (tmp_path / name).symlink_to(need_tool(name))
    kernel = tmp_path / "kernel"
    kernel.write_bytes(bytes(514) + b"HdrS")
    result = run(TARGETS / kind, "probe", PATH=tmp_path, MMAPCONF_TARGET_ARG=arg.replace("KERNEL", str(kernel)), MMAPCONF_IMAGE=mmapconf)
    assert result.returncode == 2
    assert re.fullmatch(rf"target {kind}: {tool} is missing \(Debian: apt-get install \S+\)\n", result.stderr)


# ---- fetching kernels ----------------------------------------------------------------------------------------------

APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$FAKE/calls"
for word in "$@"; do
	case $word in
	indextargets) echo "https://debian.example/debian bookworm" && exit ;;
	update)
		[ ! -e "$FAKE/no-network" ] || { echo "E: no network" && exit 100; }
		exit 0
		;;
	download)
		[ ! -e "$FAKE/no-network" ] || { echo "E: no network" >&2 && exit 100; }
		if [ -e "$FAKE/broken" ]; then head -c 100 "$FAKE/deb" >linux.deb && echo "E: hash sum mismatch" >&2 && exit 100; fi
		[ ! -e "$FAKE/slow" ] || sleep 30
		cp "$FAKE/deb" linux.deb && exit
		;;
	esac
done
exit 1
"""

APT_CACHE = """#!/bin/sh
echo "apt-cache $*" >>"$FAKE/calls"
case $* in
*" show "*) [ -e "$FAKE/no-lists" ] || printf 'Version: 1:2.66-4\\nSize: 26000000\\n' ;;
*) [ -e "$FAKE/no-lists" ] || cat "$FAKE/available" ;;
esac
"""

AVAILABLE = """
Package: linux-image-6.1.0-9-cloud-amd64
Version: 6.1.99-1

Package: linux-image-6.1.0-50-cloud-amd64
Version: 6.1.176-1

Package: linux-image-6.1.0-50-cloud-amd64-unsigned
Version: 6.1.177-1

Package: linux-image-6.1.0-50-rt-amd64
Version: 6.1.177-1

Package: linux-image-6.1.0-51-amd64
Version: 6.1.177-1

Package: linux-image-6.10.1+deb13-cloud-amd64
Version: 6.10.1-1

Package: linux-image-7.2.13+deb14-cloud-amd64
Version: 7.2.13-1

Package: linux-binary-7.2.13+deb14-cloud-amd64
Version: 7.2.13-1

Package: linux-image-6.12.117+deb13-arm64
Version: 6.12.117-1

Package: linux-image-6.12.117+deb13-arm64-16k
Version: 6.12.117-1

Package: linux-image-6.12.117+deb13-cloud-arm64
Version: 6.12.117-1
"""


class Archive:
    """An apt of our own that has what AVAILABLE says, and a cache."""

    def __init__(self, folder):
        self.folder = folder
        self.kernels = folder / "cache" / "kernels"
        (folder / "bin").mkdir()
        for name, text in (("apt-get", APT_GET), ("apt-cache", APT_CACHE), ("qemu-system-x86_64", "#!/bin/sh\n")):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        (folder / "available").write_text(AVAILABLE)
        self.package("first")

    def package(self, text):
        """A package whose kernel holds this text."""
        root = self.folder / "root"
        (root / "DEBIAN").mkdir(parents=True, exist_ok=True)
        (root / "boot").mkdir(exist_ok=True)
        (root / "boot" / "vmlinuz-6.1").write_bytes(bytes(514) + b"HdrS" + text.encode())
        modules = root / "lib" / "modules" / "6.1" / "kernel"
        modules.mkdir(parents=True, exist_ok=True)
        (modules / "xfs.ko").write_bytes(b"ELF\0depends=libcrc32c,needed-too\0alias=fs-xfs\0end")
        (modules / "libcrc32c.ko.xz").write_bytes(lzma.compress(b"ELF\0depends=\0", check=lzma.CHECK_CRC32))
        (modules / "needed-too.ko").write_bytes(b"ELF\0depends=libcrc32c\0")
        (modules / "not_needed.ko").write_bytes(b"ELF\0depends=\0")
        (root / "DEBIAN" / "control").write_text(
            "Package: linux-image\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody <nobody@example.org>\nDescription: none\n"
        )
        subprocess.run(["dpkg-deb", "--build", "-Znone", root, self.folder / "deb"], check=True, stdout=subprocess.DEVNULL)

    def probe(self, arg="6.1", **more):
        return run(TARGETS / "debian", "probe", **self.environment(arg, **more))

    def environment(self, arg="6.1", **more):
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return dict(
            PATH=path, FAKE=self.folder, MMAPCONF_CACHE=self.folder / "cache", MMAPCONF_TARGET_ARG=arg, MMAPCONF_IMAGE=DEADLY, **more
        )

    def says(self, name):
        (self.folder / name).touch()

    def called(self):
        """What apt was called with since the last calls()."""
        file = self.folder / "calls"
        return file.read_text() if file.exists() else ""

    def calls(self, word):
        """How often apt was called with the word since the last time."""
        text = self.called()
        (self.folder / "calls").write_text("")
        return len(re.findall(rf"\b{word}\b", text))


@pytest.fixture
def archive(tmp_path):
    for tool in ("dpkg-deb", "dpkg", "flock"):
        need_tool(tool)
    if not pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        pytest.skip("the keys of Debian's archive are missing (debian-archive-keyring)")
    return Archive(tmp_path)


def test_the_newest_kernel_of_the_series_is_fetched_once(archive):
    result = archive.probe()
    assert result.returncode == 0, result.stderr
    assert result.stderr == (
        "target debian: fetching the lists of packages (about 40 MB)\n"
        "target debian: fetching linux-image-6.1.0-50-cloud-amd64 6.1.176-1 (26 MB)\n"
    )
    files = {path.name: path for path in archive.kernels.iterdir()}
    name = "linux-image-6.1.0-50-cloud-amd64_6.1.176-1"
    assert set(files) == {"6.1-cloud", f"{name}.vmlinuz", f"{name}.modules"}
    assert files["linux-image-6.1.0-50-cloud-amd64_6.1.176-1.vmlinuz"].read_bytes().endswith(b"HdrSfirst")
    assert archive.calls("update") == 1
    result = archive.probe()
    assert (result.returncode, result.stderr) == (0, "")
    assert archive.calls("apt-get") == 0
    # Another series: the lists are of today.
    assert archive.probe("7.2").stderr == (
        "target debian: fetching linux-binary-7.2.13+deb14-cloud-amd64 7.2.13-1 (26 MB)\n"
        "target debian: fetching linux-modules-7.2.13+deb14-cloud-amd64 7.2.13-1 (26 MB)\n"
    )
    assert archive.calls("update") == 0
    assert archive.probe("6.1:generic").stderr == "target debian: fetching linux-image-6.1.0-51-amd64 6.1.177-1 (26 MB)\n"


def test_a_kernel_for_arm64_is_fetched_apart(archive, tmp_path, arm64):
    """Each kind of pages is a flavour; the lists of packages are those of the machine."""
    (tmp_path / "bin" / "qemu-system-aarch64").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "qemu-system-aarch64").chmod(0o755)
    archive.package("x")
    for flavour, name in ("", "cloud-arm64"), (":generic", "arm64"), (":16k", "arm64-16k"):
        environment = archive.environment(f"6.12{flavour}") | {"MMAPCONF_IMAGE": arm64}
        result = run(TARGETS / "debian", "probe", **environment)
        assert f"target debian: fetching linux-image-6.12.117+deb13-{name} 6.12.117-1 (26 MB)\n" in result.stderr
    assert {path.name for path in archive.kernels.iterdir() if "." not in path.name.removeprefix("6.12")} == {
        "6.12-cloud-arm64", "6.12-generic-arm64", "6.12-16k-arm64"
    }
    assert 'APT::Architecture "arm64";' in (tmp_path / "cache" / "apt-arm64" / "apt.conf").read_text()
    assert archive.probe("6.12").returncode == 2


def test_the_modules_that_a_run_can_need_are_kept_beside_the_kernel(archive, tmp_path):
    assert archive.probe().returncode == 0
    modules = archive.kernels / "linux-image-6.1.0-50-cloud-amd64_6.1.176-1.modules"
    assert {path.name for path in modules.iterdir()} == {"xfs.ko", "libcrc32c.ko", "needed-too.ko", "modules.dep", "modules.alias"}
    assert (modules / "libcrc32c.ko").read_bytes() == b"ELF\0depends=\0"
    assert "xfs.ko: needed-too.ko libcrc32c.ko\n" in (modules / "modules.dep").read_text()
    assert (modules / "modules.alias").read_text() == "alias fs-xfs xfs\n"
    table = run("sh", "-c", f". {TOP}/harness/modules.sh; module_table {modules} xfs loop").stdout.splitlines()
    order = "libcrc32c needed_too xfs"
    assert set(table) == {f"xfs {order}", "needed_too libcrc32c needed_too", "libcrc32c libcrc32c", f"fs_xfs {order}", f"start {order}"}

    # A cache of before: it is completed, and without a network it is said that it is not.
    shutil.rmtree(modules)
    archive.says("no-network")
    result = archive.probe()
    assert result.returncode == 0
    assert "the modules of linux-image-6.1.0-50-cloud-amd64 6.1.176-1 cannot be had: E: no network\n" in result.stderr
    (archive.folder / "no-network").unlink()
    result = archive.probe()
    assert (result.returncode, modules.is_dir()) == (0, True)
    assert {path.suffix for path in archive.kernels.iterdir()} == {".1-cloud", ".vmlinuz", ".modules"}


def test_the_cache_works_without_a_network_and_is_refreshed_on_demand(archive):
    assert archive.probe().returncode == 0
    archive.says("no-network")
    assert (archive.probe().returncode, archive.probe().stderr) == (0, "")
    # Lists of yesterday, and no network to refresh them: what is there is used.
    os.utime(archive.folder / "cache" / "apt" / "updated", (0, 0))
    result = archive.probe(MMAPCONF_REFRESH=1)
    assert result.returncode == 0
    assert "target debian: not all lists could be had: E: no network\n" in result.stderr
    (archive.folder / "no-network").unlink()
    (archive.folder / "available").write_text(AVAILABLE.replace("6.1.99-1", "6.1.190-1"))
    archive.calls("")
    result = archive.probe(MMAPCONF_REFRESH=1)
    assert "fetching linux-image-6.1.0-9-cloud-amd64 6.1.190-1" in result.stderr
    assert archive.calls("update") == 1
    assert (archive.kernels / "6.1-cloud").read_text() == "linux-image-6.1.0-9-cloud-amd64_6.1.190-1.vmlinuz\n"
    archive.probe(MMAPCONF_REFRESH=1)
    assert archive.calls("update") == 0  # at most once a day


def test_a_broken_download_leaves_nothing_and_the_next_one_works(archive):
    archive.says("broken")
    result = archive.probe()
    assert result.returncode == 2
    assert result.stderr.endswith("target debian: cannot fetch linux-image-6.1.0-50-cloud-amd64: E: hash sum mismatch\n")
    assert list(archive.kernels.iterdir()) == []
    (archive.folder / "broken").unlink()
    archive.package("second")
    assert archive.probe().returncode == 0
    kernel = archive.kernels / (archive.kernels / "6.1-cloud").read_text().strip()
    assert kernel.read_bytes().endswith(b"HdrSsecond")


def test_an_interrupted_download_leaves_nothing(archive):
    archive.says("slow")
    process = subprocess.Popen(
        [TARGETS / "debian", "probe"], start_new_session=True, env=clean_environment(**archive.environment()), stderr=subprocess.DEVNULL
    )
    while process.poll() is None and "download" not in archive.called():
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(timeout=8) != 0
    assert list(archive.kernels.iterdir()) == []


def test_without_lists_or_without_the_series_it_says_so(archive):
    result = archive.probe("5.4")
    assert result.returncode == 2
    assert result.stderr.endswith("target debian: Debian has no cloud kernel 5.4 (there are: 6.1 6.10 7.2)\n")
    archive.says("no-network")
    archive.says("no-lists")
    result = archive.probe()
    assert result.returncode == 2
    assert result.stderr.endswith("target debian: cannot fetch a kernel: no lists of packages could be had\n")


def test_without_apt_it_names_the_target_to_take_instead(tmp_path, mmapconf):
    (tmp_path / "bin").mkdir()
    for name in ("sh", "sed", "head", "dirname", "mkdir", "cat", "tr", "od"):
        (tmp_path / "bin" / name).symlink_to(need_tool(name))
    (tmp_path / "bin" / "qemu-system-x86_64").symlink_to("/bin/true")
    result = run(
        TARGETS / "debian", "probe", PATH=tmp_path / "bin", MMAPCONF_CACHE=tmp_path / "cache", MMAPCONF_TARGET_ARG="6.1", MMAPCONF_IMAGE=mmapconf
    )
    assert result.returncode == 2
    assert result.stderr == (
        "target debian: apt-get is missing: kernels are fetched on Debian only; elsewhere, --target qemu:/path/to/bzImage\n"
    )


# ---- fetching libcap for other machines ----------------------------------------------------------------------------


@pytest.fixture
def libcap(archive):
    """Calls harness/libcap.sh; the archive has libcap-dev."""
    usr = archive.folder / "root" / "usr"
    for name in ("include/sys/capability.h", "lib/i386-linux-gnu/libcap.a", "lib/i386-linux-gnu/libpsx.a"):
        (usr / name).parent.mkdir(parents=True, exist_ok=True)
        (usr / name).write_text(name)
    archive.package("x")

    def call():
        result = run(TOP / "harness" / "libcap.sh", archive.folder / "libcap", **archive.environment())
        files = {str(path.relative_to(archive.folder / "libcap")) for path in (archive.folder / "libcap").rglob("*") if path.is_file()}
        return result, {name for name in files if not name.startswith("apt/")}

    return call


LIBCAP = {f"{compiler}-linux-gnu/{name}" for compiler in ("i686", "aarch64") for name in ("libcap.a", "include/sys/capability.h")}


def test_libcap_is_fetched_once_for_each_machine(archive, libcap):
    result, files = libcap()
    lines = ["libcap.sh: fetching the lists of packages (about 10 MB)", "libcap.sh: fetching libcap-dev 1:2.66-4 (26 MB)"]
    assert (result.returncode, result.stderr.splitlines(), files) == (0, lines * 2, LIBCAP)
    assert (archive.folder / "libcap" / "i686-linux-gnu" / "libcap.a").read_text() == "lib/i386-linux-gnu/libcap.a"
    assert 'APT::Architecture "arm64";' in (archive.folder / "libcap" / "apt" / "apt.conf").read_text()
    # That of the system's own release, to whose C library it is linked.
    sources = (archive.folder / "libcap" / "apt" / "sources.list").read_text().splitlines()
    assert len(sources) == 1 and sources[0].endswith("https://debian.example/debian bookworm main")
    assert archive.calls("download") == 2
    result, files = libcap()
    assert (result.returncode, result.stderr, files) == (0, "", LIBCAP)
    assert archive.calls("apt-get") == 0


@pytest.mark.parametrize("trouble, reason", [("broken", "E: hash sum mismatch"), ("no-lists", "no list of packages has it")])
def test_libcap_that_cannot_be_had_leaves_nothing_and_the_next_call_works(archive, libcap, trouble, reason):
    archive.says(trouble)
    result, files = libcap()
    assert (result.returncode, files) == (2, set())
    assert result.stderr.endswith(f"libcap.sh: libcap for i386 cannot be had: {reason}\n")
    (archive.folder / trouble).unlink()
    result, files = libcap()
    assert (result.returncode, files) == (0, LIBCAP)


def test_a_mirror_out_of_reach_is_asked_again_the_next_time(archive, libcap):
    """With the real apt-get: to it, what it cannot reach for now is no failure."""
    apt_get = archive.folder / "bin" / "apt-get"
    apt_get.unlink()
    real = need_tool("apt-get")
    apt_get.write_text(f'#!/bin/sh\n[ "$1" = indextargets ] && echo "http://127.0.0.1:1/debian bookworm" || exec {real} "$@"\n')
    apt_get.chmod(0o755)
    archive.says("no-lists")
    result, files = libcap()
    assert (result.returncode, files) == (2, set())
    assert "libcap.sh: not all lists could be had: E: Failed to fetch http://127.0.0.1:1/debian/" in result.stderr
    assert not (archive.folder / "libcap" / "apt" / "updated").exists()


def test_libcap_is_fetched_into_one_folder():
    result = run(TOP / "harness" / "libcap.sh")
    assert (result.returncode, result.stderr) == (3, "libcap.sh: usage: libcap.sh FOLDER\n")

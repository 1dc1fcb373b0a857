# SPDX-License-Identifier: GPL-2.0
"""The targets: what each has to answer, and the real suite image run through each that can be had here."""

import getpass
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from conftest import TOP, clean_environment, need_tool, run

RUNNER = TOP / "runner.sh"
TARGETS = TOP / "harness" / "targets"
KINDS = sorted(file.name for file in TARGETS.iterdir() if os.access(file, os.X_OK))
CASE = "mmap/fixed_noreplace"


def raw(target, *words, **environment):
    """The unjudged run of one case on a target: its status and its lines."""
    result = run(RUNNER, "--raw", "--target", target, CASE, *words, **environment)
    assert result.returncode in (0, 1), result.stderr
    return result.returncode, result.stdout.splitlines()


def facts(lines):
    return dict(line[len("# fact ") :].split("=", 1) for line in lines if line.startswith("# fact "))


def check_complete(lines, mmapconf):
    """Every test of the case has its result, and the stream its end."""
    listed = run(mmapconf, "list", CASE).stdout.splitlines()
    done = [line.split()[2] for line in lines if line.startswith("  # done ")]
    assert listed and done == listed
    assert lines[-1] == "# end"


# ---- the contract --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_describes_itself_in_one_line(kind):
    result = run(TARGETS / kind, "-h")
    assert result.returncode == 0
    assert re.fullmatch(rf"{kind}\S* +\S.*\n", result.stdout)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [[], ["bogus"]])
def test_a_target_refuses_what_it_does_not_know(kind, words):
    result = run(TARGETS / kind, *words)
    assert result.returncode == 3
    assert result.stderr == f"usage: {kind} probe|properties|run [mmapconf arguments]|-h\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_has_its_place_in_the_documentation(kind):
    assert re.search(rf"(?m)^### {kind}\b", (TOP / "docs" / "targets.md").read_text())


@pytest.mark.parametrize(
    "kind, tool, arg", [("gvisor", "runsc", ""), ("qemu-user", "qemu-x86_64", "qemu-x86_64"), ("ssh", "ssh", "somewhere")]
)
def test_what_a_target_lacks_is_one_line_that_says_how_to_get_it(kind, tool, arg, tmp_path, mmapconf):
    for name in ("sh", "id", "od", "tail", "head", "grep", "sed", "tr"):
        (tmp_path / name).symlink_to(need_tool(name))
    result = run(TARGETS / kind, "probe", PATH=tmp_path, MMAPCONF_TARGET_ARG=arg, MMAPCONF_IMAGE=mmapconf)
    assert result.returncode == 2
    assert re.fullmatch(rf"target {kind}: {tool} is missing \(Debian: apt-get install .*\)\n", result.stderr)


def test_an_image_for_another_machine_is_refused_before_the_run(tmp_path):
    (tmp_path / "image").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xff\xff" + bytes(44))
    (tmp_path / "image").chmod(0o755)
    result = run(RUNNER, "--image", tmp_path / "image")
    assert result.returncode == 2
    assert result.stderr.startswith("target host: this machine cannot run ")
    result = run(RUNNER, "--image", tmp_path / "image", "--target", "qemu-user")
    assert result.returncode == 2
    assert "is built for no machine known here" in result.stderr


# ---- host and exec -------------------------------------------------------------------------------------------------


def test_host_runs_on_this_kernel_and_is_as_expected(mmapconf):
    status, lines = raw("host")
    assert status == 0
    assert facts(lines)["release"] == os.uname().release
    check_complete(lines, mmapconf)
    judged = run(RUNNER, CASE)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_exec_puts_the_words_in_front(mmapconf, tmp_path):
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\necho "$1 $2" >{tmp_path}/words\nshift 2\nexec "$@"\n')
    wrapper.chmod(0o755)
    status, lines = raw(f"exec:{wrapper} one two")
    assert status == 0
    assert (tmp_path / "words").read_text() == "one two\n"
    check_complete(lines, mmapconf)


def test_exec_of_a_debugger(mmapconf):
    need_tool("strace")
    status, lines = raw("exec:strace -f -o /dev/null")
    assert status == 0
    check_complete(lines, mmapconf)


# ---- gvisor --------------------------------------------------------------------------------------------------------


def test_gvisor(mmapconf):
    need_tool("runsc")
    _, lines = raw("gvisor")
    assert facts(lines)["release"] == "4.4.0", "the release that gVisor tells"
    check_complete(lines, mmapconf)


def test_gvisor_into_a_file_writes_over_nothing(mmapconf, tmp_path):
    """runsc writes to a file at offsets of its own."""
    need_tool("runsc")
    with open(tmp_path / "out", "w", encoding="ascii") as out:
        out.write("before\n")
        out.flush()
        subprocess.run(
            [RUNNER, "--raw", "--target", "gvisor", CASE], stdout=out, env=clean_environment(), check=False, timeout=60
        )
    lines = (tmp_path / "out").read_text().splitlines()
    assert lines[0] == "before"
    check_complete(lines[1:], mmapconf)


def test_gvisor_flags_reach_runsc(tmp_path):
    need_tool("runsc")
    result = run(RUNNER, "--raw", "--target", "gvisor:--no-such-flag", CASE)
    assert result.returncode == 2
    assert "target gvisor: runsc cannot run " in result.stderr


def test_gvisor_by_a_named_runsc(mmapconf, tmp_path):
    wrapper = tmp_path / "runsc"
    wrapper.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/used\nexec {need_tool("runsc")} "$@"\n')
    wrapper.chmod(0o755)
    _, lines = raw(f"gvisor:{wrapper} --debug=false")
    check_complete(lines, mmapconf)
    calls = (tmp_path / "used").read_text().splitlines()
    assert "--version" in calls and "--debug=false do " in calls[-1]
    result = run(TARGETS / "gvisor", "probe", MMAPCONF_TARGET_ARG=f"{tmp_path}/none --flag", MMAPCONF_IMAGE=mmapconf)
    assert result.returncode == 2 and result.stderr.startswith(f"target gvisor: {tmp_path}/none is missing ")


def test_gvisor_version():
    need_tool("runsc")
    result = run(TARGETS / "gvisor", "properties")
    assert result.stdout.startswith("linux=no\n")
    assert re.search(r"(?m)^version=20\d{6}\.\d+$", result.stdout)


# ---- qemu-user -----------------------------------------------------------------------------------------------------


def test_qemu_user_for_this_machine(mmapconf):
    need_tool(f"qemu-{os.uname().machine}-static")
    _, lines = raw("qemu-user")
    check_complete(lines, mmapconf)


def test_qemu_user_for_another_machine(mmapconf):
    need_tool("qemu-aarch64-static")
    image = TOP / "build" / "aarch64" / "mmapconf"
    if not image.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{image} is missing, which has to be there in CI")
        pytest.skip(f"{image} is missing (make variants builds it)")
    _, lines = raw("qemu-user", "--image", image)
    assert facts(lines)["machine"] == "aarch64"
    check_complete(lines, mmapconf)


def test_qemu_user_with_a_named_emulator(mmapconf, tmp_path):
    emulator = need_tool(f"qemu-{os.uname().machine}-static")
    wrapper = tmp_path / "emulator"
    wrapper.write_text(f'#!/bin/sh\necho x >>{tmp_path}/used\nexec {emulator} "$@"\n')
    wrapper.chmod(0o755)
    _, lines = raw(f"qemu-user:{wrapper}")
    assert (tmp_path / "used").exists()
    check_complete(lines, mmapconf)


def test_a_log_and_a_reason_are_judged_as_those_of_qemu_user(mmapconf, tmp_path):
    need_tool(f"qemu-{os.uname().machine}-static")
    status, lines = raw("qemu-user")
    (tmp_path / "log").write_text("\n".join(lines) + "\n")
    result = run(RUNNER, "--target", "qemu-user", "--compare", tmp_path / "log", CASE)
    assert result.stdout.startswith("qemu-user: "), result.stderr
    assert result.returncode in (0, 1) and result.stderr == ""
    test = run(mmapconf, "list", CASE).stdout.splitlines()[0]
    result = run(RUNNER, "--target", "qemu-user", "--why", test)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(test)


def test_qemu_user_version():
    need_tool("qemu-x86_64-static")
    result = run(TARGETS / "qemu-user", "properties", MMAPCONF_TARGET_ARG="qemu-x86_64-static")
    assert result.stdout.startswith("linux=no\n")
    assert re.search(r"(?m)^version=\d+\.\d+$", result.stdout)


# ---- ssh -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    """An sshd on loopback with keys of its own: (the argument of the target, the ssh command)."""
    daemon, keygen = need_tool("sshd"), need_tool("ssh-keygen")
    need_tool("ssh")
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("host", "user"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    (folder / "config").write_text(
        f"Host *\nIdentityFile {folder}/user\nIdentitiesOnly yes\nUserKnownHostsFile /dev/null\n"
        "StrictHostKeyChecking no\nLogLevel ERROR\n"
    )
    privileges = pathlib.Path("/run/sshd")  # sshd wants it as root; a service of the system makes it
    made = os.getuid() == 0 and not privileges.exists()
    if made:
        privileges.mkdir(mode=0o755)
    with open(folder / "log", "w", encoding="ascii") as log:
        process = subprocess.Popen([daemon, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        deadline = time.monotonic() + 10
        while "listening" not in (folder / "log").read_text():
            assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.02)
        yield f"{getpass.getuser()}@127.0.0.1:{port}", f"ssh -F {folder}/config"
    finally:
        process.terminate()
        process.wait()
        if made:
            privileges.rmdir()


def far_folders():
    return set(pathlib.Path("/tmp").glob("mmapconf.*"))


def processes_with(text):
    found = []
    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in file.read_bytes():
                found.append(file.parent.name)
        except OSError:
            pass
    return found


def test_ssh(sshd, mmapconf):
    where, ssh = sshd
    before = far_folders()
    status, lines = raw(f"ssh:{where}", MMAPCONF_SSH=ssh)
    assert status == 0
    assert facts(lines)["release"] == os.uname().release
    check_complete(lines, mmapconf)
    assert far_folders() == before


def test_ssh_properties_are_those_of_the_far_machine(sshd):
    where, ssh = sshd
    result = run(TARGETS / "ssh", "properties", MMAPCONF_TARGET_ARG=where, MMAPCONF_SSH=ssh)
    assert result.stdout == f"linux=yes\njobs={os.sysconf('SC_NPROCESSORS_ONLN')}\n"


def test_ssh_to_nowhere_is_one_line(sshd):
    _, ssh = sshd
    with socket.socket() as probe:  # bound and not listening: refused
        probe.bind(("127.0.0.1", 0))
        result = run(RUNNER, "--target", f"ssh:127.0.0.1:{probe.getsockname()[1]}", MMAPCONF_SSH=ssh)
    assert result.returncode == 2
    assert re.fullmatch(r"target ssh: cannot log in to \S+ without being asked anything: .*refused\n", result.stderr)


def test_ssh_passes_words_and_folders_unchanged(sshd, tmp_path):
    where, ssh = sshd
    image = tmp_path / "image"
    image.write_text('#!/bin/sh\necho "$MMAPCONF_DIR"\nfor word in "$@"; do echo "[$word]"; done\n')
    words = ["run", "a'b\"c", "$HOME `x` \\", "* [a]"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {"MMAPCONF_TARGET_ARG": where, "MMAPCONF_SSH": ssh, "MMAPCONF_IMAGE": image, "MMAPCONF_SCRATCH": scratch}
    result = run(TARGETS / "ssh", *words, MMAPCONF_DIR="/dev/shm:/it's here", **environment)
    assert result.stdout.splitlines() == ["/dev/shm:/it's here"] + [f"[{word}]" for word in words]


@pytest.mark.parametrize("kind", ["host", "gvisor", "ssh"])
def test_an_interrupted_run_leaves_nothing(kind, request, tmp_path):
    if kind == "gvisor":
        need_tool("runsc")
    target, environment = kind, {}
    if kind == "ssh":
        where, environment["MMAPCONF_SSH"] = request.getfixturevalue("sshd")
        target = f"ssh:{where}"
    # Folders and the sleep have names of their own, by which what is left would be found.
    temporary = tempfile.mkdtemp(dir="/tmp")
    os.chmod(temporary, 0o755)
    build = tmp_path / "build"
    build.mkdir()
    seconds = f"{os.getpid()}{time.time_ns() % 10**6:06d}"
    (build / "mmapconf").write_text(f"#!/bin/sh\n[ $1 = run ] || exit 0\necho KTAP version 1\nexec sleep {seconds}\n")
    (build / "mmapconf").chmod(0o755)
    before = far_folders()
    process = subprocess.Popen(
        [RUNNER, "--raw", "--target", target],
        env=clean_environment(MMAPCONF_BUILD=build, TMPDIR=temporary, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "KTAP version 1\n", process.stderr.read()
        deadline = time.monotonic() + 10
        while not processes_with(temporary if kind == "gvisor" else seconds):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
    finally:
        process.terminate()  # where the test itself failed
        process.communicate()
    assert process.returncode == 130, complaints
    for mark in (str(build), temporary, seconds):
        assert processes_with(mark) == []
    os.rmdir(temporary)
    assert os.listdir(build) == ["mmapconf"]
    assert far_folders() == before


def test_the_wrapper_words_are_told_in_the_command_to_repeat():
    result = run(RUNNER, "-n", "--target", "exec:env A=1", CASE)
    assert result.returncode == 0, result.stderr
    assert shlex.split(result.stdout.splitlines()[-1])[-1] == CASE

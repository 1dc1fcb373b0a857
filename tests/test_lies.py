# SPDX-License-Identifier: GPL-2.0
"""The tests of the image whose calls lie, by which tests/lies.py finds out which tests can fail."""

import pytest
from conftest import TOP, run

import lies

IMAGE = TOP / "build" / "tests" / "lies" / "suite"

# Who notices, of its own case.
NOTICED = {
    "mmap.fixed_is_a_hint": "mmap/fixed_replaces/old.private_anon.replaced_as_a_whole_it_is_gone",
    "mmap.noreplace_replaces": "mmap/fixed_noreplace/overlap.head.any_overlap_is_refused_and_changes_nothing",
    "mmap.noreplace_wants_neighbours_free": "mmap/fixed_noreplace/arena.free_range_is_taken_exactly_right_above_and_right_below",
    "mmap.shared_is_private": "mmap/life/memory.anonymous.what_a_child_stored_stays_when_it_exits",
    "mmap.refusal_unmaps": "mmap/fixed_refused/refused.unknown_flag.by_its_arguments_it_keeps_the_old_mapping",
    "mmap.EEXIST_is_EINVAL": "mmap/fixed_noreplace/overlap.exact.any_overlap_is_refused_and_changes_nothing",
    "munmap.does_nothing": "munmap/holes/arena.every_mapping_between_the_holes_is_removed",
    "munmap.hole_is_an_error_afterwards": "munmap/holes/arena.range_without_any_mapping_is_no_error",
    "mremap.bytes_are_lost": "mremap/move/arena.touched_and_untouched_pages_arrive_as_they_were",
    "mremap.refusal_loses_the_source": "mremap/flags/source.unknown_flag_is_refused_and_nothing_resized_or_moved",
    "msync.stops_at_a_hole": "msync/written/file.cachestat.holes_keep_nothing_from_being_written",
    "msync.ENOMEM_is_no_error": "msync/holes/range.sync.unmapped_range_is_refused",
    "remap_file_pages.offset_is_ignored": "remap_file_pages/page_offset/window.offset_counts_pages_of_the_system",
    "fork.memory_is_shared": "mmap/private_anon_fork/memory.untouched.what_a_child_stores_is_not_seen_by_its_parent_nor_a_later_child",
    "libc_msync.is_the_call": "msync/cancellation/mapping.sync.thread_told_to_end_does_not_return_from_it",
}


@pytest.fixture(scope="module", autouse=True)
def image():
    if not IMAGE.exists():
        pytest.fail(f"{IMAGE} is missing: make misbehaving builds it")


@pytest.mark.parametrize("lie", NOTICED)
def test_lie_is_noticed(lie):
    test = NOTICED[lie]
    assert test in lies.failing(lies.stream(lie, test, system=False))


def test_without_a_lie_all_is_as_in_the_suite_image(mmapconf):
    parts = ["munmap/*", "mremap/*", "mmap/fixed*", "-x", "*/race*"]
    plain = lies.verdicts(lies.stream(None, *parts, image=mmapconf, system=False))
    assert len(plain) > 300
    assert lies.verdicts(lies.stream(None, *parts, system=False)) == plain


def test_failed_set_up_is_no_failure():
    """The second of the set-up's calls is refused."""
    text = lies.stream("mmap.file_is_refused", "munmap/data", system=False)
    assert set(lies.verdicts(text).values()) == {"error"}


def test_lies_have_names_of_their_own():
    listed = run(IMAGE, MMAPCONF_LIE="help").stdout.splitlines()
    names = [line.split("\t")[0] for line in listed]
    assert len(names) > 100
    assert len(set(names)) == len(names)


def test_unknown_lie_is_refused():
    refused = run(IMAGE, "list", MMAPCONF_LIE="mmap.tells_the_truth")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "no lie 'mmap.tells_the_truth'" in refused.stderr


def test_lies_about_a_call_reach_the_cases_that_make_it():
    """Each lie's call is made by a case, by the name that callers() looks for."""
    for call in {name.partition(".")[0] for name in lies.told_by(IMAGE)}:
        assert lies.callers(call), call

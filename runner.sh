#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The front door: builds what is missing, runs the suite on a target and has the result judged. It
# schedules only; what a result means is decided by `mmapconf compare`. Exit status: see usage()
# below.

# Lists are kept as lines and split at newlines only, never expanded as file names:
# shellcheck disable=SC2046,SC2086
set -eu
set -f # a pattern of the user's is never expanded against the file system
IFS='
'

me=${0##*/}
top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
targets=$top/harness/targets
build=${MMAPCONF_BUILD:-$top/build}
case $build in
/*) ;;
*) build=$(pwd)/$build ;;
esac
mmapconf=$build/mmapconf

usage() {
	cat <<'END'
usage: ./runner.sh [options] [GLOB...]
       ./runner.sh --matrix TARGET... --report DIR [options] [-t GLOB]...

Runs the conformance tests that match GLOB (all by default) on a kernel and says
what differs from Linux. A GLOB matches a case (mmap/fixed_noreplace), a test
(mmap/fixed_noreplace/arena.free_range_is_taken) or, without * and /, a part.

what to run
  --target NAME[:ARG]  the kernel: host (default), exec:WRAPPER, gvisor, ...
                       (docs/targets.md; --target help lists those at hand)
  -l, --list           list the tests and stop
  -t GLOB              the same as GLOB
  -x GLOB              leave out what matches (repeatable)
  -E FILE              leave out the patterns in FILE (# begins a comment)
  --shard K/N          the K-th of N parts; also TEST_SHARD_INDEX (from 0) and
                       TEST_TOTAL_SHARDS
  --image FILE         run this build of the suite, e.g. of another architecture
  --setup              install what the build needs, then go on
  --matrix-tier TIER   instead, compare very many calls with the model: quick,
                       full or all (docs/model.md); a GLOB is then a call, as
                       mmap. Prints the stream; the exit status judges
  -n, --dry-run        say what would be run and stop

how to run it
  -j N                 N cases at once (default: as the target says)
  -i N                 run N times; every run is judged, the worst one counts
  -L N                 run what failed N times more and say how often it fails
  --shuffle[=SEED]     in random order; the seed is printed
  --timeout-mul X      multiply the time limits; also TIMEOUT_MUL
  --max-time SECONDS   stop a run that takes longer and judge what came; the
                       rest is missing. Also MMAPCONF_MAX_TIME (default: none;
                       of a guest 900)
  --system             run also what changes settings of the whole machine
  --no-fork            all tests in one process, for a kernel without fork

how to judge it
  --reference linux-X.Y  judge by this Linux (default: by the target's release;
                       a target that is no Linux, by the newest)
  --expected DIR       a folder of known differences (repeatable)
  --no-skips           a skipped test is a failure
  --accept[=LAYER]     write what was seen into expected/
  --why ID             say what is expected of a test, and why; stop
  --compare FILE       judge a recorded log instead of running (- for stdin)
  --join DIR...        judge the report folders of all shards as one run
  --matrix TARGET...   run on each, several at once where there are processors;
                       into the folder of --report go matrix.html (all tests by
                       all kernels), divergences.md, and a report for each
  --bisect             exit with 125 instead of 2, 3 and 4, for git bisect run

what to print
  --report DIR         write results.ktap, results.json, junit.xml, index.html
  --diff A B           say what changed between two report folders, and stop
  --raw                the stream of results only, unjudged
  -q, -v               less, more
  -h, --help           this

exit status: 0 all as expected, 1 not, 2 the target or the set-up failed,
3 usage or nothing matches, 4 all skipped, 130 interrupted
END
}

# Say what is wrong in one line and leave with the status (2 set-up, 3 usage); --bisect turns both
# into 125.
die() {
	status=$1
	shift
	printf '%s: %s\n' "$me" "$*" >&2
	leave "$status"
}

leave() {
	if [ "$bisect" ]; then
		case $1 in
		2 | 3 | 4) exit 125 ;;
		esac
	fi
	exit "$1"
}

say() {
	printf '%s\n' "$*"
}

# Text for people that is not part of the result.
note() {
	[ "$quiet" ] || printf '%s\n' "$*" >&2
}

# A word as the user would have to type it.
quoted() {
	case $1 in
	'' | *[!A-Za-z0-9_./:=@%+,-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf '%s' "$1" ;;
	esac
}

is_count() {
	case $1 in
	'' | 0* | *[!0-9]* | ??????????*) return 1 ;;
	esac
}

# ---- options -------------------------------------------------------------------------------------------------------

bisect='' setup='' target='' image='' jobs='' repeat='' again='' timeout_mul='' max_time='' shard='' shuffle='' seed='' expected=''
reference='' accept='' why='' skips='' no_fork='' system='' report='' diff_a='' diff_b='' log='' quiet='' verbose='' matrix_tier=''
mode=run globs='' operands='' chosen='' excludes='' given=''

for word in "$@"; do # known first, since it changes the status of every complaint below
	case $word in
	--) break ;;
	--bisect) bisect=1 ;;
	esac
done
for word in "$@"; do
	case $word in
	'' | *"$IFS"*) die 3 "an empty argument, or a newline in one: '$word'" ;;
	esac
done

# --option=value, --option value, -o value and -ovalue all come out as $option and $value.
value_of() {
	if [ -z "$has_value" ]; then
		[ $# -gt 0 ] || die 3 "$option needs a value"
		value=$1
		taken=2
	fi
	[ "$value" ] || die 3 "$option needs a value"
}

# An option whose value may be left out takes it only after =.
optional_value() {
	[ -z "$has_value" ] || [ "$value" ] || die 3 "$option= needs a value"
}

no_value() {
	[ -z "$has_value" ] || die 3 "$option takes no value"
}

set_mode() {
	case $mode in
	run | "$1") mode=$1 ;;
	*) die 3 "$option cannot be combined with $(mode_option "$mode")" ;;
	esac
}

mode_option() {
	case $1 in
	list) say --list ;;
	*) say "--$1" ;;
	esac
}

check_readable() {
	if ! [ -r "$2" ] || [ -d "$2" ]; then die 3 "$1: cannot read '$2'"; fi
}

read_excludes() {
	check_readable -E "$1"
	excludes=$excludes$(sed -e 's/#.*//' -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1")$IFS
}

# A folder or file of the user's, as it is called from anywhere.
absolute() {
	case $1 in
	/*) say "$1" ;;
	*) say "$(pwd)/$1" ;;
	esac
}

while [ $# -gt 0 ]; do
	option=$1 value='' has_value='' taken=1
	case $1 in
	--)
		shift
		for word in "$@"; do globs=$globs$word$IFS operands=$operands$word$IFS; done
		break
		;;
	--?*=*) option=${1%%=*} value=${1#*=} has_value=1 ;;
	-[txEjiL]?*) option=${1%"${1#-?}"} value=${1#-?} has_value=1 ;;
	esac
	shift
	case $option in
	-h | --help)
		usage
		exit 0
		;;
	--setup) no_value && setup=1 ;;
	--target) value_of "$@" && target=$value ;;
	-l | --list) option=--list && no_value && set_mode list ;;
	-t) value_of "$@" && globs=$globs$value$IFS chosen=$chosen$value$IFS ;;
	-x) value_of "$@" && excludes=$excludes$value$IFS ;;
	-E) value_of "$@" && read_excludes "$value" ;;
	-j) value_of "$@" && jobs=$value ;;
	-i) value_of "$@" && repeat=$value ;;
	-L) value_of "$@" && again=$value ;;
	--timeout-mul) value_of "$@" && timeout_mul=$value ;;
	--max-time) value_of "$@" && max_time=$value ;;
	--shard) value_of "$@" && shard=$value ;;
	--shuffle) optional_value && shuffle=1 seed=$value ;;
	--expected)
		value_of "$@"
		[ -d "$value" ] || die 3 "--expected: no folder '$value'"
		expected=$expected$(absolute "$value")$IFS
		;;
	--reference) value_of "$@" && reference=$value ;;
	--accept) optional_value && accept=--accept${has_value:+=$value} ;;
	--why) value_of "$@" && why=$value && set_mode why ;;
	--no-skips) no_value && skips=--no-skips ;;
	--no-fork) no_value && no_fork=--no-fork ;;
	--system) no_value && system=--system ;;
	--image) value_of "$@" && image=$value ;;
	--report) value_of "$@" && report=$value ;;
	--diff)
		value_of "$@"
		diff_a=$value
		[ $# -ge "$taken" ] || die 3 "--diff needs two folders"
		if [ "$taken" = 2 ]; then diff_b=$2; else diff_b=$1; fi
		taken=$((taken + 1))
		set_mode diff
		;;
	--compare) value_of "$@" && log=$value && set_mode compare ;;
	--join) no_value && set_mode join ;;
	--matrix) no_value && set_mode matrix ;;
	--raw) no_value && set_mode raw ;;
	--matrix-tier) value_of "$@" && matrix_tier=$value && set_mode raw ;;
	--bisect) no_value ;;
	-n | --dry-run) option=--dry-run && no_value && set_mode dry-run ;;
	-q) quiet=-q ;;
	-v) verbose=-v ;;
	-*) die 3 "unknown option '$option' (-h lists them)" ;;
	*) globs=$globs$option$IFS operands=$operands$option$IFS option=GLOB ;;
	esac
	given=$given$option$IFS
	[ "$taken" = 1 ] || shift $((taken - 1))
done

# What each way of working makes use of. An option outside it would be silently ignored, so it is
# refused.
selecting='-t -x -E --shard GLOB'
judging='--expected --reference --no-skips'
running='--target --image -j --timeout-mul --max-time --shuffle --no-fork --system'
case $mode in
list) usable="--list --setup $selecting" ;;
why) usable="--why --target $judging" ;;
diff) usable="--diff" ;;
compare) usable="--compare --target --report --accept -q -v $selecting $judging" ;;
join) usable="--join --target --report -q -v GLOB $judging" ;; # its GLOBs are the folders
matrix) # its GLOBs are the targets
	usable="--matrix --setup --report -q -v $selecting $judging -j --image --timeout-mul --max-time --shuffle --no-fork --system"
	globs=$chosen
	;;
raw) usable="--raw --matrix-tier --setup --expected --reference $selecting $running" ;; # for their do-not-run lines
*) usable="--dry-run --setup -i -L --report --accept -q -v $selecting $judging $running" ;;
esac
for option in $given; do
	case " $usable --bisect " in
	*" $option "*) ;;
	*)
		[ "$option" = GLOB ] && option='a GLOB'
		die 3 "$option cannot be combined with $(mode_option "$mode")"
		;;
	esac
done
for dir in $expected; do # by the name under which mmapconf knows it
	if [ "$(absolute "${accept#--accept=}")" = "$dir" ]; then accept=--accept=$dir; fi
done
[ -z "$repeat" ] || [ -z "$again" ] || die 3 "-i cannot be combined with -L"
[ -z "$accept" ] || [ -z "$repeat$again" ] || die 3 "--accept cannot be combined with ${repeat:+-i}${again:+-L}"
[ -z "$quiet" ] || [ -z "$verbose" ] || die 3 "-q cannot be combined with -v"

for option in "-j=$jobs" "-i=$repeat" "-L=$again"; do
	value=${option#*=}
	[ -z "$value" ] || is_count "$value" || die 3 "${option%%=*} needs a number from 1, not '$value'"
done
timeout_from=--timeout-mul
if [ -z "$timeout_mul" ] && [ "${TIMEOUT_MUL:-}" ]; then
	timeout_mul=$TIMEOUT_MUL timeout_from=TIMEOUT_MUL
fi
case ${timeout_mul:-1} in
*[!0-9.]* | *.*.* | . | ???????*) bad=1 ;;
*[1-9]*) bad='' ;;
*) bad=1 ;;
esac
[ -z "$bad" ] || die 3 "$timeout_from needs a number above 0, not '$timeout_mul'"
max_time_from=--max-time
if [ -z "$max_time" ] && [ "${MMAPCONF_MAX_TIME:-}" ]; then
	max_time=$MMAPCONF_MAX_TIME max_time_from=MMAPCONF_MAX_TIME
fi
if [ "$max_time" ]; then
	# As many digits as the targets take.
	if ! is_count "$max_time" || [ "${#max_time}" -gt 6 ]; then
		die 3 "$max_time_from needs a number of seconds from 1, not '$max_time'"
	fi
	export MMAPCONF_MAX_TIME="$max_time"
fi
[ -z "$seed" ] || is_count "$seed" || die 3 "--shuffle needs a number from 1, not '$seed'"
case $reference in
'') ;;
linux-[1-9]*.[0-9]*) ;;
*) die 3 "--reference needs linux-X.Y, not '$reference'" ;;
esac

check_shard() {
	case $shard in
	*/*) is_count "${shard%%/*}" && is_count "${shard#*/}" && [ "${shard%%/*}" -le "${shard#*/}" ] && return ;;
	esac
	die 3 "$1"
}
if [ "$shard" ]; then
	check_shard "--shard needs K/N with K from 1 to N, not '$shard'"
elif [ "${TEST_TOTAL_SHARDS:-}" ]; then
	case $mode in
	run | raw | dry-run | matrix)
		if [ "${TEST_SHARD_INDEX:-}" = 0 ] || is_count "${TEST_SHARD_INDEX:-}"; then
			shard=$((TEST_SHARD_INDEX + 1))/$TEST_TOTAL_SHARDS
		fi
		check_shard "TEST_SHARD_INDEX='${TEST_SHARD_INDEX:-}' is not from 0 to TEST_TOTAL_SHARDS='$TEST_TOTAL_SHARDS' - 1"
		;;
	esac
fi
if [ "$mode" = compare ] && [ "$log" != - ]; then
	check_readable --compare "$log"
fi
if [ "$mode" = join ]; then
	[ "$globs" ] || die 3 "--join needs the report folders of all shards"
	for dir in $globs; do
		[ -d "$dir" ] || die 3 "--join: no folder '$dir'"
		for name in results.ktap results.json; do
			if ! [ -r "$dir/$name" ] || ! [ -s "$dir/$name" ]; then die 3 "--join: '$dir' is no report: it has no $name"; fi
		done
	done
fi
if [ "$mode" = matrix ]; then
	[ "$operands" ] || die 3 "--matrix needs the targets to run on"
	[ "$report" ] || die 3 "--matrix needs --report DIR, the folder to write"
fi
if [ "$image" ]; then
	check_readable --image "$image"
	image=$(absolute "$image")
fi

target_names() {
	set +f
	for file in "$targets"/*; do
		if [ -f "$file" ] && [ -x "$file" ]; then printf ' %s' "${file##*/}"; fi
	done
	set -f
}

# Sets kind and MMAPCONF_TARGET_ARG, of $target.
take_target() {
	kind=${target%%:*}
	kind=${kind:-host}
	case $kind in
	*[!a-z0-9_-]*) known='' ;;
	*) known=1 ;;
	esac
	if [ -z "$known" ] || ! [ -x "$targets/$kind" ]; then
		die 3 "unknown target '$kind' (there are:$(target_names))"
	fi
	MMAPCONF_TARGET_ARG=
	case $target in
	*:*) MMAPCONF_TARGET_ARG=${target#*:} ;;
	esac
}

kind=''
if [ "$target" = help ]; then
	names=$(target_names)
	IFS=' '
	for kind in $names; do "$targets/$kind" -h; done
	exit 0
elif [ "$target" ] || { [ "$mode" != compare ] && [ "$mode" != join ] && [ "$mode" != matrix ]; }; then
	take_target
fi

# ---- leaving nothing behind ----------------------------------------------------------------------------------------

scratch='' partial='' runs='' target_pid='' watch_pid='' tee_pid='' judge_pid=''

# The processes, as pid:start, that are below $1 or in its session, and those of the list $2 that
# are still the same.
processes() {
	set +f
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" -v seen="$2" '
		BEGIN { n = split(seen, s, " "); for (i = 1; i <= n; i++) known[s[i]] = 1 }
		{
			pid = $1
			sub(/.*\) /, "") # the name may hold blanks
			if ($1 == "Z")
				next
			parent[pid] = $2; session[pid] = $4; id[pid] = pid ":" $20
		}
		END {
			for (pid in parent) {
				for (up = pid; up != root && up in parent; up = parent[up])
					;
				if (up == root || session[pid] == root || id[pid] in known)
					printf "%s ", id[pid]
			}
		}'
	set -f
}

signal_all() {
	(
		IFS=' '
		for process in $2; do kill "-$1" "${process%%:*}" 2>/dev/null || :; done
	)
}

# Ends the target and all that it started: TERM to its process group, so that it can tidy up; after
# a second TERM to what moved out of the group; after 8 seconds, or when the user interrupts again,
# KILL.
stop_target() {
	left=$(processes "$target_pid" '')
	kill -TERM "-$target_pid" 2>/dev/null || kill -TERM "$target_pid" 2>/dev/null || :
	tenths=0 hurry=''
	while left=$(processes "$target_pid" "$left") && [ "$left" ] && [ "$tenths" -lt 80 ] && [ -z "$hurry" ]; do
		[ "$tenths" -ne 10 ] || signal_all TERM "$left"
		sleep 0.1
		tenths=$((tenths + 1))
	done
	signal_all KILL "$left"
	target_pid=''
}

# Stops the target when its time is up. One that heeds MMAPCONF_MAX_TIME itself, as guests do, has 5
# seconds more to end.
watch_time() {
	nap='' end=$(($(date +%s) + max_time + 5))
	trap 'kill "$nap" 2>/dev/null; exit' TERM
	while kill -0 "$target_pid" 2>/dev/null; do
		if [ "$(date +%s)" -ge "$end" ]; then
			: >"$scratch/late"
			printf '%s: target %s: stopped after %s s (%s); what has no result is missing\n' \
				"$me" "$kind" "$max_time" "$max_time_from" >&2
			stop_target
			return
		fi
		sleep 1 &
		nap=$!
		wait "$nap"
	done
}

# Waits for the target to end. What it leaves in its session is killed. Sets target_status.
wait_for_target() {
	target_status=0 watch_pid=''
	if [ "$max_time" ]; then
		rm -f "$scratch/late"
		watch_time </dev/null >/dev/null &
		watch_pid=$!
	fi
	wait "$target_pid" || target_status=$?
	if [ "$watch_pid" ]; then
		# It ends the target's children too, which may still hold the stream open.
		[ -f "$scratch/late" ] || kill "$watch_pid" 2>/dev/null || :
		wait "$watch_pid" 2>/dev/null || :
		watch_pid=''
	fi
	left=$(processes "$target_pid" '')
	target_pid=''
	if [ "$left" ]; then
		note "$me: target $kind left processes behind, which are killed now"
		signal_all KILL "$left"
	fi
}

# Ends the runs of --matrix, each of which tidies up itself. One that is interrupted again hurries.
stop_runs() {
	pids=$(printf '%s' "$runs" | sed 's/.*=//')
	hurry=1
	for pid in $pids; do
		while kill -0 "$pid" 2>/dev/null; do
			[ -z "$hurry" ] || kill -TERM $pids 2>/dev/null || :
			hurry=''
			wait "$pid" 2>/dev/null || :
		done
	done
}

tidy() {
	trap 'hurry=1' HUP INT TERM
	trap '' PIPE
	if [ "$runs" ]; then stop_runs; fi
	# The judge first: it would take the end of the stream for the end of the run.
	if [ "$judge_pid" ]; then kill -KILL "$judge_pid" 2>/dev/null || :; fi
	if [ "$watch_pid" ]; then kill -KILL "$watch_pid" 2>/dev/null || :; fi
	if [ "$target_pid" ]; then stop_target; fi
	if [ "$tee_pid" ]; then kill -KILL "$tee_pid" 2>/dev/null || :; fi
	wait 2>/dev/null
	# A test may have taken away its own permissions on what it made.
	chmod -R u+rwx "$scratch" 2>/dev/null || :
	rm -rf "$scratch" || :
	if [ "$partial" ]; then rm -rf "$partial" || :; fi
}

interrupted() {
	trap 'hurry=1' HUP INT TERM
	trap '' PIPE # who reads us may be gone already
	{
		[ ! -t 2 ] || echo # the line of the progress may be half done
		printf '%s: interrupted\n' "$me"
	} >&2 || :
	exit "$1"
}

make_scratch() {
	parent=$build
	[ -w "$parent" ] || parent=${TMPDIR:-/tmp} # an installed suite, run by an ordinary user
	scratch=$(mktemp -d "$parent/run.XXXXXX") || die 2 "cannot make a folder in '$parent'"
	trap tidy EXIT
	trap 'exit 141' PIPE
	trap 'interrupted 129' HUP
	trap 'interrupted 130' INT
	trap 'interrupted 143' TERM
}

# ---- building ------------------------------------------------------------------------------------------------------

build_image() {
	if [ "${MMAPCONF_BUILD:-}" ]; then
		[ -x "$mmapconf" ] || die 2 "MMAPCONF_BUILD: there is no mmapconf in '$build' (make O=... builds one)"
		return
	fi
	if [ -x "$mmapconf" ]; then
		newer=$(cd "$top" && find Makefile cases harness lib spec -type f \
			\( -name Makefile -o -name '*.[chS]' -o -name '*.tsv' -o -name clauses.awk \) \
			-newer "$mmapconf" 2>/dev/null | head -n 1)
		[ "$newer" ] || return 0
	fi
	for tool in make "${CC:-cc}"; do
		command -v "${tool%% *}" >/dev/null || die 2 "building needs '${tool%% *}': ./runner.sh --setup installs it"
	done
	note "$me: building"
	make -s -C "$top" build/mmapconf >&2 || die 2 "the build failed: make build/mmapconf (--setup installs the packages that it needs)"
}

# ---- the parts of mmapconf -----------------------------------------------------------------------------------------

selection() {
	for pattern in $excludes; do printf '%s\n%s\n' -x "$pattern"; done
	[ -z "$shard" ] || printf '%s\n' --shard "$shard"
}

judgement() {
	printf '%s\n' --baselines "$top/expected"
	if [ "$kind" ]; then printf '%s\n' --target "$kind"; fi
	if [ "$linux" ]; then printf '%s\n' --target-linux "$linux"; fi
	if [ "$version" ]; then printf '%s\n' --target-version "$version"; fi
	for dir in $expected; do printf '%s\n' --expected "$dir"; done
	if [ "$reference" ]; then printf '%s\n' --reference "$reference"; fi
}

# The command that a person types to run one test again just so.
repeat_command() {
	quoted "$0"
	if [ "$target" ]; then printf ' --target %s' "$(quoted "$target")"; fi
	if [ "$image" ]; then printf ' --image %s' "$(quoted "$image")"; fi
	for dir in $expected; do printf ' --expected %s' "$(quoted "$dir")"; done
	if [ "$reference" ]; then printf ' --reference %s' "$reference"; fi
	printf '%s' "${timeout_mul:+ --timeout-mul $timeout_mul}${system:+ $system}${no_fork:+ $no_fork}"
}

# The properties of the target, as KEY=VALUE lines: what is not said keeps the default.
read_properties() {
	linux=yes version='' factor=1 default_jobs=1
	properties=$("$targets/$kind" properties) || die 2 "target $kind: it does not tell its properties"
	for line in $properties; do
		case $line in
		linux=yes | linux=no) linux=${line#*=} ;;
		version=*) version=${line#*=} ;;
		factor=[1-9]*) factor=${line#*=} ;;
		jobs=[1-9]*) default_jobs=${line#*=} ;;
		*) die 2 "target $kind: not a property: '$line'" ;;
		esac
	done
	[ "$default_jobs" -le 64 ] || default_jobs=64 # the most that mmapconf run takes
}

probe() {
	status=0
	"$targets/$kind" probe || status=$?
	case $status in
	0) ;;
	3) leave 3 ;;
	*) leave 2 ;;
	esac
}

new_seed() {
	say $(($(od -An -N2 -tu2 /dev/urandom) + 1))
}

# run_arguments GLOB...: what `mmapconf run` is told, one a line.
run_arguments() {
	printf '%s\n' -j "${jobs:-$default_jobs}" --timeout-mul "$total_mul"
	printf '%s' "${matrix_tier:+--matrix-tier=$matrix_tier$IFS}"
	printf '%s' "${no_fork:+$no_fork$IFS}${system:+$system$IFS}${seed:+--shuffle=$seed$IFS}"
	# What is no Linux is judged by the newest one, whatever release it claims.
	if [ "$reference" ]; then
		printf '%s\n' --reference "$reference"
	elif [ "$linux" = no ]; then
		printf '%s\n' --reference "linux-$(cat "$top/expected/linux/release")"
	fi
	selection
	for id in $keep_out; do printf '%s\n' -x "$id"; done
	printf '%s\n' -- "$@"
}

# To be started in the background: it takes the place of the shell there, and its process id is that
# of the session.
start_target() {
	# A session of its own: what the run leaves behind can be told from everything else.
	exec setsid "$targets/$kind" run $(run_arguments "$@") </dev/null
}

# run_once GLOB...: one run, judged. Sets run_status (0, 1, 2, 3, 4). $results, $failed: the files
# that it writes.
run_once() {
	rm -f "$scratch/stream" "$scratch/judge" "$failed"
	mkfifo "$scratch/stream" "$scratch/judge"
	start_target "$@" >"$scratch/stream" &
	target_pid=$!
	tee "$results/results.ktap" <"$scratch/stream" >"$scratch/judge" 2>/dev/null &
	tee_pid=$!
	"$mmapconf" compare $(judgement) $(selection) --failed "$failed" --json "$results/results.json" \
		--repeat-command "$(repeat_command)" $judge_options -- "$@" <"$scratch/judge" &
	judge_pid=$!
	wait_for_target
	judge_status=0
	wait "$tee_pid" || :
	tee_pid=''
	wait "$judge_pid" || judge_status=$?
	judge_pid=''
	run_status=$judge_status
	case $judge_status in
	0 | 4)
		case $target_status in
		0 | 1 | 4) ;;
		*)
			printf '%s: target %s ended with status %s after its results\n' "$me" "$kind" "$target_status" >&2
			run_status=2
			;;
		esac
		;;
	1 | 3) ;;
	141) exit 141 ;; # nobody reads what it prints
	2)
		[ "$target_status" != 3 ] || leave 3 # mmapconf run has said what it does not like
		printf '%s: target %s gave no results (it ended with status %s)\n' "$me" "$kind" "$target_status" >&2
		;;
	*)
		printf '%s: mmapconf compare ended with status %s\n' "$me" "$judge_status" >&2
		run_status=2
		;;
	esac
}

# ---- reports -------------------------------------------------------------------------------------------------------

report_files='results.ktap results.json junit.xml index.html'
matrix_files='matrix.html divergences.md'

find_python() {
	for python in /usr/bin/python3 python3; do
		if "$python" -c 'import jinja2' 2>/dev/null; then return; fi
	done
	python=''
}

# holds_only DIR NAMES: sets $name to the first thing in DIR that is none of these; false when there
# is one.
holds_only() {
	names=$(ls -A "$1")
	for name in $names; do
		case " $2 " in
		*" $name "*) ;;
		*) return 1 ;;
		esac
	done
}

# Of --matrix: two pages, and a report folder for each target.
holds_matrix() {
	entries=$(ls -A "$1")
	for entry in $entries; do
		case " $matrix_files " in
		*" $entry "*) continue ;;
		esac
		name=$entry
		if ! [ -d "$1/$entry" ] || [ -h "$1/$entry" ]; then return 1; fi
		holds_only "$1/$entry" "$report_files" || return 1
	done
}

# Refused before the run rather than after it: a folder that is not a report of ours would be lost.
check_report() {
	case ${report%/} in
	'' | . | .. | */. | */..) die 3 "--report: '$report' is no name of a folder" ;;
	esac
	report=$(absolute "${report%/}")
	[ -d "${report%/*}/" ] || die 3 "--report: no folder '${report%/*}' to make it in"
	[ -w "${report%/*}/" ] || die 2 "--report: cannot write in '${report%/*}'"
	if [ -e "$report" ] || [ -h "$report" ]; then
		if ! [ -d "$report" ] || [ -h "$report" ]; then die 3 "--report: '$report' is no folder"; fi
		if [ "$mode" = matrix ]; then
			holds_matrix "$report" || die 3 "--report: '$report' is not of --matrix ('$name' is in it); it is left alone"
		else
			holds_only "$report" "$report_files" ||
				die 3 "--report: '$report' is not a report ('$name' is in it); it is left alone"
		fi
	fi
	find_python
	[ "$python" ] || [ "$mode" != matrix ] || die 2 "--matrix needs python3 with Jinja2 (Debian: python3-jinja2)"
	[ "$python" ] || printf '%s: no python3 with Jinja2 (Debian: python3-jinja2): %s\n' "$me" \
		"the report will be without junit.xml and index.html, and the status 2 instead of 0 or 4" >&2
	partial=$(mktemp -d "$report.XXXXXX") || die 2 "--report: cannot make a folder beside '$report'"
	chmod 755 "$partial"
}

# Puts what is made in $partial where it belongs.
put_report() {
	if [ -d "$report" ]; then
		mv "$report" "$partial.old"
		mv "$partial" "$report"
		rm -rf "$partial.old"
	else
		mv "$partial" "$report"
	fi
	partial=''
}

write_report() {
	mv "$scratch/best/results.ktap" "$scratch/best/results.json" "$partial/"
	incomplete=''
	if [ "$python" ]; then
		"$python" "$top/harness/report/render.py" "$partial" || die 2 "--report: harness/report/render.py failed; '$report' is not written"
	else
		incomplete=1
	fi
	put_report
	[ "$mode" = matrix ] || note "report: $report${incomplete:+ (incomplete)}"
	if [ "$incomplete" ]; then
		case $worst in
		0 | 4) worst=2 ;;
		esac
	fi
}

# ---- the ways of working -------------------------------------------------------------------------------------------

describe() {
	case $1 in
	0) say "as expected" ;;
	1) say "not as expected" ;;
	4) say "all skipped" ;;
	*) say "failed to run" ;;
	esac
}

# From the mildest: as expected, all skipped, not as expected, failed to run.
severity() {
	case $1 in
	0) say 0 ;;
	4) say 1 ;;
	1) say 2 ;;
	*) say 3 ;;
	esac
}

keep_if_worst() {
	if [ -z "$worst" ] || [ "$(severity "$run_status")" -gt "$(severity "$worst")" ]; then
		worst=$run_status
		rm -rf "$scratch/best"
		mkdir "$scratch/best"
		if [ -f "$results/results.json" ]; then mv "$results/results.ktap" "$results/results.json" "$scratch/best/"; fi
	fi
}

# What failed is run again, to tell a flaky test from a broken one. The first run alone decides the
# status.
run_failed_again() {
	[ -s "$failed" ] || return 0
	ids=$(cat "$failed")
	: >"$scratch/tally"
	judge_options=-q
	failed=$scratch/failed.again
	round=0
	while [ "$round" -lt "$again" ]; do
		round=$((round + 1))
		note "$me: what failed, again: $round of $again"
		run_once $ids >/dev/null
		case $run_status in
		0 | 1 | 4) cat "$failed" >>"$scratch/tally" 2>/dev/null || : ;;
		*) say "$ids" >>"$scratch/tally" ;;
		esac
	done
	say "failed again, of $again runs:"
	say "$ids" | awk -v rounds="$again" '
		NR == FNR { count[$0]++; next }
		{ printf "  %d/%d %s\n", count[$0], rounds, $0 }' "$scratch/tally" -
}

run_suite() {
	probe
	read_properties
	total_mul=$(awk -v a="${timeout_mul:-1}" -v b="$factor" 'BEGIN { x = a * b; print int(x) + (x > int(x)) }')

	keep_out=''
	if [ -z "$matrix_tier" ]; then
		"$mmapconf" list $(selection) -- $globs >/dev/null || leave 3
		keep_out=$("$mmapconf" compare $(judgement) --do-not-run) || leave $?
	fi
	if [ "$shuffle" ] && [ -z "$seed" ]; then
		seed=$(new_seed) fresh_seed=1
	else
		fresh_seed=''
	fi

	if [ "$mode" = dry-run ]; then
		tests=$("$mmapconf" list $(selection) -- $globs | wc -l)
		say "target: $kind${MMAPCONF_TARGET_ARG:+:$MMAPCONF_TARGET_ARG}${version:+ $version}"
		say "image: $MMAPCONF_IMAGE"
		say "tests: $((tests))${keep_out:+ (without what a do-not-run line keeps out)}"
		say "runs: ${repeat:-1}, jobs: ${jobs:-$default_jobs}, time limits: x $total_mul${seed:+, seed: $seed}"
		say "$(IFS=' ' && printf '%s' "$targets/$kind run" &&
			IFS='
' && for word in $(run_arguments $globs); do printf ' %s' "$(quoted "$word")"; done)"
		return 0
	fi

	make_scratch
	[ -z "$report" ] || check_report
	results=$scratch/results
	failed=$scratch/failed
	mkdir "$results" "$scratch/files"
	export MMAPCONF_SCRATCH="$scratch" MMAPCONF_DIR="${MMAPCONF_DIR:-$scratch/files}"

	if [ "$mode" = raw ]; then
		start_target $globs &
		target_pid=$!
		wait_for_target
		case $target_status in
		0 | 1 | 2 | 3 | 4) leave "$target_status" ;;
		*) die 2 "target $kind ended with status $target_status" ;;
		esac
	fi

	judge_options=$accept$IFS$skips$IFS$quiet$IFS$verbose
	[ "$quiet" ] || judge_options=$judge_options$IFS--progress # only on a terminal; mmapconf compare sees to that
	worst='' round=0
	while [ "$round" -lt "${repeat:-1}" ]; do
		round=$((round + 1))
		[ "$round" -eq 1 ] || [ -z "$fresh_seed" ] || seed=$(new_seed)
		[ -z "$seed" ] || note "$me: shuffled, --shuffle=$seed repeats the order"
		run_once $globs
		[ "$run_status" != 3 ] || leave 3
		[ -z "$repeat" ] || say "run $round of $repeat: $(describe "$run_status")${seed:+ (seed $seed)}"
		keep_if_worst
	done
	if [ "$again" ]; then run_failed_again; fi
	if [ "$report" ]; then
		if [ -f "$scratch/best/results.json" ]; then
			write_report
		elif [ "$mode" != matrix ]; then
			printf '%s: --report: there are no results; %s is not written\n' "$me" "'$report'" >&2
		fi
	fi
	leave "$worst"
}

# ---- several targets -----------------------------------------------------------------------------------------------

# A name for the folder of a target: debian-6.1
folder_of() {
	printf '%s\n' "$1" | sed -e 's/[^A-Za-z0-9._]\{1,\}/-/g' -e 's/-$//'
}

# Finds out before anything is run whether all of it can be. Sets queue, a line NUMBER WEIGHT TARGET
# for each: it takes as many processors as it runs cases at once.
plan_matrix() {
	processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
	queue='' count=0 folders=' '
	for target in $operands; do
		take_target
		case $folders in
		*" $(folder_of "$target") "*) die 3 "--matrix: '$target' is given twice, or another has the same folder '$(folder_of "$target")'" ;;
		esac
		folders="$folders$(folder_of "$target") "
	done
	"$mmapconf" list $(selection) -- $globs >/dev/null || leave 3
	for target in $operands; do
		take_target
		probe
		read_properties
		weight=${jobs:-$default_jobs}
		[ "$weight" -le "$processors" ] || weight=$processors
		count=$((count + 1))
		queue="$queue$count $weight $target$IFS"
	done
}

# The run of one target, in a shell of its own.
run_target() {
	target=$1 report=$partial/$(folder_of "$1") partial='' runs=''
	take_target
	run_suite
}

# The next targets of the queue, as long as there are processors for them. Sets runs:
# NUMBER=WEIGHT=SECONDS=PID for each.
start_runs() {
	while [ "$queue" ]; do
		line=${queue%%"$IFS"*}
		number=${line%% *} line=${line#* }
		weight=${line%% *} target=${line#* }
		[ "$weight" -le "$free" ] || return 0
		run_target "$target" >"$scratch/$number.out" 2>"$scratch/$number.err" &
		runs="$runs$number=$weight=$(date +%s)=$!$IFS"
		free=$((free - weight))
		queue=${queue#*"$IFS"}
	done
}

# Takes note of the runs that have ended. Sets worst.
end_runs() {
	still=''
	for run in $runs; do
		pid=${run##*=}
		if kill -0 "$pid" 2>/dev/null; then
			still=$still$run$IFS
			continue
		fi
		run_status=0
		wait "$pid" || run_status=$?
		[ "$run_status" -le 4 ] || run_status=2
		line=${run#*=}
		number=${run%%=*} weight=${line%%=*} line=${line#*=}
		free=$((free + weight)) ended=$((ended + 1))
		target=$(say "$operands" | sed -n "${number}p")
		note "$me: $ended of $count: $target: $(describe "$run_status"), $(($(date +%s) - ${line%%=*})) s"
		sed 's/^/  /' "$scratch/$number.err" >&2
		if [ -z "$worst" ] || [ "$(severity "$run_status")" -gt "$(severity "$worst")" ]; then worst=$run_status; fi
	done
	runs=$still
}

# The command that makes the same again.
matrix_command() {
	printf './runner.sh --matrix'
	for target in $operands; do printf ' %s' "$(quoted "$target")"; done
	for pattern in $globs; do printf ' -t %s' "$(quoted "$pattern")"; done
	for pattern in $excludes; do printf ' -x %s' "$(quoted "$pattern")"; done
	printf ' --report DIR'
}

write_matrix() {
	folders=''
	for target in $operands; do
		name=$(folder_of "$target")
		if [ -d "$partial/$name" ]; then folders=$folders$partial/$name$IFS; fi
	done
	if [ -z "$folders" ]; then
		printf '%s: --matrix: no target gave results; %s is not written\n' "$me" "'$report'" >&2
		return
	fi
	"$python" "$top/harness/report/matrix.py" ${MMAPCONF_SOURCES:+--sources="$MMAPCONF_SOURCES"} "$partial" $folders || die 2 "--matrix: harness/report/matrix.py failed; '$report' is not written"
	"$python" "$top/harness/report/divergences.py" --command "$(matrix_command)" $folders >"$partial/divergences.md" ||
		die 2 "--matrix: harness/report/divergences.py failed; '$report' is not written"
	put_report
	note "report: $report/matrix.html"
}

run_matrix() {
	plan_matrix
	# The targets share the processors already.
	export MMAPCONF_GUESTS="${MMAPCONF_GUESTS:-1}"
	make_scratch
	check_report
	worst='' free=$processors ended=0
	while [ "$queue$runs" ]; do
		start_runs
		sleep 0.2
		end_runs
	done
	number=0
	for target in $operands; do
		number=$((number + 1))
		say "==> $target"
		cat "$scratch/$number.out"
	done
	write_matrix
	leave "$worst"
}

# ---- logs ----------------------------------------------------------------------------------------------------------

# Shards of several targets are no run, nor are those of several of its versions; those of one are
# judged as its results. Sets version.
check_shard_targets() {
	version='' first=1
	for dir in $globs; do
		ran_on=$(sed -n 's/^ *"target": {"kind": "\([a-z0-9_-]*\)".*/\1/p' "$dir/results.json")
		[ "$ran_on" = "${kind:-host}" ] || die 3 "--join: '$dir' was run on target '$ran_on', not '${kind:-host}' (--target says which)"
		of_version=$(sed -n 's/^ *"target": {"kind": "[a-z0-9_-]*", "version": "\([^"]*\)".*/\1/p' "$dir/results.json")
		[ "$first" ] || [ "$of_version" = "$version" ] ||
			die 3 "--join: '$dir' was run on version '$of_version' of the target, not '$version'"
		version=$of_version first=''
	done
}

# Makes one stream of those of the shards: one after another, and the first selects what all of them
# do.
join_shards() {
	set --
	for dir in $globs; do set -- "$@" "$(absolute "$dir")/results.ktap"; done
	status=0
	LC_ALL=C awk -f "$top/harness/join.awk" "$@" >"$scratch/order" 2>"$scratch/complaint" || status=$?
	if [ -s "$scratch/complaint" ]; then
		printf '%s: --join: %s\n' "$me" "$(cat "$scratch/complaint")" >&2
	fi
	[ "$status" = 0 ] || leave "$status"
	first=1
	{
		IFS=' ' read -r shards select
		while IFS=' ' read -r number file; do
			if [ "$first" ]; then
				head -n $((number - 1)) "$file"
				before=$(sed -n "${number}s/# fact select=.*//p" "$file")
				[ -z "$select" ] || printf '%s# fact select=%s\n' "$before" "$select"
				printf '%s# fact shards=%s\n' "$before" "$shards"
				tail -n "+$((number + 1))" "$file"
				first=''
			else
				cat "$file"
			fi
			[ -z "$(tail -c 1 "$file")" ] || echo # it was cut off in a line
		done
	} <"$scratch/order"
}

judge_log() {
	make_scratch
	[ -z "$report" ] || check_report
	mkdir "$scratch/best"
	worst=0
	if [ "$mode" = join ]; then
		join_shards >"$scratch/best/results.ktap"
		globs=''
	else
		# The log is kept as it was judged, also when it is a pipe.
		cat -- "$log" >"$scratch/best/results.ktap" || die 2 "--compare: cannot read '$log'"
	fi
	"$mmapconf" compare $(judgement) $(selection) --json "$scratch/best/results.json" \
		--repeat-command "$(repeat_command)" $accept $skips $quiet $verbose "$scratch/best/results.ktap" -- $globs ||
		worst=$?
	if [ "$report" ] && [ -s "$scratch/best/results.json" ]; then write_report; fi
	leave "$worst"
}

linux='' version='' keep_out=''

if [ "$mode" = diff ]; then
	[ -d "$diff_a" ] || die 3 "--diff: no folder '$diff_a'"
	[ -d "$diff_b" ] || die 3 "--diff: no folder '$diff_b'"
	status=0
	python=/usr/bin/python3
	[ -x "$python" ] || python=python3
	"$python" "$top/harness/report/diff.py" "$diff_a" "$diff_b" || status=$?
	leave "$status"
fi

if [ "$setup" ]; then
	sh "$top/harness/deps.sh" || leave 2
fi
build_image
export MMAPCONF_IMAGE="${image:-$mmapconf}" MMAPCONF_TARGET_ARG

case $mode in
list)
	"$mmapconf" list $(selection) -- $globs || leave 3
	;;
why)
	if [ "$target" ]; then read_properties; fi
	status=0
	"$mmapconf" compare $(judgement) --why "$why" || status=$?
	leave "$status"
	;;
compare | join)
	# Not its version: the log may be older than what is installed. Reports of shards tell
	# theirs.
	if [ "$target" ]; then read_properties && version=''; fi
	[ "$mode" = compare ] || check_shard_targets
	judge_log
	;;
matrix) run_matrix ;;
*) run_suite ;;
esac

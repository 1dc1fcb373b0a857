# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the targets share that boot a kernel of their own with the suite image as its /init. Sourced
# by harness/targets/*.
#
# They have set $here, their own folder. guest_run WORDS... is their `run`. It calls start_guest,
# which the target defines, with $guest_initramfs, $guest_results and $guest_console set (the latter
# two are fifos that the guest's serial ports go to). start_guest starts the guest in the
# background, with $guest_initramfs on its command line and its complaints in $guest_dir/complaints,
# and sets $guest_pid. The kernel's command line has to hold $guest_command_line.
#
# With guest_ports=1 there is only $guest_results: the kernel's console and the results share it,
# and what is lost in the noise is run once more.
#
# Where there are processors for it, several guests share a long run: start_guest is called in a
# process of each, with $guest_dir a folder of its own.
#
# A guest that dies (or falls silent) is started again behind the test that was running, which gets
# a result that says so. docs/targets.md, "Guests", tells the rest.

# shellcheck source=harness/initramfs.sh disable=SC2154
. "$here/../initramfs.sh"
# shellcheck source=harness/images.sh
. "$here/../images.sh"
# shellcheck source=harness/modules.sh
. "$here/../modules.sh"

newline='
'
guest_modules='' guest_start=loop guest_ports=2 guest_results_port=ttyS1
guest_pid='' copy_pid='' part_pids=''

# What one guest is good for: with fewer tests, the time that another takes to boot is not made up
# for. And a guest wants memory.
TESTS_A_GUEST=400 GUESTS_MOST=4

complain() {
	printf 'target %s: %s\n' "${0##*/}" "$*" >&2
}

# whole NUMBER: is it a number from 1 to 999999?
whole() {
	case $1 in
	'' | 0* | *[!0-9]* | ???????*) return 1 ;;
	esac
}

# commas TEXT: with its commas written twice, as QEMU and its target want a path.
commas() {
	printf '%s' "$1" | sed 's/,/,,/g'
}

refuse() {
	complain "$@"
	exit 3
}

# take_arguments KEYS: reads the argument of the target, PROGRAM[,KEY=VALUE...]. A comma that was
# written twice stays one. Sets guest_program and what the keys that all have set: memory, cmdline,
# guest_modules, guest_ports; own_key KEY VALUE, which the target defines, takes its own, or fails.
# KEYS names all of them.
# shellcheck disable=SC2034
take_arguments() {
	memory=768M cmdline=''
	parts=$(printf '%s\n' "${MMAPCONF_TARGET_ARG:-}" | sed -e "s/,,/$(printf '\001')/g" -e 's/,/\
/g' -e "s/$(printf '\001')/,/g")
	guest_program=${parts%%"$newline"*}
	[ "$parts" != "$guest_program" ] || return 0
	IFS=$newline
	for part in ${parts#*"$newline"}; do
		key=${part%%=*} value=${part#*=}
		case $part in
		memory=[1-9]*[!0-9MG]* | memory=*[MG]?*) refuse "memory is 512, 512M or 1G, not '$value'" ;;
		memory=[1-9]*[MG]) memory=$value ;;
		memory=[1-9]*) memory=${value}M ;;
		cmdline=*) cmdline=$value ;;
		modules=?*) guest_modules=$value ;;
		ports=1 | ports=2) guest_ports=$value ;;
		*=?*)
			if ! own_key "$key" "$value"; then
				case ", $1," in
				*", $key,"*) refuse "$key= cannot be '$value'" ;;
				*) refuse "unknown key '$key' (there are $1)" ;;
				esac
			fi
			;;
		*) refuse "$key= wants a value" ;;
		esac
	done
	unset IFS
	if [ "$guest_modules" ] && [ ! -r "$guest_modules/modules.dep" ]; then
		refuse "modules= is a folder as depmod leaves it, with a modules.dep, not '$guest_modules'"
	fi
}

# limit VARIABLE VALUE DEFAULT: the value of a variable of the environment, which holds seconds.
limit() {
	if ! whole "${2:-$3}"; then
		complain "$1 needs a number of seconds from 1, not '$2'"
		exit 3
	fi
	printf '%s\n' "${2:-$3}"
}

# What the ELF header says that the image is for: MACHINE:CLASS:ORDER in numbers; empty when it has
# none.
image_machine() {
	# shellcheck disable=SC2046
	set -- $(od -An -v -tu1 -N20 "$1" 2>/dev/null)
	[ $# -eq 20 ] && [ "$1 $2 $3 $4" = "127 69 76 70" ] || return 0
	printf '%s\n' "$((${19} + 256 * ${20})):$5:$6"
}

# Which QEMU boots the machine that the image is built for, and in which of Debian's packages it is.
# Sets guest_machine, by Debian's name; empty when it is none that is booted here.
# shellcheck disable=SC2034
choose_machine() {
	case $(image_machine "$MMAPCONF_IMAGE") in
	62:* | 3:*) guest_machine=amd64 qemu=qemu-system-x86_64 qemu_package=qemu-system-x86 ;;
	183:2:1) guest_machine=arm64 qemu=qemu-system-aarch64 qemu_package=qemu-system-arm ;;
	*) guest_machine='' ;;
	esac
}

# One line and the exit status, when there is no QEMU for that machine.
need_machine() {
	if [ -z "$guest_machine" ]; then
		complain "$MMAPCONF_IMAGE is built neither for x86 nor for arm64, and no other machine is booted here"
		exit 2
	fi
	if ! command -v "$qemu" >/dev/null; then
		complain "$qemu is missing (Debian: apt-get install $qemu_package)"
		exit 2
	fi
}

# ---- the initramfs -------------------------------------------------------------------------------------------------

# Sets guest_files, from the folder guest_modules (empty when there is none) and the names in
# guest_start: a line "NAME FILE" for each file that the initramfs has beside the image.
choose_files() {
	guest_files=''
	make_images "$guest_dir/images"
	for file in ext4.img squashfs.img; do
		[ ! -f "$guest_dir/images/$file" ] || guest_files="${guest_files}images/$file $guest_dir/images/$file$newline"
	done
	[ "$guest_modules" ] || return 0
	mkdir "$guest_dir/modules"
	# shellcheck disable=SC2086
	module_table "$guest_modules" $guest_start >"$guest_dir/modules/table"
	[ -s "$guest_dir/modules/table" ] || return 0
	guest_files="${guest_files}modules/table $guest_dir/modules/table$newline"
	module_files "$guest_dir/modules/table" "$guest_modules" >"$guest_dir/modules/files"
	while read -r name file; do
		case $file in
		*.ko) file=$guest_modules/$file ;;
		*)
			if ! unpack_module "$guest_modules/$file" >"$guest_dir/modules/$name.ko"; then
				complain "cannot unpack the module $guest_modules/$file"
				exit 2
			fi
			file=$guest_dir/modules/$name.ko
			;;
		esac
		guest_files="${guest_files}modules/$name.ko $file$newline"
	done <"$guest_dir/modules/files"
}

# make_archive: what all boots have in their initramfs, the image as /init and guest_files, but for
# its end. Sets guest_archive.
make_archive() {
	guest_archive=$guest_dir/archive.cpio
	{
		init_entries "$guest_dir/init"
		for folder in $(printf '%s' "$guest_files" | cut -d / -f 1 | uniq); do entry "$folder" 0040755; done
		printf '%s' "$guest_files" | while read -r name file; do entry "$name" 0100644 "$file"; done
		if [ "$guest_modules" ]; then
			printf /init >"$guest_dir/link"
			entry sbin 0040755
			entry sbin/modprobe 0120777 "$guest_dir/link"
		fi
	} >"$guest_archive"
}

# make_initramfs FILE: the archive, and the words that this boot is to run.
make_initramfs() {
	next_words >"$guest_dir/words"
	{
		cat "$guest_archive"
		entry mmapconf.args 0100644 "$guest_dir/words"
		last_entry
	} >"$1"
}

# ---- processes -----------------------------------------------------------------------------------------------------

# Ends all processes of the guest. They are those that were given the initramfs: the helpers of
# user-mode Linux outlive their parent, and would keep the results open.
kill_guest() {
	[ -f "$guest_dir/pattern" ] || return 0
	set +f
	# shellcheck disable=SC2013
	for process in $(grep -lsFf "$guest_dir/pattern" /proc/[0-9]*/cmdline); do
		process=${process#/proc/}
		kill -KILL "${process%/cmdline}" 2>/dev/null || :
	done
	set -f
}

guest_tidy() {
	trap '' HUP INT TERM
	# shellcheck disable=SC2086
	[ -z "$part_pids" ] || kill $part_pids 2>/dev/null || :
	kill_guest
	[ -z "$copy_pid" ] || kill "$copy_pid" 2>/dev/null || :
	wait
	rm -rf "$guest_dir"
}

# ---- what the stream says ------------------------------------------------------------------------------------------

# Reads the part of the stream that one boot gave. Sets
#   seen_begun     there is a stream; seen_ended: to its end
#   seen_tests     the number of tests with a result
#   seen_last      the last of these
#   seen_culprit   the one test that was running at the end; empty when there is none, or several
#   seen_several   several were
#   seen_pending   its result line has come, but not the line that confirms it
#   seen_case      its case; seen_number: the number that its result has to have
#   seen_final     it is the last test of the last case, seen_case_number is the number of that case
#   seen_pass, seen_fail, seen_skip, seen_error, seen_case_*: counts of results, and of those of its case
#   seen_all       every test of the plan has a result
# and writes what has a result to $guest_dir/finished, as patterns. The text comes from the guest:
# only names get through.
read_part() {
	seen_number='' seen_tests='' seen_fail='' seen_error='' seen_pass='' seen_skip=''
	seen_case='' seen_case_number='' seen_case_pass='' seen_case_fail='' seen_case_skip='' seen_case_error=''
	# An unfinished last line says nothing.
	if [ "$(tail -c 1 "$1" | od -An -tx1 | tr -d ' ')" = 0a ]; then seen_cut=''; else seen_cut=1; fi
	seen=$(if [ "$seen_cut" ]; then sed '$d' "$1"; else cat "$1"; fi | LC_ALL=C awk -v finished="$guest_dir/finished" -v jobs="$jobs" '
		function valid(id) { return id ~ /^[a-z0-9_.:\/@-]+$/ && length(id) < 256 }
		function forget() { for (i in block) delete block[i]; for (w in in_case) delete in_case[w]; n = block_plan = pending = 0 }
		{ sub(/\r$/, "") }
		ended { next }
		/^KTAP version / { begun = 1 }
		/^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0 }
		/^  KTAP version / { forget(); case_name = "" }
		/^  # Subtest: / && valid($3) { case_name = $3 }
		/^  1\.\.[0-9]+$/ { block_plan = substr($0, 6) + 0 }
		/^(  )?# running / && NF == 3 && valid($3) {
			# The line that ended the one before may have been lost.
			if (jobs == 1)
				for (id in running)
					delete running[id]
			running[$3] = 1; pending = 0
		}
		/^  (not )?ok [0-9]+ / { number = $1 == "not" ? $3 : $2; pending = 1 }
		/^  # done / && NF >= 5 && valid($3) {
			delete running[$3]
			last = $3; n = number; pending = 0; tests++
			count[$4]++; in_case[$4]++; block[tests] = $3
		}
		/^(not )?ok [0-9]+ / { cases++; whole[cases] = $1 == "not" ? $4 : $3; forget(); case_name = "" }
		/^# end$/ { ended = 1 }
		function word(name, value) { printf "seen_%s='\''%s'\''\n", name, value }
		END {
			printf "" >finished
			for (i = 1; i <= cases; i++)
				if (valid(whole[i]))
					print whole[i] >>finished
			for (i in block)
				print block[i] >>finished
			for (id in running) {
				several = culprit != ""
				culprit = id
				if (several)
					break
			}
			if (several || index(culprit, case_name "/") != 1)
				culprit = ""
			word("begun", begun); word("ended", ended); word("tests", tests + 0); word("last", last)
			word("culprit", culprit); word("several", several ? 1 : ""); word("pending", pending ? 1 : "")
			word("case", case_name); word("number", n + 1); word("case_number", cases + 1)
			word("final", culprit != "" && n + 1 == block_plan && cases + 1 == plan ? 1 : "")
			word("all", plan && (cases == plan || (case_name != "" && cases + 1 == plan && n == block_plan)) ? 1 : "")
			word("pass", count["pass"] + 0)
			word("fail", count["fail"] + 0)
			word("skip", count["skip"] + 0)
			word("error", count["error"] + count["timeout"] + count["crash"])
			word("case_pass", in_case["pass"] + 0); word("case_fail", in_case["fail"] + 0)
			word("case_skip", in_case["skip"] + 0)
			word("case_error", in_case["error"] + in_case["timeout"] + in_case["crash"])
		}')
	eval "$seen"
}

# The console, as printable text without the kernel's timestamps.
console_text() {
	LC_ALL=C tr -d '\r' <"$1" | LC_ALL=C tr -c '\n\040-\176' '?' |
		sed -e 's/^\[ *[0-9]*\.[0-9]*\] //' -e 's/^\(.\{200\}\).*/\1/' -e '/^ *$/d'
}

ALARM='Kernel panic|BUG:|kernel BUG at|Oops|invalid opcode|general protection fault|Unable to handle|kernel NULL pointer|Internal error'

# What the console said when the guest died: the first alarm with what stands around it; without an
# alarm, the end.
console_end() {
	console_text "$1" | tail -n 400 | awk -v alarm="$ALARM" '
		$0 ~ alarm && !at { at = NR }
		/^ *<\/?TASK>|^Hardware name|^ \? |dump_stack|show_stack|^Call Trace:|^Modules linked/ { next }
		{ line[NR] = $0; order[++n] = NR }
		END {
			for (i = 1; i <= n && at; i++)
				if (order[i] == at)
					where = i
			first = at ? where - 6 : n - 11
			after = at ? where + 6 : n
			for (i = first < 1 ? 1 : first; i <= after && i <= n; i++)
				print line[order[i]]
		}'
}

# The CRC-32 of standard input, which gzip leaves at the end of what it writes.
crc() {
	# shellcheck disable=SC2046
	set -- $(gzip -c | tail -c 8 | od -An -tx1 -N4)
	printf '%s\n' "$4$3$2$1"
}

# The result of the test that took the guest down, in the form of docs/tap.md. $1: the verdict's
# word, $2: the outcome.
print_culprit() {
	result="not ok $seen_number ${seen_culprit#"$seen_case/"} # $2"
	printf '  %s\n' "$result"
	printf '  # done %s %s %s\n' "$seen_culprit" "$1" "$(printf '%s\n%s %s' "$result" "$seen_culprit" "$1" | crc)"
	[ "$seen_final" ] || return 0
	# There is nothing left to run: the document ends here.
	printf '  # Totals: pass:%s fail:%s xfail:0 xpass:0 skip:%s error:%s\n' "$seen_case_pass" "$seen_case_fail" \
		"$seen_case_skip" $((seen_case_error + 1))
	printf 'not ok %s %s\n' "$seen_case_number" "$seen_case"
	printf '# Totals: pass:%s fail:%s xfail:0 xpass:0 skip:%s error:%s\n# end\n' "$seen_pass" "$seen_fail" "$seen_skip" \
		$((seen_error + 1))
}

# ---- one boot ------------------------------------------------------------------------------------------------------

# Sets guest_status, and guest_stopped: why the guest was stopped; empty when it ended by itself.
boot() {
	part=$guest_dir/part
	: >"$part"
	rm -f "$guest_results" "$guest_console"
	mkfifo "$guest_results" "$guest_console"
	tee "$part" <"$guest_results" &
	copy_pid=$! log_pid=''
	if [ "$guest_ports" = 2 ]; then
		# A guest can print more than there is room for.
		tail -c 1048576 <"$guest_console" >"$guest_dir/log" &
		log_pid=$!
	fi
	guest_stopped='' guest_status=0
	start_guest

	silence=$boot_limit size=0 since=$(date +%s) tenths=0 gone=0
	while kill -0 "$guest_pid" 2>/dev/null; do
		sleep 0.1
		tenths=$((tenths + 1))
		[ $((tenths % 10)) -eq 0 ] || continue
		now=$(date +%s)
		new=$(($(wc -c <"$part")))
		if [ "$new" != "$size" ]; then
			size=$new since=$now
			if [ "$silence" = "$boot_limit" ]; then
				fact=$(sed -n '/^# fact limit=[0-9]\{1,6\}\r*$/{s/[^0-9]//g;p;q;}' "$part")
				[ -z "$fact" ] || silence=$((fact + silence_slack))
				[ "$silence" -le "$max_silence" ] || silence=$max_silence
			fi
		fi
		kill -0 "$copy_pid" 2>/dev/null || gone=$((gone + 1))
		if [ "$gone" -gt 1 ]; then # once: the guest is about to end itself
			guest_stopped=reader # nobody wants the results any more
		elif [ "$now" -ge "$deadline" ]; then
			guest_stopped='time'
		elif tail -n 20 "$part" | grep -q '^# end' && [ $((now - since)) -ge 5 ]; then
			guest_stopped=end # it does not switch itself off
		elif [ $((now - since)) -ge "$silence" ]; then
			guest_stopped=silence
		else
			continue
		fi
		kill_guest
		break
	done 2>/dev/null # a shell would say there that sleep was interrupted
	wait "$guest_pid" 2>/dev/null || guest_status=$?
	kill_guest # what it left behind
	# shellcheck disable=SC2086
	wait "$copy_pid" $log_pid 2>/dev/null || :
	copy_pid=''
	[ "$log_pid" ] || tail -c 1048576 "$part" >"$guest_dir/log"
	[ -z "${MMAPCONF_CONSOLE:-}" ] || cat "$guest_dir/log" >>"$MMAPCONF_CONSOLE"
}

# What the init in the guest said itself, which is what a command on this machine would say on
# standard error.
pass_on_complaints() {
	console_text "$guest_dir/log" | sed -n -e '/^mmapconf: exit status /d' -e '/^mmapconf: /p' | head -n 5 >&2
}

init_status() {
	console_text "$guest_dir/log" | sed -n 's/^mmapconf: exit status \([0-9]\{1,3\}\)$/\1/p' | tail -n 1
}

# The guest died: says in the stream of whom, with the end of the console. Sets died_of.
report_death() {
	[ -z "$seen_cut" ] || echo
	alarm=$(console_text "$guest_dir/log" | grep -E "$ALARM" | head -n 1) || :
	panic=$(console_text "$guest_dir/log" | grep 'Kernel panic' | head -n 1) || :
	word=crash
	case $guest_stopped:$panic in
	silence:*) word=timeout died_of="guest silent" alarm="silent for $silence s${alarm:+; $alarm}" ;;
	time:*) died_of='' alarm="stopped after $max_time s (MMAPCONF_MAX_TIME)" ;;
	*:?*) died_of="kernel panic" ;;
	*) died_of="guest ended" alarm="it ended (status $guest_status)${alarm:+; $alarm}" ;;
	esac
	console_end "$guest_dir/log" | sed 's/^/  # console: /'
	printf '  # guest: %s\n' "$alarm"
	[ "$died_of" ] || echo '# interrupted' # by us: what was running did nothing
	if [ "$seen_culprit" ] && [ -z "$seen_pending" ] && [ "$died_of" ]; then
		case $word in
		crash) print_culprit crash "CRASH $died_of" ;;
		timeout) print_culprit timeout "TIMEOUT $died_of" ;;
		esac
	fi
}

# ---- the run -------------------------------------------------------------------------------------------------------

# Takes out of the words what another start has to change: sets jobs, resume, and one a line the
# patterns of tests, and the other words.
take_words() {
	words_kept='' words_patterns='' jobs=1 words_selection=''
	while [ $# -gt 0 ]; do
		case $1 in
		-j | --resume-after)
			[ $# -gt 1 ] || break # the guest says that there is no value
			if [ "$1" = -j ]; then jobs=$2; else resume=$2; fi
			shift
			;;
		-j*) jobs=${1#-j} ;;
		--resume-after=*) resume=${1#*=} ;;
		# A seed of the guest's own would be another one after a restart.
		--shuffle) words_kept="$words_kept--shuffle=$(($(od -An -N2 -tu2 /dev/urandom) + 1))$newline" ;;
		-x | --shard | --timeout-mul)
			words_kept="$words_kept$1$newline"
			if [ $# -gt 1 ]; then
				words_kept="$words_kept$2$newline"
				[ "$1" = --timeout-mul ] || words_selection="$words_selection$1$newline$2$newline"
				shift
			fi
			;;
		--)
			shift
			break
			;;
		-*) words_kept="$words_kept$1$newline" ;;
		*) words_patterns="$words_patterns$1$newline" ;;
		esac
		shift
	done
	for pattern in "$@"; do words_patterns="$words_patterns$pattern$newline"; done
}

# The words of the next boot, one a line.
next_words() {
	printf '%s\n' run --system -j "$jobs"
	[ -z "$resume" ] || printf '%s\n' --resume-after "$resume"
	[ -z "$guest_part" ] || printf '%s\n' --part "$guest_part"
	[ ! -f "$guest_dir/exclude" ] || sed 's/^/-x\
/' "$guest_dir/exclude"
	printf '%s' "$words_kept"
	[ -z "$words_patterns" ] || printf '%s\n%s' -- "$words_patterns"
}

# Nothing of a stream came: why, on standard error. Does not return.
not_started() {
	pass_on_complaints
	[ "$(init_status)" != 3 ] || exit 3
	case $guest_stopped in
	time | silence) complain "the guest was stopped before it started the suite; the end of its console:" ;;
	*) complain "the guest ended before it started the suite; the end of its console:" ;;
	esac
	{
		head -n 5 "$guest_dir/complaints"
		console_end "$guest_dir/log"
	} | sed 's/^/  /' >&2
	exit 2
}

# Writes to $guest_dir/lost the ids of tests whose results the noise of a shared console took. There
# are none where the image, which can tell, does not run on this machine.
find_lost() {
	: >"$guest_dir/lost"
	[ "$guest_ports" = 1 ] && [ -z "$repeated" ] || return 1
	"$MMAPCONF_IMAGE" compare --baselines "$here/../../expected" --lost "$guest_dir/lost" -q "$guest_dir/whole" >/dev/null 2>&1 || :
	[ -s "$guest_dir/lost" ]
}

# over STATUS: nothing is left to run. Exits, but for what is lost, which runs once more.
over() {
	[ "$1" -le "$worst" ] || worst=$1
	find_lost || exit "$worst"
	repeated=1 jobs=1 resume='' stuck=0
	rm -f "$guest_dir/exclude"
	words_patterns=$(cat "$guest_dir/lost")$newline
}

# The stream of this boot is whole.
finished() {
	status=$(init_status)
	pass_on_complaints
	if [ "$unexplained" ]; then
		complain "the guest died while several tests ran, but none of them took it down when it ran alone"
		exit 2
	fi
	if [ "$guest_stopped" = time ] || console_text "$guest_dir/log" | grep -q 'Kernel panic'; then
		complain "the guest died after its results; the end of its console:"
		console_end "$guest_dir/log" | sed 's/^/  /' >&2
		exit 2
	fi
	over "${status:-$((seen_fail + seen_error > 0))}"
}

# Where to go on after a death: sets resume or exclude.
go_on() {
	if [ -z "$died_of" ]; then
		complain "stopped after $max_time s (MMAPCONF_MAX_TIME), before all tests had run"
		exit 2
	fi
	if [ "$jobs" != 1 ]; then
		# Several tests were running: what has no result runs again, one at a time.
		jobs=1 unexplained=1
		cat "$guest_dir/finished" >"$guest_dir/exclude"
		return
	fi
	if [ "$seen_culprit" ]; then
		unexplained=''
		resume=$seen_culprit stuck=0
		[ -z "$seen_final" ] || over 1
		return
	fi
	# With an unfinished line, the line that would have named the culprit may be the one that
	# was lost.
	if [ -z "$seen_cut" ] || [ "$seen_all" ]; then
		printf 'Bail out! %s, while no test ran%s\n' "$died_of" "${seen_last:+, after $seen_last}"
	fi
	if [ "$seen_all" ]; then
		over 1
		return
	fi
	[ "$seen_tests" -eq 0 ] || stuck=0
	stuck=$((stuck + 1))
	if [ "$stuck" -gt 2 ]; then
		complain "the guest died again and again${seen_last:+ after $seen_last}, while no test ran"
		exit 2
	fi
	resume=${seen_last:-$resume}
}

# The processors that this process may run on, one a line.
processors() {
	sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status 2>/dev/null | tr , '\n' |
		awk -F - '/^[0-9]+(-[0-9]+)?$/ { for (i = $1; i <= $NF; i++) print i }'
}

# list_tests WORDS...: of the selection that the words leave, with these; nothing where the image
# does not run on this machine.
list_tests() {
	# The words hold what would be a pattern of files, and blanks.
	(
		IFS=$newline
		# shellcheck disable=SC2086
		"$MMAPCONF_IMAGE" list "$@" $words_selection -- $words_patterns
	) 2>/dev/null
}

# Sets guests: how many share the run. A user who asks for several jobs wants them in one kernel;
# and what drives a matrix has shards, but no parts that several streams could hold.
count_guests() {
	guests=${MMAPCONF_GUESTS:-$(processors | wc -l)}
	[ "$guests" -le "$GUESTS_MOST" ] || [ "${MMAPCONF_GUESTS:-}" ] || guests=$GUESTS_MOST
	case $words_kept in
	*--matrix-tier=*) guests=1 ;;
	esac
	if [ "$guests" -lt 2 ] || [ "$jobs" != 1 ] || [ "$guest_ports" != 2 ]; then
		guests=1
		return
	fi
	if [ -z "${MMAPCONF_GUESTS:-}" ]; then
		most=$(($(list_tests | wc -l) / TESTS_A_GUEST))
		[ "$guests" -le "$most" ] || guests=$most
	fi
	part=1
	while [ "$part" -le "$guests" ]; do
		# One that has nothing to do would say that nothing matches.
		[ "$(list_tests --part "$part/$guests" | head -n 1)" ] || guests=$((guests - 1)) part=0
		part=$((part + 1))
	done
	[ "$guests" -gt 1 ] || guests=1
}

# The words that keep this guest on one processor. The guests of a run have different ones, and
# another run begins at another one.
one_processor() {
	command -v taskset >/dev/null || return 0
	# shellcheck disable=SC2046
	set -- $(processors)
	[ $# -gt 1 ] || return 0
	shift $(((guest_number + $$) % $#))
	echo "taskset -c $1"
}

# run_part NUMBER: the part of the run that guest NUMBER has, whatever it takes. Does not return.
run_part() {
	guest_part='' guest_number=$1 part_pids=''
	if [ "$guests" -gt 1 ]; then
		guest_part=$1/$guests
		guest_dir=$guest_dir/$1
		mkdir "$guest_dir"
	fi
	guest_initramfs=$guest_dir/initramfs.cpio
	printf '%s\n' "$guest_initramfs" >"$guest_dir/pattern"
	guest_results=$guest_dir/results guest_console=$guest_dir/console
	tidy_at_end
	unexplained='' stuck=0 repeated='' worst=0
	while :; do
		make_initramfs "$guest_initramfs"
		boot
		[ "$guest_stopped" != reader ] || exit 141
		[ "$guest_ports" = 2 ] || cat "$part" >>"$guest_dir/whole"
		read_part "$part"
		[ "$seen_begun" ] || not_started
		if [ "$seen_ended" ]; then
			finished
			continue
		fi
		if [ "$(init_status)" = 3 ]; then # nothing matches
			pass_on_complaints
			exit 3
		fi
		worst=1
		report_death
		go_on
	done
}

# Several guests, each in a process of its own. The stream of the first is printed as it comes,
# those of the others behind it. Does not return.
run_parts() {
	number=1 status=0 skipped=1
	while [ "$number" -le "$guests" ]; do
		if [ "$number" = 1 ]; then
			(run_part 1) &
		else
			(run_part "$number") >"$guest_dir/stream.$number" &
		fi
		part_pids="$part_pids $!"
		number=$((number + 1))
	done
	number=1
	for pid in $part_pids; do
		part_status=0
		wait "$pid" || part_status=$?
		[ "$part_status" != 141 ] || exit 141
		if [ "$number" != 1 ]; then
			cat "$guest_dir/stream.$number"
			[ -z "$(tail -c 1 "$guest_dir/stream.$number")" ] || echo
		fi
		[ "$part_status" = 4 ] || skipped=''
		[ "$part_status" = 4 ] || [ "$part_status" -le "$status" ] || status=$part_status
		number=$((number + 1))
	done
	part_pids=''
	[ -z "$skipped" ] || status=4
	exit "$status"
}

tidy_at_end() {
	trap guest_tidy EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

guest_run() {
	max_time=$(limit MMAPCONF_MAX_TIME "${MMAPCONF_MAX_TIME:-}" 900) || exit 3
	boot_limit=$(limit MMAPCONF_MAX_BOOT "${MMAPCONF_MAX_BOOT:-}" 120) || exit 3
	max_silence=$(limit MMAPCONF_MAX_SILENCE "${MMAPCONF_MAX_SILENCE:-}" 999999) || exit 3
	[ -z "${MMAPCONF_GUESTS:-}" ] || whole "$MMAPCONF_GUESTS" || refuse "MMAPCONF_GUESTS needs a number from 1, not '$MMAPCONF_GUESTS'"
	silence_slack=15
	guest_dir=$(mktemp -d "${MMAPCONF_SCRATCH:-${TMPDIR:-/tmp}}/guest.XXXXXX") || exit 2
	tidy_at_end
	deadline=$(($(date +%s) + max_time))

	# Debugging symbols would only take time to load.
	strip -o "$guest_dir/init" "$MMAPCONF_IMAGE" 2>/dev/null || cp "$MMAPCONF_IMAGE" "$guest_dir/init"
	guest_command_line="panic=-1 oops=panic"
	[ "$guest_ports" = 1 ] || guest_command_line="$guest_command_line MMAPCONF_RESULTS=/dev/$guest_results_port"
	case ${MMAPCONF_DIR:-} in
	'' | "${MMAPCONF_SCRATCH:-/dev/null}"/*) ;;
	*[[:space:]\"]*)
		complain "MMAPCONF_DIR: no blanks or quotes can be told to a guest, as in '$MMAPCONF_DIR'"
		exit 3
		;;
	*) guest_command_line="$guest_command_line MMAPCONF_DIR=$MMAPCONF_DIR" ;;
	esac

	resume=''
	take_words "$@"
	count_guests
	choose_files
	make_archive
	if [ "$guests" -gt 1 ]; then run_parts; else run_part 1; fi
}

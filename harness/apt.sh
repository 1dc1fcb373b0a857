# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# Packages of Debian, also of another machine, fetched by apt through a configuration of our own:
# nothing that the system's apt keeps is changed, and nothing is installed. Sourced by
# harness/targets/debian and harness/libcap.sh.
#
# They define complain WORDS..., a line on standard error, and fail WORDS..., which ends the script
# with it; and they set
#   apt            the folder of that configuration and of its lists of packages
#   apt_machine    the machine whose packages they are, by Debian's name
#   apt_megabytes  the size of the lists
#   apt_for        what is fetched, and what to do where it cannot be
# and before a download $version, that of the package.
# shellcheck disable=SC2154

apt_do() {
	tool=$1
	shift
	LC_ALL=C "$tool" -c "$apt/apt.conf" "$@" </dev/null
}

# Where the system's own apt gets Debian from, and the first release that it gets there; the archive
# of security updates, beside it by convention where it is not named.
# shellcheck disable=SC2034
find_mirror() {
	sites=$(LC_ALL=C apt-get indextargets --format "\$(SITE) \$(RELEASE)" 'Created-By: Packages' 2>/dev/null) || :
	names='bullseye|bookworm|trixie|forky|duke|sid|stable|testing|unstable|oldstable|oldoldstable'
	mirror=$(printf '%s\n' "$sites" | sed -nE "s/^([^ ]+ ($names))(-updates|-backports)?\$/\\1/p" | head -n 1)
	security=$(printf '%s\n' "$sites" | sed -nE "s/^([^ ]+) ($names)-security\$/\\1/p" | head -n 1)
	[ "$mirror" ] || fail "apt knows no mirror of Debian here: $apt_for"
	release=${mirror#* } mirror=${mirror% *}
	security=${security:-${mirror%/}-security}
	keyring=
	set +f
	for file in $(sed -nE -e 's/^Signed-By: *(\/[^ ]+)$/\1/p' -e 's/^deb .*\[.*signed-by=(\/[^] ,]+).*/\1/p' \
		/etc/apt/sources.list.d/* /etc/apt/sources.list 2>/dev/null) \
		/usr/share/keyrings/debian-archive-keyring.*; do
		case $file in
		*debian*) keyring=$file && break ;;
		esac
	done
	set -f
	[ -r "$keyring" ] || fail "the keys of Debian's archive are missing (apt-get install debian-archive-keyring)"
}

# The sources follow: add_sources.
write_configuration() {
	find_mirror
	mkdir -p "$apt/lists/partial" "$apt/archives/partial"
	: >"$apt/status"
	# What the system's configuration would do after an update is cleared: it acts on the
	# system's state.
	cat >"$apt/apt.conf" <<-END
		Dir::State::lists "$apt/lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "$apt_machine";
		#clear APT::Architectures;
		APT::Architectures { "$apt_machine"; };
		Acquire::Languages "none";
		Acquire::Retries "3";
		// What cannot be reached fails, as what is not there does.
		APT::Update::Error-Mode "any";
		// The archive of a release whose support has ended is not signed anew.
		Acquire::Check-Valid-Until "false";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
	: >"$apt/sources.list"
}

# add_sources SITE SUITE...
add_sources() {
	site=$1
	shift
	for suite in "$@"; do
		echo "deb [signed-by=$keyring target=Packages] $site $suite main"
	done >>"$apt/sources.list"
}

lists_are_fresh() {
	[ -f "$apt/updated" ] && [ -z "$(find "$apt/updated" -mmin +1440)" ]
}

# A suite that a mirror does not have (any more) is left out; what matters is whether the package is
# found in the others.
update_lists() {
	complain "fetching the lists of packages (about $apt_megabytes MB)"
	if ! apt_do apt-get -qq update >"$apt/log" 2>&1; then
		first=$(grep '^[EW]:' "$apt/log" | sort -s -k 1,1 | head -n 1) # an error before a warning
		complain "not all lists could be had: ${first:-apt-get update failed}"
		return 1
	fi
	: >"$apt/updated"
}

# download PACKAGE: the version that is wanted, into the folder $partial.
download() {
	(
		cd "$partial" || exit
		if [ -t 2 ]; then show=''; else show=-qq; fi
		# shellcheck disable=SC2086
		apt_do apt-get $show download "$1=$version" >&2 2>"$partial/log"
	)
}

announce() {
	size=$(apt_do apt-cache show "$1=$version" 2>/dev/null | sed -n 's/^Size: //p' | head -n 1)
	complain "fetching $1 $version ($(((${size:-0} + 999999) / 1000000)) MB)"
}

# open_package PACKAGE: what was downloaded, which apt has verified, as $partial/PACKAGE.tar.
open_package() {
	set +f
	set -- "$1" "$partial"/*.deb
	set -f
	dpkg-deb --fsys-tarfile "$2" >"$partial/$1.tar"
	rm -f "$2"
}

# begin_fetching FOLDER: with $partial, a fresh folder in it, until end_fetching. One process at a
# time fetches. The lock goes with the process.
begin_fetching() {
	for tool in apt-get apt-cache dpkg dpkg-deb flock tar xz; do
		command -v "$tool" >/dev/null || fail "$tool is missing: $apt_for"
	done
	exec 9>"$apt/lock"
	flock 9
	partial=$(mktemp -d "$1/partial.XXXXXX")
	trap 'rm -rf "$partial"' EXIT
	trap 'exit 130' HUP INT TERM
}

end_fetching() {
	rm -rf "$partial"
	flock -u 9
}

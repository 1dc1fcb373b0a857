# SPDX-License-Identifier: GPL-2.0
#
# Which shards these streams are, and whether they are those of one run. Its arguments are results.ktap files, named FOLDER/results.ktap.
# Prints "SHARDS SELECT": of how many shards they are, what they select beside; then for each "NUMBER FILE": which line of the file is its
# fact `select`. One that was cut off comes last, where `mmapconf compare` says so; what is missing is judged there too. Exit status 3
# after one line about what are not shards of one run.

function complain(text) {
	print text >"/dev/stderr"
	failed = 1
	exit 3
}

function folder(i) {
	return "'" substr(files[i], 1, length(files[i]) - length("/results.ktap")) "'"
}

# Takes --shard K/N out of what file i selects.
function take_selection(i, text, word, n, j) {
	n = split(text, word, " ")
	for (j = 1; j <= n; j++) {
		if (word[j] == "--shard" && j < n)
			shard[i] = word[++j]
		else
			rest[i] = rest[i] (rest[i] == "" ? "" : " ") word[j]
	}
}

# The facts that one run has once. The others are of a shard: select, the longest limit in it, the seed of its order, the guests that it took.
function take_fact(i, text, key, equal) {
	equal = index(text, "=")
	key = substr(text, 1, equal - 1)
	if (key == "select") {
		place[i] = FNR
		take_selection(i, substr(text, equal + 1))
	} else if (key != "limit" && key != "seed" && key != "parts") {
		if (!(key in known)) {
			known[key] = 1
			keys[++key_count] = key
		}
		fact[i, key] = substr(text, equal + 1)
	}
}

FNR == 1 { files[++count] = FILENAME; prefix = ""; planned = 0 }

{
	sub(/\r+$/, "")
	sub(/^\[ *[0-9]+\.[0-9]+\] /, "")
}

!planned && /^(# )*# fact [a-z_]+=/ {
	match($0, /# fact /)
	prefix = substr($0, 1, RSTART - 1)
	facts[count]++
	take_fact(count, substr($0, RSTART + RLENGTH))
}
facts[count] && substr($0, length(prefix) + 1) ~ /^1\.\.[0-9]+$/ { planned = 1 }
# A guest that was restarted begins another document, whose facts are those of the first.
$0 == prefix "KTAP version 1" { planned = facts[count]; ended[count] = 0 }
$0 == prefix "# end" { ended[count] = 1 }

END {
	if (failed)
		exit 3
	for (i = 1; i <= count; i++) {
		if (!facts[i])
			complain(folder(i) " holds no stream of the suite")
		if (shard[i] == "")
			complain(folder(i) " is no shard: it was run without --shard")
		if (shard[i] !~ /^[1-9][0-9]*\/[1-9][0-9]*$/ || split(shard[i], part, "/") != 2 || part[1] + 0 > part[2] + 0 || length(part[2]) > 6)
			complain(folder(i) " is no shard: it says --shard '" shard[i] "'")
		number = part[1]
		if (i == 1)
			shards = part[2] + 0
		if (part[2] != shards)
			complain(folder(i) " is shard " shard[i] ", but " folder(1) " is " shard[1])
		if (number in given)
			complain("shard " shard[i] " is given twice: " folder(given[number]) " and " folder(i))
		given[number] = i
		for (j = 1; j <= key_count; j++)
			if (fact[i, keys[j]] != fact[1, keys[j]])
				complain(folder(i) " is of another run than " folder(1) ": " keys[j] " is '" fact[i, keys[j]] \
					"', not '" fact[1, keys[j]] "'")
		if (rest[i] != rest[1])
			complain(folder(i) " is of another run than " folder(1) ": it selects '" rest[i] "', not '" rest[1] "'")
	}
	for (i = 1; i <= shards; i++)
		if (!(i in given))
			print "shard " i "/" shards " is not given: its tests are missing" >"/dev/stderr"
	print shards, rest[1]
	for (cut = 0; cut <= 1; cut++)
		for (i = 1; i <= shards; i++)
			if (i in given && !ended[given[i]] == cut)
				print place[given[i]], files[given[i]]
}

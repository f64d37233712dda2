#!/bin/sh
# Writes referd's man page, or the completion for bash, from the texts of the program itself.
# usage: manual.sh man|completion REFERD. Called by deploy/debian/build.sh.
set -eu
referd=$2

commands() { # name|text
	"$referd" help | sed -n 's/^  referd \([a-z]*\)  *\(.*\)/\1|\2/p'
}
options() { # --name VALUE|ENVIRONMENT|default|text
	"$referd" help markdown | sed -n 's/^| `\(--[^`]*\)` | `\{0,1\}\([A-Z_]*\)`\{0,1\} | `\{0,1\}\([^`|]*\)`\{0,1\} | \(.*\) |$/\1|\2|\3|\4/p' |
		sed 's/ *|/|/g'
}
roff() {
	sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
}

man() {
	version=$("$referd" version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')
	cat <<-END
		.TH REFERD 1 "" "referd $version" "User Commands"
		.nh
		.ad l
		.SH NAME
		referd \- a self\-hosted referral\-campaign server
		.SH SYNOPSIS
		.B referd
		.RI [ command ]
		.RI [ options ]
		.SH DESCRIPTION
		referd keeps campaigns, users and rewards, shows the pages on which people join, and sends webhooks.
		Its dashboard and its API are at the address of
		.BR \-\-public\-url .
		.SH COMMANDS
	END
	commands | while IFS='|' read -r name text; do
		printf '.TP\n.B referd %s\n%s\n' "$name" "$(printf '%s' "$text" | roff)"
	done
	cat <<-END
		.SH OPTIONS
		A flag overrides the environment, and the environment overrides the file of
		.BR \-\-config .
		A TIME is a number with ms, s, m, h or d; a SIZE is a number of bytes, or a number with KiB, MiB or GiB.
	END
	options | while IFS='|' read -r name variable default text; do
		printf '.TP\n.B %s\n%s.\n' "$(printf '%s' "$name" | roff)" "$(printf '%s' "$text" | roff)"
		[ -z "$default" ] || printf '.br\nDefault: %s.\n' "$(printf '%s' "$default" | roff)"
		[ -z "$variable" ] || printf '.br\nEnvironment: %s.\n' "$variable"
	done
	cat <<-'END'
		.SH FILES
		.TP
		.I /etc/referd/referd.env
		Settings of the service, one REFERD_...=value on each line.
		.TP
		.I /var/lib/referd
		The data directory of the service. first\-start.txt in it has the first tokens.
		.SH EXIT STATUS
		0: success. 1: the command failed. 2: wrong options or configuration. 70: a disk failed.
		.SH SEE ALSO
		/usr/share/doc/referd/README.md
	END
}

completion() {
	cat <<-END
		# Completion of referd's commands and options for bash.
		_referd() {
			local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
			case \$before in
			$(options | sed -n 's/^\(--[a-z-]*\) FILE|.*/\1/p' | paste -sd '|')) COMPREPLY=(\$(compgen -f -- "\$word")); return ;;
			$(options | sed -n 's/^\(--[a-z-]*\) DIR|.*/\1/p' | paste -sd '|')) COMPREPLY=(\$(compgen -d -- "\$word")); return ;;
			--log-level) COMPREPLY=(\$(compgen -W "debug info warn error" -- "\$word")); return ;;
			esac
			if [[ \$word == -* ]]; then
				COMPREPLY=(\$(compgen -W "$(options | sed 's/[ |].*//' | paste -sd ' ')" -- "\$word"))
			elif ((COMP_CWORD == 1)); then
				COMPREPLY=(\$(compgen -W "$(commands | sed 's/|.*//' | paste -sd ' ')" -- "\$word"))
			else
				COMPREPLY=(\$(compgen -f -- "\$word"))
			fi
		}
		complete -o filenames -F _referd referd
	END
}

"$1"

#!/bin/sh
# Postwarden: gathers what a diagnosis of refused mail needs from a Postfix server.
#
# Who may run it: root, or a member of the group that reads the mail log (adm on Debian).
# What it does:   it reads. It changes no setting, stops nothing, sends nothing. It writes one archive into this folder.
# What it takes:  postconf -n without secrets; lines of the mail log around refusals (5.7.64 and its kin); the public part of
#                 the certificates that Postfix presents. Private keys and mail are never read.
#
# Options, as variables:  MAIL_LOG=FILE   the mail log, where it is not found by itself
#                         DAYS=7          how far back logs are looked through
#                         YES=1           does not ask
set -u
umask 077
LC_ALL=C
export LC_ALL

# Refusals of the family, and what is often mistaken for them.
refusals='5\.7\.64|TenantAttribution|ATTR3[56]|5\.7\.51|5\.7\.68|5\.7\.711|5\.7\.750|454 4\.7\.0|4\.4\.62'
export refusals
# Most refusals of one file whose surroundings are taken, and most lines that are taken from it.
most_refusals=2000
most_lines=200000
days=${DAYS:-7}
out="postwarden-postfix-$(date -u +%Y%m%d-%H%M%S)"
archive="$out.tar.gz"

fail() {
    echo "$*" >&2
    exit 2
}

# Prints a log, unpacked if it is packed.
show() {
    case $1 in
    *.gz) gzip -dc -- "$1" ;;
    *) cat -- "$1" ;;
    esac
}

# The names of mail logs of the last days, one a line.
logs() {
    if [ -n "${MAIL_LOG:-}" ]; then
        echo "$MAIL_LOG"
        return
    fi
    find /var/log -maxdepth 1 -type f \( -name 'mail.log*' -o -name 'maillog*' -o -name 'mail' -o -name 'mail.info*' \) \
        -mtime "-$days" 2>/dev/null | sort
}

# Of a log the refusals, the lines of the same messages, and what stands shortly before them, which tells of TLS.
pick() {
    awk '
        BEGIN { refusals = ENVIRON["refusals"] }
        $0 ~ refusals && /postfix/ { print "line", NR; for (i = 1; i <= 8; i++) if ($i ~ /^[0-9A-Za-z]+:$/) print "id", $i }
    ' "$1" | head -n $((most_refusals * 2)) >"$found/places"
    awk '
        FILENAME == ARGV[1] && $1 == "line" { for (i = $2 - 60; i <= $2 + 5; i++) near[i] = 1; next }
        FILENAME == ARGV[1] { ids[$2] = 1; next }
        !/postfix/ { next }
        FNR in near { print; next }
        { for (i = 1; i <= 8; i++) if ($i in ids) { print; next } }
    ' "$found/places" "$1" | head -n "$most_lines" >"$2"
    rm -f "$found/places"
    [ -s "$2" ] || rm -f "$2"
}

# What names a secret, or may hold one, is left out: passwords, SASL, and values with credentials in them.
settings() {
    postconf -n | grep -Eiv '(password|passwd|secret|sasl|pgsql|mysql|ldap|inline:|://[^ ]*:[^ ]*@)'
}

# The files of the certificates that Postfix presents, one a line.
certificates() {
    postconf -hx smtp_tls_cert_file smtp_tls_eccert_file smtp_tls_chain_files 2>/dev/null | tr ',' ' ' |
        tr -s ' ' '\n' | grep '^/' | sort -u
}

# The public part of such a file: certificates alone, in their order; what stands between other marks is passed over.
public_part() {
    awk '/-----BEGIN CERTIFICATE-----/ { inside = 1 } inside { print } /-----END CERTIFICATE-----/ { inside = 0 }' "$1" \
        >"$2"
    if [ ! -s "$2" ]; then
        rm -f "$2"
        openssl x509 -in "$1" -out "$2" 2>/dev/null || echo "no certificate in $1" >&2
    fi
}

command -v postconf >/dev/null 2>&1 || fail "postconf is not here: run this on the Postfix server, as root."
[ -e "$out" ] && fail "$out is there already."

found=$(mktemp -d) || fail "no room for temporary files."
trap 'rm -rf "$found"' EXIT
trap 'exit 130' INT TERM

# First the refusals, then what belongs to them.
number=0
logs | while IFS= read -r log; do
    if [ ! -r "$log" ]; then
        echo "cannot be read: $log" >&2
        continue
    fi
    number=$((number + 1))
    show "$log" >"$found/log" && pick "$found/log" "$found/mail-$number.log"
done
set -- "$found"/mail-*.log
if [ ! -e "$1" ] && [ -z "${MAIL_LOG:-}" ] && command -v journalctl >/dev/null 2>&1; then
    journalctl --since "-${days}d" -o short-iso --no-pager 2>/dev/null | grep postfix >"$found/log"
    pick "$found/log" "$found/mail-journal.log"
    set -- "$found"/mail-*.log
fi
rm -f "$found/log"
if [ -e "$1" ]; then
    echo "Refusals found: $(cat "$@" | grep -Ec "$refusals")"
else
    echo "No refusal was found in the mail log of the last $days days; the settings are taken all the same." >&2
fi

settings >"$found/postconf.txt" || fail "postconf -n says nothing."
number=0
certificates | while IFS= read -r file; do
    number=$((number + 1))
    if [ -r "$file" ]; then
        public_part "$file" "$found/certificate-$number.pem"
    else
        echo "cannot be read: $file" >&2
    fi
done

echo "To be packed into $archive:"
(cd "$found" && ls -l) | awk 'NR > 1 { printf "  %10d octets  %s\n", $5, $NF; sum += $5 } END { printf "  %10d octets\n", sum }'
if [ -z "${YES:-}" ]; then
    printf 'Pack it? [y/N] '
    IFS= read -r answer || answer=n
    case $answer in
    y | Y | yes) ;;
    *) fail "Nothing was written." ;;
    esac
fi
if mkdir "$out" && cp "$found"/* "$out"/ && tar -cf - "$out" | gzip >"$archive"; then
    rm -rf "$out"
else
    fail "packing failed."
fi
echo "Done. Look into it if you wish, then:  postwarden diagnose $archive"

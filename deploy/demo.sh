#!/usr/bin/env bash
# Owns the demonstration: the story of README.md with a real receiver, in a directory that it deletes at the end.
# Never shows a result that it has not checked. Called by make demo.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/deps.sh
make --no-print-directory -s all
build=build/release
. deploy/demo_steps.sh

title 'Start an HTTPS receiver, which stands for your CRM'
start_receiver

title 'Start referd with a new database in a temporary directory'
$build/referd serve --data "$place/data" --listen 127.0.0.1:0 --ca-file "$place/ca.pem" \
	--allow-targets 127.0.0.0/8 >"$place/referd.out" 2>"$place/referd.err" &
server_pid=$!
started "$server_pid"
printf '\n$ referd serve --data data --listen 127.0.0.1:0 --ca-file ca.pem --allow-targets 127.0.0.0/8\n'
await 'first start' "$place/referd.out"
cat "$place/referd.out"
server=$(sed -n 's/^listening on //p' "$place/referd.out")
token=$(sed -n 's/^API token: //p' "$place/data/first-start.txt")
inbound=$(sed -n 's/^Inbound token: //p' "$place/data/first-start.txt")

title 'Create a campaign'
api="-H 'Authorization: Bearer $token' -H 'Content-Type: application/json'"
show "curl -sS $server/api/v2/campaigns $api -d '{\"name\":\"Bring a friend\"}'"
campaign=$(pick '"code":"\(c[^"]*\)"')
campaign_id=$(pick '"data":{"id":\([0-9]*\)')
[ -n "$campaign" ] || fail 'the campaign has no code'

title 'Create two webhooks: one for joins, one for qualifications'
for event in join qualified; do
	show "curl -sS $server/api/v2/webhooks $api \
-d '{\"name\":\"CRM\",\"event\":\"user.$event\",\"url\":\"$hooks/user-$event\"}'"
	expect '"secret":"whsec_'
done

title 'Jessica joins'
show "curl -sS $server/$campaign/join -d first_name=Jessica --data-urlencode email=support+jessica@example.com"
expect '"type":"person_referring"'
jessica=$(pick '"code":"\(u[^"]*\)"')
jessica_id=$(pick '"id":\([0-9]*\)')

title 'Byron joins through her link'
show "curl -sS $server/$jessica/join -d first_name=Byron --data-urlencode email=support+byron@example.com"
expect '"type":"person_invited"'
byron=$(pick '"code":"\(u[^"]*\)"')
byron_id=$(pick '"id":\([0-9]*\)')
port=${server##*:}

title 'The receiver got the thirteen default fields, in order, form-encoded'
await '^  raw: .*' "$place/receiver.out"
out=$(sed -n '/^POST \/user-join/,/^  raw: /p' "$place/receiver.out")
printf '\n%s\n' "$out"
expected="referrer_id=$jessica_id&referrer_code=$jessica&referrer_first_name=Jessica"
expected+="&referrer_email=support%2Bjessica%40example.com&id=$byron_id&code=$byron&first_name=Byron"
expected+="&email=support%2Bbyron%40example.com&url=http%3A%2F%2Flocalhost%3A$port%2F$byron%2Fjoin"
expected+="&source=Referred&date=$(date -u +%F)&referrals_count=0&campaign_id=$campaign_id"
[ "$(pick 'raw: \(.*\)')" = "$expected" ] || fail "expected $expected"

title 'Byron buys: the shop sends his code back, twice'
show "curl -sS -X POST $server/webhook/$inbound/qualify -d code=$byron"
expect '"changed":true'
show "curl -sS -X POST $server/webhook/$inbound/qualify -d code=$byron"
expect '"changed":false'

title 'The second webhook reports it, once'
await '^  raw: .*' "$place/receiver.out" 2
out=$(sed -n '/^POST \/user-qualified/,/^  raw: /p' "$place/receiver.out")
printf '\n%s\n' "$out"
expect "code = $byron"
[ "$(grep -c '^POST /user-qualified' "$place/receiver.out")" -eq 1 ] || fail 'the receiver got the event more than once'

title 'SIGTERM: referd sends its last responses and exits'
stop "$server_pid" referd
stop "$receiver_pid" 'the receiver'
printf '\nreferd exited with status 0. The demo is complete.\n'

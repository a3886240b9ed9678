# A worker in a shell. What a job's input file says is done.
frame() { printf '%d\n%s' "${#1}" "$1"; }
field() { printf '%s' "$json" | sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"; }
echo "started $COLOUR" >&2
frame '{"millrace":1}'
jobs=0
while read -r length && read -r json; do
  case $json in *'"job":'*) ;; *) exit 0 ;; esac
  jobs=$((jobs + 1))
  exit=0
  input=$(field input) output=$(field output)
  read -r word rest < "$input"/in
  case $word in
    count) echo "$$ $jobs" > "$output"/out ;;
    say) echo "$rest" >&2 ;;
    murmur) echo "$rest" >&2; sleep 1000 ;;
    flood) head -c 40000000 /dev/zero | tr '\0' x >&2; echo last >&2 ;;
    exit) exit=$rest ;;
    crash) kill -9 $$ ;;
    leave) exit "$rest" ;;
    hang) trap '' TERM; echo $$ > "$output"/out; while :; do sleep 1; done ;;
    nonsense) echo 'hello, world'; sleep 100 ;;
    other) frame '{"job":"another","exit":0}'; sleep 100 ;;
    huge) printf '99999999\n'; sleep 100 ;;
    large) exit=999 ;;
    twice) frame "{\"job\":\"$(field job)\",\"exit\":0}" ;;
    child) sleep 1000 & echo $! > "$output"/out ;;
    memory) (head -c 200000000 /dev/zero; sleep 30) | tail -c 200000000 > /dev/null ;;
    # The kernel kills the worker itself: it is what takes the memory.
    greedy) text=$(head -c 40000000 /dev/zero | tr '\0' x); more=$text$text$text ;;
    fill) head -c 20000000 /dev/zero > "$output"/x; sleep 100 ;;
    hide) exec 3> hidden; rm hidden; head -c 20000000 /dev/zero >&3; sleep 100 ;;
    later) echo $$ > "$output"/out; (sleep 0.5; head -c 20000000 /dev/zero > late; sleep 100) & ;;
    gush) tr '\0' 7 < /dev/zero ;;
    lines) yes ;;
    whisper) echo $$ > "$output"/out; (sleep 0.5; head -c 20000000 /dev/zero >&2; sleep 100) & ;;
    environment) field INPUT_FILE_PATH > "$output"/out; cat "$MILLRACE_FUNCTION_DIR"/part >> "$output"/out ;;
  esac
  frame "{\"job\":\"$(field job)\",\"exit\":$exit,\"more\":[1]}"
done

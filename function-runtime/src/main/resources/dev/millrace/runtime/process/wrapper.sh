# Runs one function so that it survives whoever started it. Nothing here may hang on the starter.
# $1 control folder  $2 script  $3 setsid  $4 timeout  $5 head  $6 tail
# $7 hard limit in seconds  $8 seconds from TERM to KILL  $9 bytes of the log's head  ${10} tail
umask 077
ulimit -c 0
read -r _millrace_stat < "/proc/$$/stat"
# Whoever creates this file decides: the wrapper that it starts, a later reader that it never will.
set -C
echo "$_millrace_stat" > "$1/go" || exit 0
set +C
{
  # A session of its own, so that all of it can be killed without the wrapper and the log's writer.
  "$3" "$4" -k "$8" "$7" /bin/sh "$2" < /dev/null &
  _millrace_child=$!
  echo "$_millrace_child" > "$1/session"
  wait "$_millrace_child"
  _millrace_code=$?
  kill -KILL "-$_millrace_child" 2> /dev/null
  # One write of a whole line: a reader that finds no line end takes it as not written yet.
  echo "$_millrace_code" > "$1/exit"
} 2>&1 | {
  # Head and tail of the log: what lies between is drained and forgotten, so that the function
  # never waits for a full pipe and never fills the disk.
  "$5" -c "$9" > "$1/log.head"
  exec "$6" -c "${10}" > "$1/log.tail"
}

# Read by a shell that starts all functions of a provider: a function costs it forks, and executes
# no program but those that it cannot do without.
umask 077
ulimit -c 0
exec 9>&1 > /dev/null
# A line to whoever started it, who reads the time from its coming: a file's is coarser. When that
# one is gone, nobody hears it, and the function's log says nothing of it.
millrace_tell() {
  trap '' PIPE
  echo "$1" 2> /dev/null >&9
}
# Runs one function so that it survives whoever started it. Nothing here may hang on the starter.
# $1 control folder  $2 head  $3 tail  $4 bytes of the log's head  $5 of its tail
# $6 what makes head write at once, or nothing  $7 number
# What becomes the function is millrace_start, which the caller defines.
millrace_run() {
  read -r _millrace_stat < /proc/self/stat
  # Whoever creates this file decides: the wrapper that it starts, a later reader that it never will.
  set -C
  echo "$_millrace_stat" > "$1/go" || exit 0
  set +C
  millrace_tell "+$7"
  # As it was, for what the function inherits.
  trap - PIPE
  {
    # A session of its own, so that all of it can be killed without the wrapper and the log's writer.
    millrace_start < /dev/null 9>&- &
    _millrace_child=$!
    echo "$_millrace_child" > "$1/session"
    wait "$_millrace_child"
    _millrace_code=$?
    millrace_tell "-$7"
    kill -KILL "-$_millrace_child" 2> /dev/null
    # One write of a whole line: a reader that finds no line end takes it as not written yet.
    echo "$_millrace_code" > "$1/exit"
  } 2>&1 | {
    # Head and tail of the log: what lies between is drained and forgotten, so that the function
    # never waits for a full pipe and never fills the disk.
    exec 9>&-
    # Who reads along sees what is written: a few KiB would otherwise wait in head's own memory.
    LD_PRELOAD=$6 _STDBUF_O=0 "$2" -c "$4" > "$1/log.head"
    exec "$3" -c "$5" > "$1/log.tail"
  }
  # Only to wake who waits.
  millrace_tell "$7"
}

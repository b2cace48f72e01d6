# An emulated agent at a real agent's place: its port, its key directory, its program. For scripts in mount, network and process
# namespaces of their own. They set $emulator, its program, and $work, a folder, first.

tokens=/var/opt/azcmagent/tokens
himds=/opt/azcmagent/bin/himds
default_port=40342

# Replaces the directory $1 in this namespace: it keeps its entries, except those of a real agent.
shadow() {
  local copy=$work/shadow$1 entry
  mkdir -p "$copy"
  mount -t tmpfs tmpfs "$copy"
  for entry in "$1"/* "$1"/.[!.]*; do
    case $entry in */azcmagent) continue ;; esac
    if [ -L "$entry" ]; then
      cp -P "$entry" "$copy/"
    elif [ -d "$entry" ]; then
      mkdir "$copy/${entry##*/}"
      mount --rbind "$entry" "$copy/${entry##*/}"
    elif [ -e "$entry" ]; then
      touch "$copy/${entry##*/}"
      mount --bind "$entry" "$copy/${entry##*/}"
    fi
  done
  mount --move "$copy" "$1"
}

# Starts the emulator, and sets $endpoint, $control and $word. The emulator ends with the namespace at the latest.
start() {
  : >"$work/ready" # The redirection below empties the file, too, but perhaps after it is read.
  "$emulator" --key-directory "$tokens" "$@" >"$work/ready" &
  running=$!
  local line tries=0
  until line=$(head -n 1 "$work/ready") && [ -n "$line" ]; do
    kill -0 "$running" && [ $((tries += 1)) -lt 200 ] || { echo "the emulator did not start"; exit 1; }
    sleep 0.05
  done
  endpoint=$(sed -E 's/.*"endpoint":"([^"]+)".*/\1/' <<<"$line")
  control=$(sed -E 's/.*"control":"[^"]*:([0-9]+)\/.*/\1/' <<<"$line")
  word=$(sed -E 's/.*"control":"[^"]*:[0-9]+\/([^"]+)".*/\1/' <<<"$line")
}

stop() {
  kill "$running"
  wait "$running"
}

# Prints the body of an answer from the control port.
ask_control() {
  exec 3<>"/dev/tcp/127.0.0.1/$control"
  printf '%s /%s%s HTTP/1.0\r\n\r\n' "$1" "$word" "$2" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}

last_issued() { ask_control GET /issued | sed -E 's/.*"tokens":\[(.*)\]\}$/\1/; s/.*"([^"]*)"$/\1/'; }
count() { ask_control GET /counts | sed -E "s/.*\"$1\":([0-9]+).*/\1/"; }

# The tasks that need no .NET, for build.sh: it sets $root, $caller and $task, and defines `die`; the arguments are the task's.
# build.ps1 has the same tasks for Windows.

# built WHAT...   builds with cargo, and prints the path of the program that comes out.
built() {
  local messages
  messages=$(cd "$cargo_folder" && cargo build "${locked[@]}" --quiet --message-format=json-render-diagnostics "$@") || die "cargo build failed"
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' <<<"$messages" | tail -n 1
}

case $task in
  clean) rm -rf target out ;;
  cli)
    . tools/cargo-folder.sh
    without_paths
    program=$(built --release --package arc-token-cli)
    mkdir -p out/bin
    cp "$program" out/bin
    ;;
  emulator)
    . tools/cargo-folder.sh
    program=$(built --example emulator)
    cd -- "$caller" # A relative --key-directory is one below it.
    exec "$program" "$@"
    ;;
  fuzz) exec bash tools/fuzz.sh "$@" ;;
  linux) exec bash tools/platforms/linux.sh "$@" ;;
  windows) exec bash tools/platforms/win-x64.sh ;;
esac

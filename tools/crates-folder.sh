# Sourced by scripts that make a folder directly below target/ in which cargo builds this project with crates of the folder's own.
# It holds links to the sources, a .cargo/config.toml, and the crates; the root stays an ordinary cargo project.
#
# The caller sets $root, the project's root.

# link_sources FOLDER NAME [EXCEPT...]   makes or refreshes all but the crates; NAME is that of the source in cargo's messages,
#                                        and no link is made to the entries EXCEPT of the root.
link_sources() {
  local folder=$1 name=$2
  shift 2
  mkdir -p "$folder/.cargo"
  link_all "$root" "$folder" ../.. target out "$@"
  printf '[source.crates-io]\nreplace-with = "%s"\n\n[source.%s]\ndirectory = "crates"\n' "$name" "$name" >"$folder/.cargo/config.toml"
}

# link_all FROM TO WAY [EXCEPT...]   links in the folder TO to all that is in FROM; WAY leads from TO to FROM.
link_all() {
  local from=$1 to=$2 way=$3 entry except new=()
  shift 3
  except=" $* "
  for entry in "$to"/*; do
    # A link to what there is no longer.
    if [ -L "$entry" ] && [ ! -e "$entry" ]; then rm -f "$entry"; fi
  done
  for entry in "$from"/*; do
    entry=${entry##*/}
    [ -L "$to/$entry" ] || [[ $except == *" $entry "* ]] || new+=("$way/$entry")
  done
  [ ${#new[@]} -eq 0 ] || ln -s "${new[@]}" "$to"
}

# crates_are_there FOLDER STAMP   whether FOLDER holds all crates that STAMP stands for.
crates_are_there() { [ "$(cat "$1/crates.stamp" 2>/dev/null)" = "$2" ]; }

# new_work_folder FOLDER   sets $work, an empty folder in FOLDER that is removed when the script ends.
new_work_folder() {
  find "$1" -mindepth 1 -maxdepth 1 -name 'work.*' -mmin +60 -exec rm -rf {} + # Left by a run that was killed.
  work=$(mktemp -d "$1/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
}

# take_crates FOLDER CRATES STAMP   moves the folder CRATES to its place. The stamp goes first and comes last: a run that is killed
#                                   in between leaves no stamp, and the next one begins anew.
take_crates() {
  rm -f "$1/crates.stamp"
  [ ! -e "$1/crates" ] || mv "$1/crates" "$work/old"
  mv "$2" "$1/crates"
  printf '%s\n' "$3" >"$1/crates.stamp"
}

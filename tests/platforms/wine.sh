# Sourced by scripts that run Windows programs: Wine of Debian trixie, unpacked below target/platforms. Its programs see that folder as
# their root, in a mount namespace of their own, so no root is needed and nothing is installed. No process is left behind.
#
# The caller sets $root, and defines `say`, `die` and `cannot`. Defines:
#   wine PROGRAM ARGUMENTS...    runs a Windows program in the present folder, which must be one below $root

. "$root/tools/platforms/packages.sh"
kept_packages wine trixie 'wine64>=10 libwine coreutils' 'tzdata|adduser|passwd|perl.*|debconf'
wine_root=$kept wine_state=$platforms/wine

unshare --user --map-root-user --mount true 2>/dev/null || cannot "this user may make no mount namespace (unshare --user --mount)"
export WINEPREFIX=$wine_state/prefix WINEARCH=win64 WINEDEBUG=-all XDG_RUNTIME_DIR=/tmp
export XDG_CACHE_HOME=/tmp WINESERVER=/usr/lib/wine/wineserver64 WINELOADER=/usr/lib/wine/wine64
# No menus, and no debugger that waits after a crash. mscoree stays: without it Wine loads no assembly of .NET.
export WINEDLLOVERRIDES='mshtml=;winemenubuilder.exe=d;winedbg.exe=d'

# Runs a program of the unpacked system.
in_wine_root() {
  unshare --user --map-root-user --mount bash -c '
    set -e
    root=$1 system=$2 tmp=$3
    shift 3
    for name in proc dev sys; do mount --rbind /$name "$system/$name"; done
    mount --bind "$tmp" "$system/tmp"
    mkdir -p "$system$root"
    mount --bind "$root" "$system$root"
    mount --rbind "$system" "$system/wine-root"
    exec chroot "$system" /usr/bin/env -C "$PWD" "$@"' bash "$root" "$wine_root" "$wine_state/tmp" "$@"
}

# The server, and the programs that Wine itself starts, hold what the first program has open: so that is nothing of the caller's.
wine_starts() {
  local name
  mkdir -p "$wine_state/tmp" "$wine_root"/{proc,dev,sys,tmp,wine-root}
  for name in bin sbin lib lib64; do [ -e "$wine_root/$name" ] || ln -s "usr/$name" "$wine_root/$name"; done
  # Without it there is no localhost.
  [ -e "$wine_root/etc/hosts" ] || printf '127.0.0.1 localhost\n' >"$wine_root/etc/hosts"
  if [ ! -e "$WINEPREFIX/made" ]; then
    rm -rf "$WINEPREFIX"
    # Wine's own programs need this one before they make the folder.
    mkdir -p "$WINEPREFIX/drive_c/windows/system32"
    cp "$wine_root/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$WINEPREFIX/drive_c/windows/system32"
    WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d' in_wine_root /usr/lib/wine/wine64 wineboot -i </dev/null >"$wine_state/log" 2>&1 ||
      { tail -n 5 "$wine_state/log" >&2; cannot "Wine does not start"; }
    in_wine_root /usr/lib/wine/wineserver64 -w
    : >"$WINEPREFIX/made"
  fi
  # The drive Z: is the root. Outside of it the link leads nowhere: who searches this folder must not get into the whole machine.
  ln -sfn /wine-root "$WINEPREFIX/dosdevices/z:"
  trap wine_ends EXIT
  in_wine_root /usr/lib/wine/wineserver64 -p </dev/null >/dev/null 2>&1 || cannot "Wine's server does not start"
}

wine_ends() { in_wine_root /usr/lib/wine/wineserver64 -k </dev/null >/dev/null 2>&1 || :; }

wine() { in_wine_root /usr/lib/wine/wine64 "$@"; }

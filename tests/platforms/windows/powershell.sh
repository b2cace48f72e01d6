# Sourced by scripts that run PowerShell for Windows under Wine. It is made of NuGet packages: those of .NET that packs.csproj lists, and the
# one from which this build has its PowerShell, which brings the files for Windows as well. Nothing is installed.
#
# The caller sets $root, defines `say`, `die` and `cannot`, and has sourced tests/platforms/wine.sh and tools/platforms/win-x64-tools.sh.
# Defines:
#   windows_powershell ARGUMENTS...    runs it; no argument may hold a blank. Call wine_starts before.
#   windows_path PATH                  prints a file's path as Windows programs have it

windows_path() { printf 'Z:%s' "${1//\//\\}"; }

# make_powershell   puts it together, once.
make_powershell() {
  local here=$root/tests/platforms/windows nuget=$platforms/packages/nuget files version stamp pack kind
  files=$(cat "$root/target/pwsh" 2>/dev/null) || cannot "PowerShell's package is not there: ./build.sh fetches it"
  files=${files%/unix/pwsh.dll}/win
  [ -f "$files/pwsh.dll" ] || cannot "PowerShell's package has no files for Windows ($files)"
  powershell=$platforms/powershell
  stamp=$(printf '%s\n' "$files" | cat - "$here/packs.csproj" "$here/start.c" | cksum)
  [ "$(cat "$powershell.stamp" 2>/dev/null)" != "$stamp" ] || return 0
  new_work_folder "$platforms"
  say "fetching .NET for Windows"
  # dotnet leaves folders in the temporary folder.
  TMPDIR=$work dotnet restore "$here/packs.csproj" >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; cannot ".NET for Windows is not to be had"; }
  version=$(sed -n 's/.*App\.Runtime\.win-x64" Version="\[\(.*\)\]".*/\1/p' "$here/packs.csproj" | head -n 1)
  for pack in NETCore WindowsDesktop; do
    kind=microsoft.${pack,,}.app.runtime.win-x64
    mkdir -p "$work/made/shared/Microsoft.$pack.App/$version"
    cp -r "$nuget/$kind/$version/runtimes/win-x64/lib"/net*/. "$nuget/$kind/$version/runtimes/win-x64/native/." "$work/made/shared/Microsoft.$pack.App/$version"
  done
  mkdir -p "$work/made/host/fxr/$version"
  mv "$work/made/shared/Microsoft.NETCore.App/$version/hostfxr.dll" "$work/made/host/fxr/$version"
  cp -r "$files" "$work/made/pwsh"
  # .NET's starter of programs has a place for the program's name, which holds this until it is filled in.
  LC_ALL=C sed "s/c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2/pwsh.dll$(printf '\\x00%.0s' {1..56})/" \
    "$nuget/microsoft.netcore.app.host.win-x64/$version/runtimes/win-x64/native/apphost.exe" >"$work/made/pwsh/pwsh.exe"
  "$programs/x86_64-w64-mingw32-gcc" -O1 -municode -o "$work/made/start.exe" "$here/start.c" || die "start.c does not compile"
  rm -rf "$powershell"
  mv "$work/made" "$powershell"
  printf '%s\n' "$stamp" >"$powershell.stamp"
  rm -rf "$work"
}
make_powershell

windows_powershell() {
  DOTNET_ROOT=$(windows_path "$powershell") DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=0 NO_COLOR=1 POWERSHELL_TELEMETRY_OPTOUT=1 \
    POWERSHELL_UPDATECHECK=Off wine "$(windows_path "$powershell/start.exe")" "$(windows_path "$powershell/pwsh/pwsh.exe")" \
    -NoProfile -NonInteractive "$@" </dev/null
}

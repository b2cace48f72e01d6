# Licences of the crates, as SPDX expressions, and whether they are among those that this project accepts.

$AllowedLicences = "$BuildRoot/tools/licences/allowed.txt"

# The crates of others that Cargo.lock names, whatever they are for, as cargo describes them.
function Get-ForeignCrates {
    (Invoke-Cargo metadata --format-version 1 | ConvertFrom-Json).packages | Where-Object source
}

# Those of them that are in what is shipped: in these packages of this project, as built for these targets.
function Get-ShippedCrates([string[]]$Packages, [string[]]$Targets) {
    $with = @($Packages | ForEach-Object { '--package', $_ }) + @($Targets | Where-Object { $_ } | ForEach-Object { '--target', $_ })
    $names = Invoke-Cargo tree --quiet @with --edges 'normal,no-proc-macro' --prefix none --no-dedupe --format '{p}' |
        ForEach-Object { $_ -replace ' \(.*' } | Sort-Object -Unique
    $crates = Get-ForeignCrates | Where-Object { "$($_.name) v$($_.version)" -in $names } | Sort-Object name, version
    assert $crates 'cargo tree names no crate.'
    $crates
}

# An expression in today's form: crates of earlier years write MIT/Apache-2.0.
function Get-LicenceExpression($Package) {
    "$($Package.license)" -replace '\s*/\s*', ' OR '
}

# Whether an expression can be met with the allowed licences alone.
function Test-LicenceExpression([string]$Expression, [string[]]$Allowed) {
    $words = @([regex]::Matches($Expression, '\(|\)|[^\s()]+') | ForEach-Object Value)
    $place = @{ At = 0 }
    $next = { $place.At -lt $words.Count ? $words[$place.At] : '' }
    $either = {
        $met = . $both
        while ((. $next) -ceq 'OR') { $place.At++; $other = . $both; $met = $met -or $other }
        $met
    }
    $both = {
        $all = . $one
        while ((. $next) -ceq 'AND') { $place.At++; $other = . $one; $all = $all -and $other }
        $all
    }
    $one = {
        $word = . $next
        $place.At++
        if ($word -eq '(') {
            $inside = . $either
            if ((. $next) -ne ')') { throw "'$Expression' is no licence expression." }
            $place.At++
            return $inside
        }
        if ((. $next) -ceq 'WITH') {
            $word = "$word WITH $($words[$place.At + 1])"
            $place.At += 2
        }
        if ($word -notmatch '^[A-Za-z0-9][A-Za-z0-9.+ -]*$' -or $word -cin 'OR', 'AND', 'WITH') { throw "'$Expression' is no licence expression." }
        $word -cin $Allowed
    }
    $result = . $either
    if ($place.At -ne $words.Count) { throw "'$Expression' is no licence expression." }
    $result
}

# Fails the build for a crate whose licence is not allowed, or which names none. -Tools: for crates that are not in what is shipped.
function Assert-Licences($Packages, [switch]$Tools) {
    $lines = Get-Content $AllowedLicences | Where-Object { $_ -and $_ -notlike '#*' }
    $allowed = @($lines | Where-Object { $Tools -or $_ -notlike '* tools' } | ForEach-Object { $_ -replace ' tools$' })
    $refused = foreach ($package in $Packages) {
        $expression = Get-LicenceExpression $package
        $fits = try { Test-LicenceExpression $expression $allowed } catch { $false }
        if (-not $fits) { "$($package.name) $($package.version) ($($expression ? $expression : 'names none'))" }
    }
    assert (-not $refused) "Crates with licences that tools/licences/allowed.txt does not allow: $($refused -join ', ')."
}

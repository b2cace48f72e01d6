# Helper for tests: reads the table of faults.

# The rows of tests/faults/expected.tsv that this run tests.
function Get-FaultRow {
    $rows = Get-Content "$PSScriptRoot/../faults/expected.tsv" | Where-Object { $_ -notlike '#*' } | ConvertFrom-Csv -Delimiter "`t"
    if ($env:ARCTOKEN_FULL) {
        return $rows
    }

    $names = [Collections.Generic.HashSet[string]]$rows.fault
    $rows | Where-Object {
        -not $names.Contains(($_.fault -replace 'before-challenge$', 'after-challenge')) -or $_.fault -notlike '*-before-challenge'
    } | Where-Object { (Get-Range $_.seconds 0).Least -lt 10 }
}

# Reads a range: 'a-b', or only 'b'.
function Get-Range([string]$Text, $Least) {
    $numbers = [double[]]$Text.Split('-')
    [pscustomobject]@{ Least = if ($numbers.Count -gt 1) { $numbers[0] } else { $Least ?? $numbers[0] }; Most = $numbers[-1] }
}

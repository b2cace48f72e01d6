# Runs the Pester tests of the finished module. It needs a PowerShell for itself, and ends with "N passed, N failed, N skipped".
param(
    [Parameter(ValueFromRemainingArguments)]
    [string[]]$Path = (Join-Path $PSScriptRoot '../../tests/powershell')
)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../../target/packages/pester/6.2.0/tools/Pester.psd1')

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'PlainText'
$result = Invoke-Pester -Configuration $configuration

foreach ($test in $result.Tests | Where-Object Result -EQ Skipped) {
    $reason = if ($test.ErrorRecord) { ": $($test.ErrorRecord[0].Exception.Message)" }
    "skipped: $($test.ExpandedPath)$reason" -replace '\s+', ' '
}

# A file that fails before its first test is a failure, too, and so is a block whose teardown fails.
$failed = $result.FailedCount + $result.FailedContainersCount
if (-not $failed) {
    $failed = $result.FailedBlocksCount
}
$skipped = $result.SkippedCount + $result.InconclusiveCount + $result.NotRunCount
"$($result.PassedCount) passed, $failed failed, $skipped skipped"
exit [int]($failed -ne 0)

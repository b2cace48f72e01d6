# Runs test suites, each in its own process, and adds up their counts.

$SuiteResults = [Collections.Generic.List[object]]::new()

# The time limit of a suite. A suite that hangs is killed and fails.
$SuiteLimit = [timespan]::FromMinutes(15)

# Reads passed, failed and skipped from the text and the exit code of a suite, for each kind of suite.
$SuiteCounts = @{
    # A single check. Only the exit code counts.
    Check  = {
        param([string]$Text, [int]$Code)
        if ($Code) { 0, 1, 0 } else { 1, 0, 0 }
    }
    # cargo test, with one line per test program. Tests that other tests run in a new process do not count as skipped.
    Cargo  = {
        param([string]$Text, [int]$Code)
        $sums = 0, 0, 0
        foreach ($match in [regex]::Matches($Text, '(?m)^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored')) {
            0..2 | ForEach-Object { $sums[$_] += [int]$match.Groups[$_ + 1].Value }
        }
        $sums[2] -= [regex]::Matches($Text, '(?m)^test .* \.\.\. ignored, run by ').Count
        $sums
    }
    # Our own runners, with the counts in the last line of this form. Exit code 77 means that nothing can run here; then the last
    # line is the reason.
    Runner = {
        param([string]$Text, [int]$Code)
        if ($Code -eq 77) { return 0, 0, 1 }
        $match = [regex]::Match($Text, '(?m)^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$', 'RightToLeft')
        1..3 | ForEach-Object { [int]('0' + $match.Groups[$_].Value) }
    }
}

# Starts a suite. It prints nothing before Complete-Suite, so it can run beside others.
function Start-Suite {
    param(
        [string]$Name,
        [ValidateSet('Check', 'Cargo', 'Runner')][string]$Kind,
        [string]$Folder = $BuildRoot,
        [hashtable]$Environment = @{},
        # The program and its arguments.
        [string[]]$Command
    )

    [pscustomobject]@{
        Name = $Name; Kind = $Kind; Watch = [Diagnostics.Stopwatch]::StartNew()
        Process = Start-Captured $Command $Folder $Environment
    }
}

# Waits for the end of a suite, and adds its counts.
function Complete-Suite($Suite) {
    $text, $code = Complete-Captured $Suite.Process
    $passed, $failed, $skipped = & $SuiteCounts[$Suite.Kind] $text $code
    $note = ''
    if ($code -eq 77 -and $Suite.Kind -eq 'Runner') {
        $note = $text.TrimEnd() -split '\r?\n' | Select-Object -Last 1
    }
    elseif ($code -and -not $failed) {
        $failed = 1 # The suite did not compile, or ended before its counts.
        $note = "exit code $code"
    }
    elseif (-not ($passed + $failed + $skipped)) {
        $failed = 1
        $note = 'ran nothing'
    }

    Add-SuiteResult $Suite.Name $passed $failed $skipped $Suite.Watch.Elapsed $note $(if ($failed) { Select-Failure $text })
    if ($failed) {
        Write-Build Gray $text
    }
    else {
        # In lines of this form, runners give the reason for a skipped test.
        [regex]::Matches($text, '(?m)^(skipped:|SKIP) .*$') | ForEach-Object { Write-Build Yellow "         $_" }
    }
}

# Runs a suite and waits for it.
function Invoke-Suite {
    Complete-Suite (Start-Suite @args)
}

# The lines of a suite's text that name a failed test and say why: Pester's, cargo's, or our own runners'.
function Select-Failure([string]$Text) {
    $Text -split '\r?\n' | Select-String '^\s*\[-\]|^test .* FAILED$|panicked at|^FAIL|^error(\[|:)' -Context 0, 6 | Select-Object -First 10 |
        ForEach-Object { @($_.Line) + $_.Context.PostContext }
}

function Add-SuiteResult([string]$Name, [int]$Passed, [int]$Failed, [int]$Skipped, [timespan]$Time, [string]$Note, [string[]]$Failures) {
    $SuiteResults.Add([pscustomobject]@{ Name = $Name; Passed = $Passed; Failed = $Failed; Skipped = $Skipped; Failures = $Failures })
    $word, $colour = if ($Failed) { 'FAILED', 'Red' } elseif ($Passed) { 'ok', 'Green' } else { 'skipped', 'Yellow' }
    $counts = @("$Passed passed"; if ($Failed) { "$Failed failed" }; if ($Skipped) { "$Skipped skipped" }) -join ', '
    Write-Build $colour ('{0,-8} {1,-28} {2,7:N1} s  {3}{4}' -f $word, $Name, $Time.TotalSeconds, $counts, $(if ($Note) { " ($Note)" }))
}

# Starts a program, and reads its output while it runs.
function Start-Captured([string[]]$Command, [string]$Folder, [hashtable]$Environment) {
    $start = [Diagnostics.ProcessStartInfo]::new($Command[0])
    $Command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    foreach ($name in $Environment.Keys) {
        $start.Environment[$name] = $Environment[$name]
    }

    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    @{ Process = $process; Reads = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync() }
}

# Waits for a program. Returns its output and its exit code. A program fails if it leaves a process behind that holds its output.
function Complete-Captured($Captured) {
    $process, $reads = $Captured.Process, $Captured.Reads
    try {
        $problem = ''
        if (-not $process.WaitForExit($SuiteLimit)) {
            $problem = "ended after $($SuiteLimit.TotalMinutes) minutes"
        }
        elseif (-not [Threading.Tasks.Task]::WaitAll($reads, [timespan]::FromSeconds(10))) {
            $problem = 'left a process behind that holds its output'
        }

        $code = if ($problem) { 1 } else { $process.ExitCode }
        if ($problem) {
            $process.Kill($true)
        }
        $texts = $reads | ForEach-Object { if ($_.Wait(1000)) { $_.Result } }
        ($texts + $problem) -join "`n"
        $code
    }
    finally {
        if (-not $process.HasExited) {
            $process.Kill($true)
        }
    }
}

# Leaves the closing line for start.ps1. Fails the build if any suite failed or no test ran, unless all of them may be skipped.
function Complete-Suites([switch]$MaySkipAll) {
    $passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' | ForEach-Object { ($SuiteResults | Measure-Object $_ -Sum).Sum }
    $line = "$passed passed, $failed failed"
    if ($skipped -or $MaySkipAll) {
        $line += ", $skipped skipped"
    }
    Set-Content "$BuildRoot/target/totals.txt" $line
    $bad = @($SuiteResults | Where-Object Failed)
    foreach ($suite in $bad) {
        # Once more at the end, for a reader who sees only the last lines of a long log.
        Write-Build Red "Failed in $($suite.Name):"
        $suite.Failures | ForEach-Object { Write-Build Gray "  $_" }
    }
    $names = $bad | ForEach-Object Name # Not $bad.Name: where nothing failed, strict mode would make that the failure.
    assert (-not $failed) "Failed: $($names -join ', ')."
    assert ($passed -or $MaySkipAll) 'No test ran.'
}

# Runs test suites, each a process of its own, and adds up what they count.

$SuiteResults = [Collections.Generic.List[object]]::new()

# Longer than any suite takes; a suite that hangs is ended, and fails.
$SuiteLimit = [timespan]::FromMinutes(15)

# How each kind of suite says what it counted: from its text and exit code to passed, failed, skipped.
$SuiteCounts = @{
    # One check: the exit code says it all.
    Check  = {
        param([string]$Text, [int]$Code)
        if ($Code) { 0, 1, 0 } else { 1, 0, 0 }
    }
    # cargo test: a line for each test program. Tests that other tests run in a process of their own are not skipped.
    Cargo  = {
        param([string]$Text, [int]$Code)
        $sums = 0, 0, 0
        foreach ($match in [regex]::Matches($Text, '(?m)^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored')) {
            0..2 | ForEach-Object { $sums[$_] += [int]$match.Groups[$_ + 1].Value }
        }
        $sums[2] -= [regex]::Matches($Text, '(?m)^test .* \.\.\. ignored, run by ').Count
        $sums
    }
    # Our own runners: the last such line; exit code 77 means that nothing could run, and the last line says why.
    Runner = {
        param([string]$Text, [int]$Code)
        if ($Code -eq 77) { return 0, 0, 1 }
        $match = [regex]::Match($Text, '(?m)^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$', 'RightToLeft')
        1..3 | ForEach-Object { [int]('0' + $match.Groups[$_].Value) }
    }
}

# Begins a suite. Nothing is printed before Complete-Suite, so that it can run beside others.
function Start-Suite {
    param(
        [string]$Name,
        [ValidateSet('Check', 'Cargo', 'Lines', 'Runner')][string]$Kind,
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

# Waits for the end of a suite and counts.
function Complete-Suite($Suite) {
    $text, $code = Complete-Captured $Suite.Process
    $passed, $failed, $skipped = & $SuiteCounts[$Suite.Kind] $text $code
    $note = ''
    if ($code -eq 77 -and $Suite.Kind -eq 'Runner') {
        $note = $text.TrimEnd() -split '\r?\n' | Select-Object -Last 1
    }
    elseif ($code -and -not $failed) {
        $failed = 1 # It did not compile, or ended before it could count.
        $note = "exit code $code"
    }
    elseif (-not ($passed + $failed + $skipped)) {
        $failed = 1
        $note = 'ran nothing'
    }

    Add-SuiteResult $Suite.Name $passed $failed $skipped $Suite.Watch.Elapsed $note
    if ($failed) {
        Write-Build Gray $text
    }
    else {
        # Runners explain what they skip in lines of this form.
        [regex]::Matches($text, '(?m)^(skipped:|SKIP) .*$') | ForEach-Object { Write-Build Yellow "         $_" }
    }
}

# Runs a suite by itself.
function Invoke-Suite {
    Complete-Suite (Start-Suite @args)
}

function Add-SuiteResult([string]$Name, [int]$Passed, [int]$Failed, [int]$Skipped, [timespan]$Time, [string]$Note) {
    $SuiteResults.Add([pscustomobject]@{ Name = $Name; Passed = $Passed; Failed = $Failed; Skipped = $Skipped })
    $word, $colour = if ($Failed) { 'FAILED', 'Red' } elseif ($Passed) { 'ok', 'Green' } else { 'skipped', 'Yellow' }
    $counts = @("$Passed passed"; if ($Failed) { "$Failed failed" }; if ($Skipped) { "$Skipped skipped" }) -join ', '
    Write-Build $colour ('{0,-8} {1,-28} {2,7:N1} s  {3}{4}' -f $word, $Name, $Time.TotalSeconds, $counts, $(if ($Note) { " ($Note)" }))
}

# A program, and what it writes while it runs.
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

# The text that a program wrote, and its exit code. A program that leaves processes behind which hold its output fails.
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

# Leaves the closing line for start.ps1, and fails the build unless all is well.
function Complete-Suites {
    $passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' | ForEach-Object { ($SuiteResults | Measure-Object $_ -Sum).Sum }
    $line = "$passed passed, $failed failed"
    if ($skipped) {
        $line += ", $skipped skipped"
    }
    Set-Content "$BuildRoot/target/totals.txt" $line
    $names = $SuiteResults | Where-Object Failed | ForEach-Object Name
    assert (-not $failed) "Failed: $($names -join ', ')."
    assert $passed 'No test ran.'
}

# tools/build/suites.ps1: which results end the build as failed. In strict mode, as the build runs.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = New-TestFolder
    $null = New-Item -ItemType Directory "$folder/target"

    # What ends the build with these suites, each with its numbers of passed, failed and skipped tests, and the closing line.
    function Get-End([int[][]]$Counts, [switch]$MaySkipAll) {
        Set-StrictMode -Version 3
        $BuildRoot = $folder
        function Write-Build { }
        function assert($Condition, $Message) { if (-not $Condition) { throw $Message } }
        . "$RepositoryRoot/tools/build/suites.ps1"
        $number = 0
        foreach ($count in $Counts) {
            $number++
            Add-SuiteResult "suite $number" $count[0] $count[1] $count[2] ([timespan]::Zero) '' @('why')
        }
        $problem = try { Complete-Suites -MaySkipAll:$MaySkipAll } catch { "$_" }
        "$problem"
        Get-Content "$folder/target/totals.txt"
    }
}

AfterAll {
    Remove-Item -Recurse $folder
}

Describe 'The end of a test run' {
    It 'is good where all passed' {
        Get-End @(, @(3, 0, 0)) | Should -Be '', '3 passed, 0 failed'
        Get-End @(3, 0, 0), @(4, 0, 1) | Should -Be '', '7 passed, 0 failed, 1 skipped'
    }
    It 'names the suites in which something failed' {
        Get-End @(3, 1, 0), @(4, 0, 1), @(0, 2, 0) | Should -Be 'Failed: suite 1, suite 3.', '7 passed, 3 failed, 1 skipped'
        Get-End @(, @(0, 1, 0)) | Should -Be 'Failed: suite 1.', '0 passed, 1 failed'
    }
    It 'is bad where no test ran, unless all may be skipped' {
        Get-End @(, @(0, 0, 2)) | Should -Be 'No test ran.', '0 passed, 0 failed, 2 skipped'
        Get-End @(, @(0, 0, 2)) -MaySkipAll | Should -Be '', '0 passed, 0 failed, 2 skipped'
    }
}

Describe 'The task test' {
    It 'with "<Option>" needs first: <Needs>' -ForEach @(
        @{ Option = ''; Needs = '?module' }, @{ Option = '--full'; Needs = '?module' }, @{ Option = '--rust'; Needs = '' }
        @{ Option = '--clients'; Needs = 'emulator-program' }, @{ Option = '--platforms'; Needs = '' }
    ) {
        $invokeBuild = (Get-Item "$RepositoryRoot/target/packages/invoke-build/*/tools/Invoke-Build.ps1").FullName
        $jobs = @((& $invokeBuild ?? "$RepositoryRoot/build.ps1" -Arguments $Option)['test'].Jobs)
        $jobs.Count | Should -Be ($Needs ? 2 : 1)
        "$($jobs.Where({ $_ -isnot [scriptblock] }))" | Should -Be $Needs
    }
}

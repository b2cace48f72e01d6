<#
.Synopsis
    Uses the module as a script does, in a form that Windows PowerShell 5.1 takes as well as PowerShell 7. For 5.1, the Pester tests
    are written for PowerShell 7. Prints "PASS name" or "FAIL name" for each check, and at the end "N passed, N failed".
#>
param([string]$Module, [string]$Emulator)

$ErrorActionPreference = 'Stop'
$start = New-Object Diagnostics.ProcessStartInfo -Property @{
    FileName = $Emulator; Arguments = '--until-stdin-closes'; UseShellExecute = $false; RedirectStandardInput = $true; RedirectStandardOutput = $true
}
$agent = [Diagnostics.Process]::Start($start)
$line = $agent.StandardOutput.ReadLine()
$null = $agent.StandardOutput.ReadToEndAsync()
# Not ConvertFrom-Json: names of variables in it differ only in letter case.
$value = { param($Name) [regex]::Match($line, '"' + $Name + '":"((?:[^"\\]|\\.)*)"').Groups[1].Value -replace '\\\\', '\' }
$where = @{ Endpoint = & $value endpoint; KeyDirectory = & $value key_directory }
$passed = 0
$failed = 0

function Test-That([string]$Name, [scriptblock]$Check) {
    $seen = try { & $Check } catch { $_ }
    if ($seen -is [bool] -and $seen) {
        $script:passed++
        "PASS $Name"
    }
    else {
        $script:failed++
        "FAIL ${Name}: $seen"
    }
}

# The id of the error that a command ends with.
function Get-ErrorId([scriptblock]$Command) {
    try { $null = & $Command; '' } catch { ($_.FullyQualifiedErrorId -split ',')[0] }
}

try {
    Test-That 'the module is imported, with all of its commands' {
        Import-Module $Module
        $wanted = (Import-PowerShellDataFile (Join-Path $Module ArcToken.psd1)).CmdletsToExport | Sort-Object
        "$(@(Get-Command -Module ArcToken).Name | Sort-Object)" -eq "$wanted"
    }
    Test-That 'its help is found' { (Get-Help Get-ArcToken).Synopsis -like 'Gets access tokens*' -and [bool](Get-Help about_ArcToken) }
    Test-That 'a token' { $token = Get-ArcToken @where; $token.ExpiresOn -gt [DateTimeOffset]::UtcNow -and "$token" -notlike 'eyJ*' }
    Test-That 'its text' { (Get-ArcToken @where -AsPlainText) -like 'eyJ*.*.*' }
    Test-That 'a SecureString' { (Get-ArcToken @where -AsSecureString) -is [securestring] }
    Test-That 'a credential' { (Get-ArcToken @where -AsCredential).GetNetworkCredential().Password -like 'eyJ*' }
    Test-That 'a header' { (Get-ArcToken @where -AsHeader).Authorization -like 'Bearer eyJ*' }
    Test-That 'claims' { (Get-ArcToken @where -ResourceTypeName KeyVault).Claims['aud'] -eq 'https://vault.azure.net' }
    Test-That 'the cache, and past it' {
        $one = Get-ArcToken @where -AsPlainText
        $same = Get-ArcToken @where -AsPlainText
        $new = Get-ArcToken @where -ForceRefresh -AsPlainText
        $one -eq $same -and $one -ne $new
    }
    Test-That 'several at once' { @('https://a.example', 'https://b.example' | Get-ArcToken @where).Count -eq 2 }
    Test-That 'the machine' { [bool](Get-ArcMachine @where).Name }
    Test-That 'the checks' { @(Test-ArcAgent @where).Count -gt 5 }
    Test-That 'a view of its own' { (Test-ArcAgent @where | Out-String) -match 'Listener' }
    Test-That 'the cache is emptied' { $null = Clear-ArcTokenCache; $true }
    Test-That 'a wrong address is refused' { (Get-ErrorId { Get-ArcToken -Endpoint 'http://192.0.2.1/' }) -eq 'EndpointRefused' }
    Test-That 'a wrong argument is refused' { (Get-ErrorId { Get-ArcToken '' }) -eq 'InvalidArgument' }
    Test-That 'a stopped agent is told' { (Get-ErrorId { Get-ArcToken -Endpoint 'http://127.0.0.1:1' -TimeoutSec 5 }) -eq 'AgentNotRunning' }
    Test-That 'no token in what is serialised' { ((Get-ArcToken @where | ConvertTo-Json -Depth 5 -WarningAction SilentlyContinue) -notlike '*eyJ*') }
}
finally {
    $agent.StandardInput.Close()
    if (-not $agent.WaitForExit(5000)) { $agent.Kill() }
}
"$passed passed, $failed failed"
exit [int]($failed -ne 0)

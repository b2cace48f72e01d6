# What tests have besides the module: a stand-in for Az's module, libraries that take tokens, and a service to send tokens to.

$TestLibraries = if ($env:ARCTOKEN_TEST_LIBRARIES) { $env:ARCTOKEN_TEST_LIBRARIES } else { "$RepositoryRoot/target/test-libraries" }
foreach ($needed in "$TestLibraries/modules/Az.Accounts", "$TestLibraries/consumers") {
    if (-not (Test-Path $needed)) {
        throw "'$needed' is not there: ./build.sh pester builds it."
    }
}

Add-Type -Path "$TestLibraries/consumers/Consumers.dll"

# PowerShell finds the stand-in under the name of Az's module from here on.
function Enable-AzStandIn {
    $script:ModulePathBefore = $env:PSModulePath
    $env:PSModulePath = "$TestLibraries/modules", $env:PSModulePath -join [IO.Path]::PathSeparator
    Import-Module Az.Accounts -Global
}

function Disable-AzStandIn {
    Remove-Module Az.Accounts
    $env:PSModulePath = $ModulePathBefore
    $env:ARCTOKEN_TEST_ARM = $null
}

# What the stand-in was called with last.
function Get-LastCall {
    [AzStandIn.Recorder]::Calls[-1]
}

# A service that accepts what the emulator issued.
function Start-LoopbackService($Emulator, [switch]$Tls) {
    [Consumers.LoopbackService]::new($Emulator.Control, $Tls)
}

# What a token says that it is for.
function Get-Audience([string]$Token) {
    $body = $Token.Split('.')[1].Replace('-', '+').Replace('_', '/')
    $body = $body.PadRight([int][Math]::Ceiling($body.Length / 4) * 4, '=')
    ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($body)) | ConvertFrom-Json).aud
}

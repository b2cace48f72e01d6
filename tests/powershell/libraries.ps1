# Helper for tests: a stand-in for Az's module, libraries that use tokens, and a local service that accepts tokens.

$TestLibraries = if ($env:ARCTOKEN_TEST_LIBRARIES) { $env:ARCTOKEN_TEST_LIBRARIES } else { "$RepositoryRoot/target/test-libraries" }
foreach ($needed in "$TestLibraries/modules/Az.Accounts", "$TestLibraries/consumers") {
    if (-not (Test-Path $needed)) {
        throw "'$needed' is not there: ./build.sh pester builds it."
    }
}

Add-Type -Path "$TestLibraries/consumers/Consumers.dll"

# Puts the stand-in on the module path, under the name of Az's module.
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

# The last call of the stand-in.
function Get-LastCall {
    [AzStandIn.Recorder]::Calls[-1]
}

# Starts a service that accepts the tokens of this emulator.
function Start-LoopbackService($Emulator, [switch]$Tls) {
    [Consumers.LoopbackService]::new($Emulator.Control, $Tls)
}

# The audience in a token's claims.
function Get-Audience([string]$Token) {
    $body = $Token.Split('.')[1].Replace('-', '+').Replace('_', '/')
    $body = $body.PadRight([int][Math]::Ceiling($body.Length / 4) * 4, '=')
    ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($body)) | ConvertFrom-Json).aud
}

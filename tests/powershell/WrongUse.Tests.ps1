# Wrong use of a token: a token in the wrong form or for the wrong parameter appears in no stream, and in no parameter of
# Connect-AzAccount except -AccessToken. Az's cmdlet is a stand-in.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/find-secret.ps1"
    . "$PSScriptRoot/libraries.ps1"
    Enable-AzStandIn
    $agent = Start-Emulator
    $where = $agent.Where
    $azure = Start-LoopbackService $agent
    $env:ARCTOKEN_TEST_ARM = $azure.Uri.ToString().TrimEnd('/')

    # A separate session, in which all streams can be captured.
    $session = [runspacefactory]::CreateRunspace()
    $session.Open()
    function New-Shell([string]$Script) {
        $shell = [powershell]::Create().AddScript($Script).AddArgument($where)
        $shell.Runspace = $session
        $shell
    }

    $shell = New-Shell "Import-Module '$ModulePath', Az.Accounts; `$where = `$args[0]
        `$ErrorActionPreference = `$WarningPreference = `$VerbosePreference = `$DebugPreference = `$InformationPreference = `$ProgressPreference = 'Continue'"
    $null = $shell.Invoke()
    $shell.Dispose()

    # Runs a line with every stream on. Returns all output as text, the errors, and the parameters that Az got.
    function Invoke-Line([string]$Line) {
        [AzStandIn.Recorder]::Calls.Clear()
        $shell = New-Shell $Line
        try {
            $terminating = $null
            $output = try { $shell.Invoke() } catch { $terminating = $_.Exception.InnerException.ErrorRecord }
            $errors = @($shell.Streams.Error) + @($terminating) | Where-Object { $_ }
            $given = foreach ($call in [AzStandIn.Recorder]::Calls) { foreach ($name in $call.Bound.Keys) { if ($name -ne 'AccessToken') { "$name=$($call.Bound[$name])" } } }
            $streams = $shell.Streams
            $records = @($output) + @($errors) + @($errors | ForEach-Object Exception) + @($streams.Warning) + @($streams.Verbose) + @($streams.Debug) + @($streams.Information) + @($streams.Progress) | Where-Object { $_ }
            [pscustomobject]@{
                Text   = @(
                    $records | Format-List * -Force | Out-String -Width 10000
                    $records | ForEach-Object { "$_"; [Management.Automation.PSSerializer]::Serialize($_, 2) }
                    $errors | Get-Error | Out-String -Width 10000
                )
                Errors = @($errors)
                Given  = @($given)
                Calls  = [AzStandIn.Recorder]::Calls.Count
                # -AccessToken may hold the token.
                Token  = @([AzStandIn.Recorder]::Calls | ForEach-Object { $_.Bound['AccessToken'] })
            }
        }
        finally {
            $shell.Dispose()
            $shell = New-Shell 'Disable-ArcAzCredential 4>$null'
            $null = $shell.Invoke()
            $shell.Dispose()
        }
    }

    function Assert-NoSecretShown($Result) {
        $issued = Get-Issued $agent
        $secrets = @($issued.tokens) + @($issued.keys)
        $secrets.Count | Should -BeGreaterThan 0
        ($Result.Text -join '').Length | Should -BeGreaterThan 100
        Find-Secret $Result.Text $secrets | Should -BeNullOrEmpty
        Find-Secret $Result.Given $secrets | Should -BeNullOrEmpty
    }
}

AfterAll {
    $session.Dispose()
    $azure.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe 'Into Connect-AzAccount goes a harmless text: <_>' -ForEach @(
    'Get-ArcToken @where | Connect-AzAccount'
    'Get-ArcToken @where -AsSecureString | Connect-AzAccount'
    'Get-ArcToken @where -AsCredential | Connect-AzAccount'
    'Get-ArcToken @where -AsHeader | Connect-AzAccount'
    'Get-ArcToken @where -AsAzAccountParameters | Connect-AzAccount'
    '"$(Get-ArcToken @where)" | Connect-AzAccount'
    'Connect-AzAccount -Tenant (Get-ArcToken @where)'
    'Connect-AzAccount -AccountId (Get-ArcToken @where -AsSecureString)'
    'Connect-AzAccount -Subscription (Get-ArcToken @where -AsCredential)'
    'Connect-AzAccount -Identity -ContextName (Get-ArcToken @where)'
    'Enable-ArcAzCredential; Get-ArcToken @where -AsCredential | Connect-AzAccount'
    'Enable-ArcAzCredential; Get-ArcToken @where | Connect-AzAccount'
) {
    It 'is all that is seen' {
        $result = Invoke-Line $_
        $result.Errors | Should -BeNullOrEmpty
        $result.Calls | Should -Be 1
        Assert-NoSecretShown $result
    }
}

Describe 'An error, and nothing else, comes of: <_>' -ForEach @(
    'Connect-AzAccount -AccessToken (Get-ArcToken @where) -AccountId a'
    'Connect-AzAccount -AccessToken (Get-ArcToken @where -AsSecureString) -AccountId a'
    'Connect-AzAccount -AccessToken (Get-ArcToken @where -AsCredential) -AccountId a'
    'Connect-AzAccount -AccessToken { Get-ArcToken @where } -AccountId a; $null = Get-ArcToken @where'
    'Connect-AzAccount (Get-ArcToken @where)'
    'Connect-AzAccount -Credential (Get-ArcToken @where)'
    'Connect-AzAccount -Credential (Get-ArcToken @where -AsSecureString)'
    'Connect-AzAccount -DefaultProfile (Get-ArcToken @where -AsAzAccountParameters)'
    'Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential)'
    'Enable-ArcAzCredential; Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where)'
    'Enable-ArcAzCredential; Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsPlainText)'
    'Enable-ArcAzCredential; Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsSecureString)'
    'Connect-ArcAzAccount -AccessTokenCredential (Get-ArcToken @where -AsPlainText)'
    'Connect-ArcAzAccount -InputObject (Get-ArcToken @where -AsPlainText)'
    'Connect-ArcAzAccount (Get-ArcToken @where -AsPlainText)'
    'Connect-ArcAzAccount (Get-ArcToken @where -AsHeader)'
    'Get-ArcToken @where -AsPlainText | Connect-ArcAzAccount'
    'Get-ArcToken @where -AsSecureString | Connect-ArcAzAccount'
    'Get-ArcToken @where -AsAzAccountParameters | Connect-ArcAzAccount'
    'Get-ArcToken @where | Connect-ArcAzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential)'
    'Get-ArcToken https://vault.azure.net @where -AsCredential | Connect-ArcAzAccount'
    '$env:ARCTOKEN_TEST_ARM = "http://127.0.0.1:1"; Connect-ArcAzAccount @where'
) {
    AfterEach {
        $env:ARCTOKEN_TEST_ARM = $azure.Uri.ToString().TrimEnd('/')
    }

    It 'and no secret' {
        $result = Invoke-Line $_
        $result.Errors.Count | Should -Be 1
        Assert-NoSecretShown $result
    }
}

Describe 'A login as it should be shows no secret: <_>' -ForEach @(
    'Connect-ArcAzAccount @where -KeyVault -MicrosoftGraph -SkipValidation'
    'Get-ArcToken @where | Connect-ArcAzAccount'
    'Enable-ArcAzCredential; Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential)'
) {
    It 'in any stream' {
        $result = Invoke-Line $_
        $result.Errors | Should -BeNullOrEmpty
        $result.Token | Should -BeIn (Get-Issued $agent).tokens
        Find-Secret $result.Text (Get-Issued $agent).tokens | Should -BeNullOrEmpty
        $result.Text -join '' | Should -Match 'not the real Az\.Accounts'
    }
}

Describe 'The limit' {
    # The module cannot prevent this: it has no part in the conversion of an ordinary string. So the help warns against it.
    It 'is a plain string, which Connect-AzAccount takes from the pipeline for a subscription' {
        $result = Invoke-Line 'Get-ArcToken @where -AsPlainText -ForceRefresh | Connect-AzAccount'
        $result.Given | Should -Contain "Subscription=$(@((Get-Issued $agent).tokens)[-1])"
    }
}

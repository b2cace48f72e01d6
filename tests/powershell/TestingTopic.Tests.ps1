# The test file in about_ArcToken_Testing runs as it stands there. It starts a PowerShell of its own: only with ARCTOKEN_FULL=1.

Describe 'The test file in about_ArcToken_Testing' {
    It 'passes, without an agent' {
        if ($env:ARCTOKEN_FULL -ne '1') {
            Set-ItResult -Skipped -Because 'it starts a PowerShell: only with ARCTOKEN_FULL=1'
            return
        }

        . "$PSScriptRoot/common.ps1"
        $folder = New-TestFolder
        try {
            $topic = (Get-Content -Raw "$RepositoryRoot/docs/help/en-US/about_ArcToken_Testing.md").Replace("`r", '')
            $code = [regex]::Match($topic, '(?ms)^```powershell\n(BeforeAll.*?)\n```').Groups[1].Value
            Set-Content "$folder/Topic.Tests.ps1" $code
            $environment = @{ PSModulePath = (Split-Path $ModulePath), $env:PSModulePath -join [IO.Path]::PathSeparator }
            $result = Invoke-PowerShellObject "Import-Module '$((Get-Module Pester).Path)'
                `$r = Invoke-Pester '$folder' -PassThru -Output None
                @{ Passed = `$r.PassedCount; Errors = @(`$r.Failed.ErrorRecord | Out-String) } | ConvertTo-Json" $environment
            $result.Passed | Should -Be 3 -Because "$($result.Errors)"
        }
        finally {
            Remove-Item $folder -Recurse
        }
    }
}

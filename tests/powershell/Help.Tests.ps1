# The output of Get-Help for each command and topic.

BeforeDiscovery {
    # Discovery needs the commands, and it runs before BeforeAll.
    . "$PSScriptRoot/common.ps1"
    $commands = @((Get-Module ArcToken).ExportedCommands.Keys)
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Set-StrictMode -Off # Help objects lack properties that have no value.
    $common = [Management.Automation.PSCmdlet]::CommonParameters

    # Joins the names of the command's own parameters, sorted, into one string.
    function Join-Name([string[]]$Names) {
        ($Names | Where-Object { $_ -and $_ -notin $common } | Sort-Object) -join ' '
    }
}

Describe 'The help of <_>' -ForEach $commands {
    BeforeAll {
        $help = Get-Help $_ -Full
        $command = Get-Command $_ -Module ArcToken
    }

    It 'has a synopsis, a description, inputs, outputs, notes and at least three examples' {
        $help.Synopsis | Should -Match '^[A-Z][a-z]+s [a-z ].+\.$' -Because 'it says in a sentence what the command does'
        $help.description.Text | Should -Not -BeNullOrEmpty
        $help.inputTypes.inputType.type.name | Should -Not -BeNullOrEmpty
        $help.returnValues.returnValue.type.name | Should -Not -BeNullOrEmpty
        $help.alertSet | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }

    It 'opens no page of others with -Online, and says where the help is' {
        $name = $_
        { Get-Help $name -Online } | Should -Throw "*Get-Help -Full $name*"
    }

    It 'describes each parameter, and only those there are' {
        $described = @($help.parameters.parameter)
        Join-Name $described.name | Should -Be (Join-Name $command.Parameters.Keys)
        foreach ($parameter in $described | Where-Object { $_ }) {
            $parameter.description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.name) needs a description"
        }
    }

    It 'says of each parameter what the command says' {
        foreach ($parameter in @($help.parameters.parameter) | Where-Object { $_ }) {
            $real = $command.Parameters[$parameter.name]
            $attributes = @($real.Attributes.Where({ $_ -is [Parameter] }))
            $type = [Nullable]::GetUnderlyingType($real.ParameterType) ?? $real.ParameterType
            $position = @($attributes.Position).Where({ $_ -ge 0 })[0] ?? 'named'
            $pipeline = @(if ($attributes.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }; if ($attributes.ValueFromPipeline -contains $true) { 'ByValue' }) -join ', '
            $pipelineText = if ($pipeline) { "True ($pipeline)" } else { 'False' }
            $wanted = $type.Name, ($attributes.Mandatory -contains $true), $position, $pipelineText, ($real.Aliases ? $real.Aliases -join ', ' : 'none')
            $told = $parameter.parameterValue, $parameter.required, $parameter.position, $parameter.pipelineInput, $parameter.aliases
            "$told" | Should -Be "$wanted" -Because "that is -$($parameter.name)"
        }
    }

    It 'shows the syntax that the command has' {
        $shown = $help.syntax.syntaxItem | ForEach-Object { Join-Name $_.parameter.name } | Sort-Object
        # A parameter that a set takes only to refuse it is hidden in this set.
        $real = foreach ($set in $command.ParameterSets) {
            Join-Name $set.Parameters.Where({ -not $command.Parameters[$_.Name].Attributes.Where({ $_ -is [Parameter] -and $_.ParameterSetName -eq $set.Name -and $_.DontShow }) }).Name
        }
        $real = $real | Sort-Object
        $shown | Should -Be $real
    }
}

Describe 'The help of Get-ArcToken' {
    It 'names every error id' {
        $notes = (Get-Help Get-ArcToken -Full).alertSet | Out-String -Width 10000
        foreach ($name in [Enum]::GetNames([ArcToken.ArcTokenStatus]) -notmatch '^(Ok|Pending|AzAccountsNotFound|EndpointUnavailable)$') {
            $notes | Should -Match "\b$name\b"
        }
    }

    It 'names every type of output' {
        (Get-Help Get-ArcToken -Full).returnValues.returnValue.type.name | Should -Be ((Get-Command Get-ArcToken).OutputType.Name | Select-Object -Unique)
    }

    It 'lists the names of audiences as the table has them' {
        $rows = Import-Csv -Delimiter "`t" "$RepositoryRoot/src/audience/audiences.tsv"
        $text = (Get-Help Get-ArcToken -Parameter ResourceTypeName).description.Text -join ' '
        foreach ($row in $rows) { $text | Should -Match "(^|\s)- $([regex]::Escape("$($row.name): $($row.AzureCloud)"))(\s|`$)" }
    }
}

Describe 'The about topics' {
    It 'are found by name and with wildcards' {
        $result = Invoke-PowerShellObject "`$env:PSModulePath = '$(Split-Path $ModulePath)'
            @{ Text = Get-Help about_ArcToken; Found = @((Get-Help about_ArcToken*).Name) } | ConvertTo-Json"
        $result.Text | Should -Match '^TOPIC\s+about_ArcToken\s+SHORT DESCRIPTION'
        $result.Found | Sort-Object | Should -Be 'about_ArcToken', 'about_ArcToken_Testing', 'about_ArcToken_Troubleshooting'
    }

    It 'fit into a narrow window' {
        Get-Content "$ModulePath/en-US/*.help.txt" | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'have no marks of Markdown left' {
        foreach ($file in Get-ChildItem "$ModulePath/en-US" -Filter *.help.txt) {
            Get-Content $file | Where-Object { $_ -match '`|\*\*|^#|\]\(|<!--' } | Should -BeNullOrEmpty
        }
    }

    It 'name every command' {
        $text = Get-Content -Raw "$ModulePath/en-US/about_ArcToken.help.txt"
        foreach ($name in (Get-Module ArcToken).ExportedCommands.Keys) {
            $text | Should -Match "(?m)^    - .*\b$name\b"
        }
    }

    It 'have one entry for each error id, and no other, and name every reason' {
        $lines = Get-Content "$ModulePath/en-US/about_ArcToken_Troubleshooting.help.txt"
        $entries = $lines[$lines.IndexOf('ERRORS')..$lines.Count].Where({ $_ -match '^  \S' }).Trim()
        $entries | Sort-Object | Should -Be ([Enum]::GetNames([ArcToken.ArcTokenStatus]) -notmatch '^(Ok|Pending)$' | Sort-Object)
        $sources = Get-Content -Raw "$RepositoryRoot/src/error/kind.rs"
        foreach ($reason in [regex]::Matches($sources, 'KeyFileReason::\w+ => "(\w+)"')) {
            $lines -join "`n" | Should -Match "\($($reason.Groups[1].Value)\)"
        }
    }
}

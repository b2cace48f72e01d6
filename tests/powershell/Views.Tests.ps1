# What is shown of the objects: views, completion and JSON name what is there.

BeforeDiscovery {
    $views = ([xml](Get-Content -Raw "$PSScriptRoot/../../powershell/ArcToken.Format.ps1xml")).Configuration.ViewDefinitions.View
    $shown = foreach ($view in $views) {
        $names = $view.SelectNodes('.//PropertyName|.//Label').InnerText
        @{ Type = $view.Name; Form = $view.LastChild.LocalName; Names = @($names | Sort-Object -Unique) }
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $cultureBefore = [cultureinfo]::CurrentCulture
}

AfterAll {
    [cultureinfo]::CurrentCulture = $cultureBefore
    Stop-Emulator $agent
}

Describe 'The views' {
    It 'show only what is a property: <Form> of <Type>' -ForEach $shown {
        $Names | Should -Not -BeNullOrEmpty
        foreach ($name in $Names) {
            ([type]$Type).GetProperty($name) | Should -Not -BeNullOrEmpty -Because "'$name' is shown"
        }
    }

    It 'of a token says in 80 columns how long it holds, and cuts nothing' {
        $lines = Get-ArcToken @where | Format-Table | Out-String -Width 80 -Stream
        $lines -match 'Z +\d+ h \d+ min *$' | Should -HaveCount 1
        $lines -match '…|\.\.\.' | Should -BeNullOrEmpty
    }

    It 'of the checks keeps to a width of <_>, and to whole words in languages where PowerShell does' -ForEach 70, 200 {
        [cultureinfo]::CurrentCulture = 'en-US'
        $checks = Test-ArcAgent @where
        $lines = $checks | Out-String -Width $_ -Stream | ForEach-Object TrimEnd
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual $_
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeGreaterThan ($_ - 25)
        $words = ($lines -join ' ') -split '\s+'
        $long = $_ - 31 # A word that is longer than the column has to be broken.
        foreach ($word in ($checks.Detail + $checks.Advice) -split '\s+' | Where-Object Length -LE $long) {
            $words | Should -Contain $word
        }
    }
}

Describe 'Completion of members' {
    It 'offers what the output of <Command> has, and nothing else' -ForEach @(
        @{ Command = 'Get-ArcToken'; Known = 'ExpiresOn' }, @{ Command = 'Test-ArcAgent'; Known = 'Advice' }, @{ Command = 'Get-ArcMachine'; Known = 'Tags' }
    ) {
        $there = (& $Command @where | Get-Member -Force).Name
        $offered = (TabExpansion2 "($Command).").CompletionMatches.ListItemText -replace '\(.*'
        $offered | Should -Contain $Known
        $offered | Where-Object { $_ -notin $there -and $_ -notin 'Where', 'ForEach' } | Should -BeNullOrEmpty
    }
}

Describe 'JSON' {
    It 'has the names of outcomes and of errors' {
        $json = Test-ArcAgent @where | ConvertTo-Json | ConvertFrom-Json
        $json.Status | Sort-Object -Unique | Should -BeIn ([Enum]::GetNames([ArcToken.CheckStatus]))
        $problem = Get-OneError { Get-ArcToken -Endpoint http://192.0.2.1/ }
        $problem.Exception | Select-Object Status, Reason | ConvertTo-Json -Compress | Should -Be '{"Status":"EndpointRefused","Reason":null}'
    }
}

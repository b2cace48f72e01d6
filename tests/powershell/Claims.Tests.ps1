# The claims and the lifetime of a token object.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $reader = [ArcToken.AccessToken].Assembly.GetType('ArcToken.TokenClaims', $true).GetMethod('Of', [Reflection.BindingFlags]'Static, NonPublic', [type[]]@([string]))

    # Reads the claims of a JWT with this payload. Null if the reader does not accept it as a JWT.
    function Read-Claims([string]$Json) {
        $payload = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Json)).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        $claims = $reader.Invoke($null, @("e30.$payload.c2ln"))
        if ($claims) { $claims.GetType().GetProperty('All', [Reflection.BindingFlags]'Instance, NonPublic').GetValue($claims) }
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'The claims of a token' {
    It 'are all that it says, in its order' {
        $token = Get-ArcToken @where
        $payload = (Get-PlainText $token.Token).Split('.')[1].Replace('-', '+').Replace('_', '/')
        $json = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($payload + '=' * ((4 - $payload.Length % 4) % 4)))
        $token.Claims | ConvertTo-Json -Compress -EscapeHandling Default | Should -BeExactly ($json | ConvertFrom-Json -AsHashtable | ConvertTo-Json -Compress)
        $token.Claims.oid | Should -Be $token.ObjectId
        $token.Claims.exp | Should -Be $token.ExpiresOn.ToUnixTimeSeconds()
    }

    It 'cannot be changed' {
        $token = Get-ArcToken @where
        { $token.Claims['oid'] = 'another' } | Should -Throw
        $token.Claims.IsReadOnly | Should -BeTrue
    }

    It 'are none of a token that is no JWT' {
        Set-Fault $agent 'token-opaque'
        (Get-ArcToken @where -ForceRefresh).Claims.Count | Should -Be 0
        Reset-Emulator $agent
    }

    It 'keep every kind of value that JSON has' {
        $claims = Read-Claims '{"text":"a\"\u00e9","whole":12345678901,"broken":1.5,"yes":true,"no":false,"none":null,"list":["a",1,[]],"object":{"b":{}},"a b:c":1,"":2}'
        $claims.text | Should -BeExactly 'a"é'
        $claims.whole | Should -BeOfType ([long])
        $claims.whole | Should -Be 12345678901
        $claims.broken | Should -Be 1.5
        $claims.yes, $claims.no | Should -Be $true, $false
        $claims.Contains('none') | Should -BeTrue
        $claims.none | Should -Be $null
        $claims.list[0..1] | Should -Be 'a', 1
        $claims.object.b.Count | Should -Be 0
        $claims['a b:c'], $claims[''] | Should -Be 1, 2
        @($claims.Keys) | Should -Be 'text', 'whole', 'broken', 'yes', 'no', 'none', 'list', 'object', 'a b:c', ''
    }

    It 'are none where the payload is no object: <_>' -ForEach '[]', '"text"', '{', '', '{"a":' {
        Read-Claims $_ | Should -BeNullOrEmpty
    }

    It 'can be read as long as the token is there, and when they were read before' {
        $read = Get-ArcToken @where
        $null = $read.Claims
        $read.Dispose()
        $read.Claims.oid | Should -Not -BeNullOrEmpty
        $other = Get-ArcToken @where
        $other.Dispose()
        { [ArcToken.AccessToken].GetProperty('Claims').GetValue($other) } | Should -Throw '*was disposed*'
    }
}

Describe 'The time of a token' {
    It 'runs' {
        $token = Get-ArcToken @where
        $token.IsExpired | Should -BeFalse
        [Math]::Abs(($token.ExpiresOn - [DateTimeOffset]::UtcNow - $token.ExpiresIn).TotalSeconds) | Should -BeLessThan 5
    }

    It 'is zero at the end' {
        $constructor = [ArcToken.AccessToken].GetConstructors([Reflection.BindingFlags]'Instance, NonPublic')[0]
        $token = $constructor.Invoke(@([securestring]::new(), [DateTimeOffset]::UtcNow.AddSeconds(-5), 'https://a.example'))
        $token.IsExpired | Should -BeTrue
        $token.ExpiresIn | Should -Be ([timespan]::Zero)
    }
}

Describe 'Format-List' {
    It 'tells for what, how long, which machine, which identity and which tenant' {
        $token = Get-ArcToken @where
        $text = $token | Format-List | Out-String -Width 250
        $text | Should -Match '(?s)Resource +: https://management.+ExpiresIn +: 2[34] h \d+ min.+MachineResourceId +: /subscriptions/.+/arc-emulator\r?\n.+ClientId +: .+TenantId +: '
        $text | Should -Not -Match 'SecureString'
    }
}

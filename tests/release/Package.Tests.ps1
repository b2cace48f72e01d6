# What is published, as `./build.sh package` has made it in ARCTOKEN_RELEASE: its files, what is in them, and the lines of docs/install.md.

BeforeDiscovery {
    $root = Resolve-Path "$PSScriptRoot/../.."
    $page = (Get-Content -Raw "$root/docs/install.md").Replace("`r", '')
    $blocks = [regex]::Matches($page, '(?ms)(?:<!-- not run: (?<reason>[^\n]+) -->\n\n)?^```(?<language>powershell|sh)\n(?<code>.*?)\n```') |
        ForEach-Object { @{ Language = $_.Groups['language'].Value; Code = $_.Groups['code'].Value; Reason = $_.Groups['reason'].Value; First = ($_.Groups['code'].Value -split '\n')[0] } }
}

BeforeAll {
    . "$PSScriptRoot/../powershell/common.ps1"
    . "$RepositoryRoot/tools/build/archives.ps1"
    $release = $env:ARCTOKEN_RELEASE
    $version = ([regex]'(?m)^version = "(.+)"').Match((Get-Content -Raw "$RepositoryRoot/Cargo.toml")).Groups[1].Value
    $platforms = 'linux-arm64', 'linux-x64', 'win-x64'
    $module = New-TestFolder
    Expand-Archive "$release/ArcToken-$version.zip" $module
    $moduleFolder = "$module/ArcToken/$version"
    $agent = Start-Emulator
}

AfterAll {
    Stop-Emulator $agent
    Remove-Item $module -Recurse -Force
}

Describe 'The release' {
    It 'has these files' {
        (Get-ChildItem $release).Name | Sort-Object | Should -Be (@(
                "ArcToken.$version.nupkg", "ArcToken-$version.zip", "ArcToken-$version.cdx.json", "arc-token-$version-linux-arm64.tar.gz",
                "arc-token-$version-linux-x64.tar.gz", "arc-token-$version-win-x64.zip", 'SHA256SUMS') | Sort-Object)
    }

    It 'names the hash of each' {
        (sh -c "cd '$release' && sha256sum --check --strict SHA256SUMS") | Should -HaveCount 6
        $LASTEXITCODE | Should -Be 0
    }

    It 'has a module of under 8 MB, for all platforms' {
        (Get-Item "$release/ArcToken.$version.nupkg").Length | Should -BeLessThan 8e6
        $files = (Get-FolderEntries $moduleFolder '').Keys | Sort-Object
        $files | Should -Be (@(
                "lib/$version/ArcToken.dll", "lib/$version/linux-x64/arc_token.so", "lib/$version/linux-arm64/arc_token.so", "lib/$version/win-x64/arc_token.dll",
                'ArcToken.psd1', 'CHANGELOG.md', 'en-US/ArcToken.dll-Help.xml', 'en-US/about_ArcToken.help.txt',
                'en-US/about_ArcToken_Testing.help.txt', 'en-US/about_ArcToken_Troubleshooting.help.txt', 'LICENSE', 'ThirdPartyNotices.txt') | Sort-Object)
        $zip = [IO.Compression.ZipFile]::OpenRead("$release/ArcToken.$version.nupkg")
        try { $packed = $zip.Entries.FullName } finally { $zip.Dispose() }
        $files | Where-Object { $_ -notin $packed } | Should -BeNullOrEmpty
    }

    It 'left the module in out/ArcToken' {
        foreach ($file in (Get-FolderEntries $moduleFolder '').GetEnumerator()) {
            (Get-FileHash "$RepositoryRoot/out/ArcToken/$($file.Key)").Hash | Should -Be (Get-FileHash $file.Value).Hash
        }
    }

    It 'has a program that runs, the library and the header for <_>' -ForEach 'linux-x64', 'linux-arm64' {
        $folder = New-Item -ItemType Directory "$module/$_"
        tar -xzf "$release/arc-token-$version-$_.tar.gz" -C $folder
        $inside = "$folder/arc-token-$version-$_"
        (Get-ChildItem $inside).Name | Sort-Object | Should -Be 'arc_token.h', 'arc-token', 'libarc_token.so', 'LICENSE', 'ThirdPartyNotices.txt'
        Get-Content -Raw "$inside/ThirdPartyNotices.txt" | Should -Match '(?m)^clap v'
        if ($_ -eq 'linux-x64') { & "$inside/arc-token" --version | Should -Be "arc-token $version" }
    }

    It 'has the library and the program for Windows' {
        Expand-Archive "$release/arc-token-$version-win-x64.zip" "$module/win"
        (Get-ChildItem "$module/win/arc-token-$version-win-x64").Name | Sort-Object | Should -Be 'arc_token.dll', 'arc_token.h', 'arc-token.exe', 'LICENSE', 'ThirdPartyNotices.txt'
    }

    It 'has no path of this machine in a file' {
        foreach ($file in Get-ChildItem $moduleFolder -Recurse -File -Include *.so, *.dll) {
            foreach ($path in $RepositoryRoot, $HOME) {
                [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file)).Contains("$path/") | Should -BeFalse -Because "$file would differ from machine to machine"
            }
        }
    }

    It 'is not made of Debian''s crates, which Cargo.lock does not name' {
        $copy = New-TestFolder
        try {
            foreach ($file in git -C $RepositoryRoot ls-files build.sh build.ps1 tools Cargo.toml Cargo.lock cli idna src build.rs .config) {
                $null = New-Item -ItemType Directory -Force (Split-Path "$copy/$file")
                Copy-Item "$RepositoryRoot/$file" "$copy/$file"
            }
            # As Debian's crates are chosen: no --locked.
            Set-Content "$copy/tools/crates.sh" "#!/bin/sh`
printf '\n%s\n' '$($env:ARCTOKEN_CARGO_FOLDER)'"
            $said = & "$copy/build.sh" package 2>&1 | Out-String
            $LASTEXITCODE | Should -Be 1
            $said | Should -Match 'A package is made from the crates that Cargo.lock names, and Debian has others: set ARCTOKEN_CRATES'
            "$copy/target/platforms", "$copy/out" | Should -Not -Exist
        }
        finally {
            Remove-Item $copy -Recurse -Force
        }
    }

    It 'has a bill of materials of CycloneDX''s schema' {
        $said = bash "$PSScriptRoot/sbom.sh" "$release/ArcToken-$version.cdx.json" 2>&1
        if ($LASTEXITCODE -eq 77) { Set-ItResult -Skipped -Because "$($said[-1])" }
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        $broken = (Get-Content -Raw "$release/ArcToken-$version.cdx.json").Replace('"SHA-256"', '"SHA-257"')
        Set-Content "$module/broken.json" $broken
        $null = bash "$PSScriptRoot/sbom.sh" "$module/broken.json" 2>&1
        $LASTEXITCODE | Should -Be 1
    }

    It 'lists crates and files with their hashes' {
        $list = Get-Content -Raw "$release/ArcToken-$version.cdx.json" | ConvertFrom-Json
        $list.bomFormat, $list.specVersion | Should -Be 'CycloneDX', '1.6'
        $crate = $list.components | Where-Object name -EQ reqwest
        $crate.scope, $crate.purl, $crate.licenses[0].expression | Should -Be 'required', "pkg:cargo/reqwest@$($crate.version)", 'MIT OR Apache-2.0'
        $crate.hashes[0].content | Should -Match '^[0-9a-f]{64}$'
        ($list.components | Where-Object name -EQ proptest).scope | Should -Be 'excluded'
        $names = ($list.components | Where-Object type -EQ file).name
        foreach ($file in (Get-FolderEntries $moduleFolder 'ArcToken/').GetEnumerator()) {
            $entry = $list.components | Where-Object { $_.type -eq 'file' -and $_.name -eq $file.Key }
            $entry.hashes[0].content | Should -Be (Get-FileHash $file.Value -Algorithm SHA256).Hash
        }
        $names | Should -Contain "arc-token-$version-win-x64/arc-token.exe"
        @($list.components.'bom-ref' | Group-Object | Where-Object Count -GT 1).Count | Should -Be 0
    }
}

Describe 'docs/install.md' {
    BeforeAll {
        $work = New-TestFolder
        Copy-Item "$release/*" $work
        $profileFolder = New-Item -ItemType Directory "$work/home", "$work/home/.config" | Select-Object -First 1
        $environment = @{
            HOME = "$profileFolder"; LOCALAPPDATA = "$profileFolder"; ProgramFiles = "$work/programs"; PSModulePath = $null; XDG_DATA_HOME = $null; XDG_CONFIG_HOME = $null
            XDG_CACHE_HOME = $null; IDENTITY_ENDPOINT = $agent.Endpoint; IMDS_ENDPOINT = $agent.Endpoint
        }
    }
    AfterAll { Remove-Item $work -Recurse -Force }

    It 'has lines that run' -ForEach @{ Count = @($blocks | Where-Object { -not $_.Reason }).Count } { $Count | Should -BeGreaterThan 10 }

    # In the order of the page, in one profile: what one block installs, the next one uses.
    It '<First>' -ForEach ($blocks | Where-Object { -not $_.Reason -and $_.Language -eq 'powershell' }) {
        $code = $Code.Replace('\\server\share', $work).Replace('0.1.0', $version)
        Set-Content "$work/block.ps1" $code
        $result = Invoke-PowerShell "`$ErrorActionPreference = 'Stop'; `$env:PSModulePath += ':' + (Join-Path `$env:ProgramFiles WindowsPowerShell Modules); & '$work/block.ps1'" $environment $work
        $result.ExitCode | Should -Be 0 -Because "$($result.Error)$($result.Output)"
        $result.Error | Should -BeNullOrEmpty
    }

    It '<First>' -ForEach ($blocks | Where-Object { -not $_.Reason -and $_.Language -eq 'sh' }) {
        $null = New-Item -ItemType Directory -Force "$work/system/bin", "$work/system/lib", "$work/system/include"
        $said = sh -ec "cd '$work'; $($Code.Replace('/usr/local', "$work/system"))" 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$said"
    }

    It 'has a playbook for Ansible that installs the release' {
        $said = bash "$PSScriptRoot/ansible.sh" $release 2>&1
        if ($LASTEXITCODE -eq 77) { Set-ItResult -Skipped -Because "$($said[-1])" }
        $LASTEXITCODE | Should -Be 0 -Because "$($said -join "`n")"
    }

    It 'finds a file that is not the one of the release' -ForEach @{ Blocks = $blocks } {
        $null = New-Item -ItemType Directory "$work/wrong"
        Copy-Item "$release/SHA256SUMS" "$work/wrong"
        Set-Content "$work/wrong/ArcToken-$version.zip" 'something else'
        $checks = $Blocks.Where({ $_.Code -match 'not the file of the release' })
        $checks.Count | Should -Be 2
        foreach ($check in $checks) {
            Set-Content "$work/block.ps1" $check.Code.Replace('\\server\share', "$work/wrong").Replace('0.1.0', $version)
            $result = Invoke-PowerShell "`$ErrorActionPreference = 'Stop'; try { & '$work/block.ps1' } catch { `$_.Exception.Message; exit 3 }" $environment "$work/wrong"
            $result.ExitCode | Should -Be 3
            $result.Output | Should -Match "ArcToken-$([regex]::Escape($version)).zip is not the file of the release"
        }
        $said = sh -c "cd '$work/wrong' && sha256sum --check --ignore-missing SHA256SUMS" 2>&1
        $LASTEXITCODE | Should -Be 1 -Because "$said"
    }

    It 'gives a module and a program that get tokens' {
        $where = "-Endpoint '$($agent.Endpoint)' -KeyDirectory '$($agent.KeyDirectory)'"
        $result = Invoke-PowerShell "`$env:PSModulePath = '$work/system/share/powershell/Modules'; (Get-ArcToken $where).ExpiresIn.TotalHours -gt 1" $environment $work
        $result.Output.Trim() | Should -Be 'True' -Because $result.Error
        & "$work/system/bin/arc-token" --resource https://vault.azure.net --endpoint $agent.Endpoint --key-directory $agent.KeyDirectory | Should -Match '^eyJ'
    }
}

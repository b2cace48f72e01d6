# Which native library is loaded, and what is said when there is none that fits. Each in a PowerShell of its own.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $folder = New-TestFolder

    # A copy of the module whose native library a test may spoil.
    function Copy-Module([string]$Name) {
        $null = New-Item -ItemType Directory "$folder/$Name"
        Copy-Item $ModulePath "$folder/$Name/ArcToken" -Recurse
        "$folder/$Name/ArcToken"
    }

    # Compiles C source into a library, or skips the test.
    function New-Library([string]$Path, [string]$Source) {
        $compiler = Get-Command cc, gcc, clang -ErrorAction Ignore | Select-Object -First 1
        if ($IsWindows -or -not $compiler) { Set-ItResult -Skipped -Because 'there is no C compiler' }
        Set-Content "$folder/source.c" $Source
        & $compiler -shared -fPIC -o $Path "$folder/source.c"
        $LASTEXITCODE | Should -Be 0
    }

    # Imports a module, uses it, and tells how both went.
    function Get-Outcome([string]$Module) {
        Invoke-PowerShellObject @"
            Import-Module '$Module'
            `$imported = [bool](Get-Command Get-ArcToken -ErrorAction Ignore)
            try { Get-ArcToken https://a.example, https://b.example; `$problem = `$null } catch { `$problem = `$_ }
            @{ Imported = `$imported; Id = `$problem.FullyQualifiedErrorId; Message = `$problem.Exception.Message; Kind = `$problem.Exception.GetType().Name
               Advice = `$problem.ErrorDetails.RecommendedAction; Inner = `$null -ne `$problem.Exception.InnerException } | ConvertTo-Json
"@
    }

    # What every such error says.
    function Assert-Unavailable($Outcome, [string]$Module, [string]$Problem) {
        $Outcome.Imported | Should -BeTrue
        $Outcome.Id | Should -Be 'NativeLibraryUnavailable,ArcToken.Commands.GetArcTokenCommand'
        $Outcome.Kind | Should -Be 'ArcTokenException'
        $Outcome.Inner | Should -BeFalse
        $version = (Import-PowerShellDataFile "$Module/ArcToken.psd1").ModuleVersion
        $Outcome.Message | Should -BeLike "*'$Module/$Platform/$LibraryFile'*$Problem*module is of version $version (ABI 1)*$Platform*"
        $Outcome.Advice | Should -BeLike 'Install*'
    }
}

AfterAll {
    Stop-Emulator $agent
    Remove-Item $folder -Recurse -Force
}

Describe 'The native library' {
    It 'is the one beside the assembly, whatever lies in the search path and in the current folder' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'only Linux tells which files a process has mapped' }
        $decoys = New-Item -ItemType Directory "$folder/decoys"
        foreach ($name in 'arc_token.so', 'libarc_token.so', 'arc_token') {
            Copy-Item "$ModulePath/$Platform/$LibraryFile" "$decoys/$name"
        }
        $environment = @{ LD_LIBRARY_PATH = "$decoys"; PATH = "${decoys}:$env:PATH" }
        $mapped = "(Get-Content /proc/self/maps) -match 'arc_token' -replace '^.* (?=/)' | Sort-Object -Unique | ConvertTo-Json -AsArray"

        # The trap is one: an ordinary import falls into it.
        $ordinary = "Add-Type 'public static class Ordinary { [System.Runtime.InteropServices.DllImport(`"arc_token`")] public static extern uint arc_token_abi_version(); }'
            `$null = [Ordinary]::arc_token_abi_version()"
        @(Invoke-PowerShellObject "$ordinary; $mapped" $environment "$decoys") | Should -BeLike "$decoys/*"

        $script = "Import-Module '$ModulePath'; `$null = Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)'; $mapped"
        @(Invoke-PowerShellObject $script $environment "$decoys") | Should -Be "$ModulePath/$Platform/$LibraryFile"
    }

    It 'is not looked at before it is needed' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'only Linux tells which files a process has mapped' }
        $script = "Import-Module '$ModulePath'; `$null = Get-Command Get-ArcToken -Syntax; @((Get-Content /proc/self/maps) -match 'arc_token').Count | ConvertTo-Json"
        Invoke-PowerShellObject $script | Should -Be 0
    }

    It 'is missed on first use, not by Import-Module' {
        $module = Copy-Module 'missing'
        Remove-Item "$module/$Platform/$LibraryFile"
        Assert-Unavailable (Get-Outcome $module) $module 'does not exist'
    }

    It 'is refused on first use when it is no library' {
        $module = Copy-Module 'text'
        Set-Content "$module/$Platform/$LibraryFile" 'This is not a library.'
        Assert-Unavailable (Get-Outcome $module) $module 'cannot be loaded'
    }

    It 'is refused on first use when it is another library' {
        $module = Copy-Module 'foreign'
        New-Library "$module/$Platform/$LibraryFile" 'int nothing(void) { return 0; }'
        Assert-Unavailable (Get-Outcome $module) $module 'cannot be loaded*arc_token_abi_version'
    }

    It 'is refused on first use when it is of another <What>' -ForEach @(
        @{ What = 'version'; Version = '9.9.9'; Abi = 1 }
        @{ What = 'ABI'; Version = $null; Abi = 2 }
    ) {
        $module = Copy-Module "other-$What"
        if (-not $Version) { $Version = (Import-PowerShellDataFile "$module/ArcToken.psd1").ModuleVersion }
        New-Library "$module/$Platform/$LibraryFile" "unsigned arc_token_abi_version(void) { return $Abi; } const char *arc_token_version(void) { return `"$Version`"; }"
        Assert-Unavailable (Get-Outcome $module) $module "is of version $Version (ABI $Abi)"
    }

    It 'is found in the same session once it is there' {
        $module = Copy-Module 'mended'
        Move-Item "$module/$Platform/$LibraryFile" "$folder/aside"
        $seen = Invoke-PowerShellObject @"
            Import-Module '$module'
            `$first = try { Get-ArcToken '' } catch { `$_.FullyQualifiedErrorId }
            Move-Item '$folder/aside' '$module/$Platform/$LibraryFile'
            `$second = try { Get-ArcToken '' } catch { `$_.FullyQualifiedErrorId }
            `$first, `$second | ConvertTo-Json
"@
        $seen | Should -Be 'NativeLibraryUnavailable,ArcToken.Commands.GetArcTokenCommand', 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
    }
}

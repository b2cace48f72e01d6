# Loading the native library: which file is loaded, and the error without a usable one. Each test runs in a new PowerShell.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $folder = New-TestFolder

    # Copies the module, so that a test may damage the native library.
    function Copy-Module([string]$Name) {
        $null = New-Item -ItemType Directory "$folder/$Name"
        Copy-Item $ModulePath "$folder/$Name/ArcToken" -Recurse
        "$folder/$Name/ArcToken"
    }

    # Compiles C source into a library, or skips the test.
    function New-Library([string]$Path, [string]$Source, [Parameter(ValueFromRemainingArguments)][string[]]$With) {
        $compiler = Get-Command cc, gcc, clang -ErrorAction Ignore | Select-Object -First 1
        if ($IsWindows -or -not $compiler) { Set-ItResult -Skipped -Because 'there is no C compiler' }
        Set-Content "$folder/source.c" $Source
        & $compiler -shared -fPIC -o $Path "$folder/source.c" @With
        $LASTEXITCODE | Should -Be 0
    }

    # Imports a module and uses it. Returns the outcome of both.
    function Get-Outcome([string]$Module) {
        Invoke-PowerShellObject @"
            Import-Module '$Module'
            `$imported = [bool](Get-Command Get-ArcToken -ErrorAction Ignore)
            try { Get-ArcToken https://a.example, https://b.example; `$problem = `$null } catch { `$problem = `$_ }
            @{ Imported = `$imported; Id = `$problem.FullyQualifiedErrorId; Message = `$problem.Exception.Message; Kind = `$problem.Exception.GetType().Name
               Advice = `$problem.ErrorDetails.RecommendedAction; Inner = `$null -ne `$problem.Exception.InnerException } | ConvertTo-Json
"@
    }

    # Checks the parts that all these errors have in common.
    function Assert-Unavailable($Outcome, [string]$Module, [string]$Problem, [string]$Advice = 'Install*') {
        $Outcome.Imported | Should -BeTrue
        $Outcome.Id | Should -Be 'NativeLibraryUnavailable,ArcToken.Commands.GetArcTokenCommand'
        $Outcome.Kind | Should -Be 'ArcTokenException'
        $Outcome.Inner | Should -BeFalse
        $version = (Import-PowerShellDataFile "$Module/ArcToken.psd1").ModuleVersion
        $Outcome.Message.Replace('\', '/') | Should -BeLike "*'$($Module.Replace('\', '/'))/$LibraryPath'*$Problem*module is of version $version (ABI 1)*$Platform*"
        $Outcome.Advice | Should -BeLike $Advice
    }
}

AfterAll {
    Stop-Emulator $agent
    Remove-TestFolder $folder
}

Describe 'The native library' {
    It 'is the one beside the assembly, whatever lies in the search path and in the current folder' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'only Linux tells which files a process has mapped' }
        $decoys = New-Item -ItemType Directory "$folder/decoys"
        foreach ($name in 'arc_token.so', 'libarc_token.so', 'arc_token') {
            Copy-Item "$ModulePath/$LibraryPath" "$decoys/$name"
        }
        $environment = @{ LD_LIBRARY_PATH = "$decoys"; PATH = "${decoys}:$env:PATH" }
        $mapped = "(Get-Content /proc/self/maps) -match 'arc_token' -replace '^.* (?=/)' | Sort-Object -Unique | ConvertTo-Json -AsArray"

        # Proof that the decoys work: an ordinary import loads one of them.
        $ordinary = "Add-Type 'public static class Ordinary { [System.Runtime.InteropServices.DllImport(`"arc_token`")] public static extern uint arc_token_abi_version(); }'
            `$null = [Ordinary]::arc_token_abi_version()"
        @(Invoke-PowerShellObject "$ordinary; $mapped" $environment "$decoys") | Should -BeLike "$decoys/*"

        $script = "Import-Module '$ModulePath'; `$null = Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)'; $mapped"
        @(Invoke-PowerShellObject $script $environment "$decoys") | Should -Be "$ModulePath/$LibraryPath"
    }

    It 'is there before it is needed: an import loads it on another thread' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'only Linux tells which files a process has mapped' }
        $script = @"
            Import-Module '$ModulePath'
            $WaitForFirstCall
            `$mapped = (Get-Content /proc/self/maps) -match 'arc_token' -replace '^.* (?=/)' | Sort-Object -Unique
            ConvertTo-Json @(`$mapped)
"@
        @(Invoke-PowerShellObject $script) | Should -Be "$ModulePath/$LibraryPath"
    }

    It 'is missed on first use, not by Import-Module' {
        $module = Copy-Module 'missing'
        Remove-Item "$module/$LibraryPath"
        Assert-Unavailable (Get-Outcome $module) $module 'does not exist' '*updated or removed since this session began, start a new PowerShell*'
    }

    It 'is refused on first use when it is no library' {
        $module = Copy-Module 'text'
        Set-Content "$module/$LibraryPath" 'This is not a library.'
        Assert-Unavailable (Get-Outcome $module) $module 'cannot be loaded'
    }

    It 'is refused on first use when it is another library' {
        $module = Copy-Module 'foreign'
        New-Library "$module/$LibraryPath" 'int nothing(void) { return 0; }'
        Assert-Unavailable (Get-Outcome $module) $module 'cannot be loaded*arc_token_abi_version'
    }

    It 'is refused on first use when it is of another <What>' -ForEach @(
        @{ What = 'version'; Version = '9.9.9'; Abi = 1 }
        @{ What = 'ABI'; Version = $null; Abi = 2 }
    ) {
        $module = Copy-Module "other-$What"
        if (-not $Version) { $Version = (Import-PowerShellDataFile "$module/ArcToken.psd1").ModuleVersion }
        New-Library "$module/$LibraryPath" "unsigned arc_token_abi_version(void) { return $Abi; } const char *arc_token_version(void) { return `"$Version`"; }"
        Assert-Unavailable (Get-Outcome $module) $module "is of version $Version (ABI $Abi)" '*updated or removed since this session began, start a new PowerShell*'
    }

    It 'tells an old C library by the version that is missing' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'glibc is a thing of Linux' }
        $module = Copy-Module 'newer'
        # Stands for a newer C library when this one is linked, and is not there later.
        Set-Content "$folder/versions" 'GLIBC_9.99 { from_the_future; };'
        New-Library "$folder/libc.so.6" 'void from_the_future(void) {}' -nostdlib '-Wl,-soname,libc.so.6' "-Wl,--version-script=$folder/versions"
        New-Library "$module/$LibraryPath" 'void from_the_future(void); void here(void) { from_the_future(); }' -nostdlib "$folder/libc.so.6"
        $outcome = Get-Outcome $module
        $outcome.Message | Should -BeLike "*cannot be loaded*GLIBC_9.99*"
        $outcome.Advice | Should -BeLike "This system's C library is older than glibc 9.99, which the library needs. *2.28 or later*build.sh module*"
    }

    It 'tells <System> by its loader''s words' -ForEach @(
        # Loaders that this machine has not.
        @{ System = 'musl'; Words = 'Error relocating /m/arc_token.so: gnu_get_libc_version: symbol not found'; Advice = "*musl (Alpine Linux)*glibc 2.28 or later*" }
        @{ System = 'musl without libgcc'; Words = 'Error loading shared library libgcc_s.so.1: No such file or directory (needed by /m/arc_token.so)'; Advice = '*musl (Alpine Linux)*' }
        @{ System = 'noexec'; Words = '/m/arc_token.so: failed to map segment from shared object'; Advice = '*noexec*' }
    ) {
        $type = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Native.LoadFailure', $true)
        $type.GetMethod('Advice', [Reflection.BindingFlags]'Static, NonPublic').Invoke($null, @($Words)) | Should -BeLike $Advice
    }

    It 'names the 64-bit PowerShell to a 32-bit <Shell>' -ForEach @(
        @{ Shell = 'Windows PowerShell'; Desktop = $true; Program = 'C:\Windows\Sysnative\WindowsPowerShell\v1.0\powershell.exe' }
        @{ Shell = 'PowerShell 7'; Desktop = $false; Program = 'C:\Program Files\PowerShell\7\pwsh.exe' }
    ) {
        $type = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Native.LoadFailure', $true)
        $advice = $type.GetMethods([Reflection.BindingFlags]'Static, NonPublic').Where{ $_.Name -eq 'AdviceFor32Bit' }
        $for = { param($count) $advice.Where{ $_.GetParameters().Count -eq $count }[0] }
        (& $for 3).Invoke($null, @($Desktop, 'C:\Windows', 'C:\Program Files')) | Should -BeLike "This is a 32-bit PowerShell*'$Program'."
        (& $for 0).Invoke($null, @()) | Should -BeNullOrEmpty -Because 'this process is a 64-bit one'
    }

    It 'is found in the same session once it is there' {
        $module = Copy-Module 'mended'
        Move-Item "$module/$LibraryPath" "$folder/aside"
        $seen = Invoke-PowerShellObject @"
            Import-Module '$module'
            `$first = try { Get-ArcToken '' } catch { `$_.FullyQualifiedErrorId }
            Move-Item '$folder/aside' '$module/$LibraryPath'
            `$second = try { Get-ArcToken '' } catch { `$_.FullyQualifiedErrorId }
            `$first, `$second | ConvertTo-Json
"@
        $seen | Should -Be 'NativeLibraryUnavailable,ArcToken.Commands.GetArcTokenCommand', 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
    }
}

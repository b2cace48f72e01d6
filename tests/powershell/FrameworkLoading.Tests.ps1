# How Windows PowerShell 5.1 gets at the native library. It has not the class by which PowerShell 7 loads one, so the module has a second
# way, which is driven here in PowerShell 7 for Windows.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $folder = New-TestFolder

    # Functions for a new PowerShell that get at what is internal.
    $assembly = "$ModulePath/$VersionFolder/ArcToken.dll"
    $import = "Import-Module '$ModulePath'"
    $prologue = @"
        `$any = [Reflection.BindingFlags]'Instance, Static, Public, NonPublic'
        function Get-Internal([string]`$Name) { [ArcToken.AccessToken].Assembly.GetType("ArcToken.Native.`$Name", `$true) }
        `$runtime = [Activator]::CreateInstance((Get-Internal FrameworkRuntime), `$true)
        function Invoke-Runtime([string]`$Method) {
            try { `$runtime.GetType().GetMethod(`$Method, `$any).Invoke(`$runtime, [object[]]`$args) } catch { throw `$_.Exception.InnerException.InnerException ?? `$_.Exception.InnerException }
        }
        `$file = (Get-Internal NativeLibraryFile).GetProperty('Path', `$any).GetValue(`$null)
"@

    function Invoke-InFramework([string]$Script) {
        Invoke-PowerShellObject "$import`n$prologue`n$Script"
    }
}

AfterAll {
    Stop-Emulator $agent
    Remove-TestFolder $folder
}

Describe 'The import on Windows' -Skip:(-not $IsWindows) {
    It 'has the library loaded before it is needed' {
        $seen = Invoke-InFramework @"
            `$find = `$runtime.GetType().GetMethod('GetModuleHandleW', `$any)
            foreach (`$try in 1..100) {
                `$isLoaded = `$find.Invoke(`$null, @('arc_token.dll')) -ne [IntPtr]::Zero
                if (`$isLoaded) { break }
                Start-Sleep -Milliseconds 100
            }
            ConvertTo-Json `$isLoaded
"@
        $seen | Should -BeTrue
    }
}

Describe 'The way of Windows PowerShell to the native library' -Skip:(-not $IsWindows) {
    It 'loads it, and calls its functions by name alone: tokens, errors, tables' {
        # Before the import, which would bind the library in PowerShell 7's way.
        $seen = Invoke-PowerShellObject @"
            `$null = [Reflection.Assembly]::LoadFrom('$assembly')
            $prologue
            `$library = Invoke-Runtime Load `$file
            Invoke-Runtime Bind `$library
            (Get-Internal NativeLoader).GetField('loaded', `$any).SetValue(`$null, `$true)
            $import
            `$where = @{ Endpoint = '$($agent.Endpoint)'; KeyDirectory = '$($agent.KeyDirectory)' }
            ConvertTo-Json @(
                (Invoke-Runtime Export `$library arc_token_abi_version) -ne 0
                Get-ArcToken @where -AsPlainText
                try { Get-ArcToken '' @where } catch { `$_.FullyQualifiedErrorId }
                @(Test-ArcAgent @where).Name -contains 'Listener'
                (Get-ArcMachine @where).Name.Length -gt 0
            )
"@
        $seen[0] | Should -BeTrue
        $seen[1] | Should -BeIn (Get-Issued $agent).tokens
        $seen[2] | Should -Be 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
        $seen[3..4] | Should -Be $true, $true
    }

    It 'says what Windows says of <Name>' -ForEach @(
        @{ Name = 'a file that is not there'; Call = 'Invoke-Runtime Load "$file.dll"'; Type = 'System.DllNotFoundException' }
        @{ Name = 'a file that is no library'; Call = 'Invoke-Runtime Load "$((Get-Module ArcToken).ModuleBase)\ArcToken.psd1"'; Type = 'System.DllNotFoundException' }
        @{ Name = 'a function that is not there'; Call = 'Invoke-Runtime Export (Invoke-Runtime Load $file) no_such_function'; Type = 'System.EntryPointNotFoundException' }
    ) {
        $seen = Invoke-InFramework "try { $Call; 'nothing' } catch { `$_.Exception.GetType().FullName, `$_.Exception.Message | ConvertTo-Json }"
        $seen[0] | Should -Be $Type
        $seen[1].Length | Should -BeGreaterThan 5
    }

    It 'refuses when the process has loaded another library of this name before' {
        Copy-Item $LibraryFile $folder
        $seen = Invoke-PowerShellObject @"
            `$null = [Runtime.InteropServices.NativeLibrary]::Load('$folder\$($LibraryFile.Name)')
            $import
            $prologue
            `$library = Invoke-Runtime Load `$file
            try { Invoke-Runtime Bind `$library; 'bound' } catch { `$_.Exception.Status.ToString(), `$_.Exception.Problem | ConvertTo-Json }
"@
        $seen[0] | Should -Be 'NativeLibraryUnavailable'
        $seen[1] | Should -BeLike '*another arc_token.dll*'
    }
}

# The C# declarations of the library agree with the C header, and the module frees every object of the library.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $header = Get-Content -Raw "$RepositoryRoot/include/arc_token.h"
    $assembly = [ArcToken.AccessToken].Assembly
    $any = [Reflection.BindingFlags]'Static, Public, NonPublic'

    # Reads the constants of one kind from the header: NOT_FOUND = 1 becomes NotFound = 1.
    function Get-HeaderConstant([string]$Kind) {
        $constants = @{}
        foreach ($match in [regex]::Matches($header, "(?m)^\s*ARC_TOKEN_${Kind}_([A-Z_]+) = (\d+),?")) {
            $name = -join ($match.Groups[1].Value.Split('_') | ForEach-Object { $_[0] + $_.Substring(1).ToLowerInvariant() })
            $constants[$name] = [int]$match.Groups[2].Value
        }
        $constants.Count | Should -BeGreaterThan 0
        $constants
    }
}

Describe 'The assembly' {
    It 'has each status of the header under its name and number, and three more of its own' {
        $constants = Get-HeaderConstant 'STATUS'
        $constants['NativeLibraryUnavailable'] = -1
        $constants['AzAccountsNotFound'] = -2
        $constants['EndpointUnavailable'] = -3
        [Enum]::GetNames([ArcToken.ArcTokenStatus]) | Sort-Object | Should -Be ($constants.Keys | Sort-Object)
        foreach ($name in $constants.Keys) {
            [int][ArcToken.ArcTokenStatus]$name | Should -Be $constants[$name]
        }
    }

    It 'numbers what it uses of <Kind> as the header does' -ForEach @(
        @{ Kind = 'OPTION'; Type = 'ArcToken.Native.RequestOption' }
        @{ Kind = 'FIELD'; Type = 'ArcToken.Native.AnswerField' }
        @{ Kind = 'COLUMN'; Type = 'ArcToken.Native.TableColumn' }
    ) {
        $constants = Get-HeaderConstant $Kind
        $enum = $assembly.GetType($Type, $true)
        foreach ($name in [Enum]::GetNames($enum)) {
            [int][Enum]::Parse($enum, $name) | Should -Be $constants[$name] -Because "$name is in the header"
        }
    }

    It 'was written for the header''s ABI' {
        $field = $assembly.GetType('ArcToken.Native.NativeMethods', $true).GetField('AbiVersion', $any)
        $field.GetRawConstantValue() | Should -Be ([regex]'#define ARC_TOKEN_ABI_VERSION (\d+)').Match($header).Groups[1].Value
    }

    It 'imports functions that the header declares, with as many parameters' {
        $imports = $assembly.GetType('ArcToken.Native.NativeMethods', $true).GetMethods($any).Where({ $_.Name -like 'arc_token_*' })
        $imports.Count | Should -BeGreaterThan 10
        foreach ($import in $imports) {
            $declaration = [regex]::Match($header, "\b$($import.Name)\(([^)]*)\);")
            $declaration.Success | Should -BeTrue -Because "$($import.Name) is in the header"
            @($declaration.Groups[1].Value.Split(',') -ne 'void').Count | Should -Be $import.GetParameters().Count -Because "$($import.Name) is declared so"
        }
    }
}

Describe 'The library''s objects' {
    BeforeAll {
        $agent = Start-Emulator
        $where = $agent.Where

        # This is the library that the module has loaded: a process loads a library only once.
        Add-Type 'public delegate ulong ArcTokenLiveObjects();'
        $library = [Runtime.InteropServices.NativeLibrary]::Load($LibraryFile.FullName)
        $function = [Runtime.InteropServices.NativeLibrary]::GetExport($library, 'arc_token_live_objects')
        $count = [Runtime.InteropServices.Marshal]::GetDelegateForFunctionPointer($function, [ArcTokenLiveObjects])

        # Fails if the calls leave objects to the garbage collector.
        function Assert-NoneLeft([scriptblock]$Calls) {
            [GC]::Collect()
            [GC]::WaitForPendingFinalizers()
            $before = $count.Invoke()
            & $Calls
            $count.Invoke() | Should -Be $before
        }
    }

    AfterAll {
        Stop-Emulator $agent
    }

    It 'are all freed after tokens' {
        Assert-NoneLeft { $null = 1..5 | ForEach-Object { Get-ArcToken @where; Get-ArcToken @where -AsPlainText } }
    }

    It 'are all freed after errors' {
        Set-Fault $agent '400-before-challenge'
        Assert-NoneLeft {
            $ErrorActionPreference = 'SilentlyContinue'
            1..5 | ForEach-Object { Get-ArcToken @where; Get-ArcToken ''; Get-ArcToken -KeyDirectory /x }
        }
        Set-Fault $agent ''
    }

    It 'are all freed after a call that was stopped' {
        Set-Fault $agent 'no-answer-before-challenge'
        Assert-NoneLeft {
            $call = [powershell]::Create().AddScript('param($Module, $Where) Import-Module $Module; Get-ArcToken @Where').AddArgument($ModulePath).AddArgument($where)
            $null = $call.BeginInvoke()
            while (-not @(Get-AgentRequest $agent).Where({ $_.status -ne 200 })) { Start-Sleep -Milliseconds 20 }
            $call.Stop()
            $call.Dispose()
        }
    }
}

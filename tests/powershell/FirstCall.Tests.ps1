# What is got ready for the first call while PowerShell imports the module.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'The first call' {
    It 'finds its methods compiled, as far as another thread has got' {
        # The count is one of .NET's, of what the present thread has compiled.
        $seen = Invoke-PowerShellObject @"
            Import-Module '$ModulePath'
            `$first = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Session.FirstCall', `$true)
            $WaitForFirstCall
            `$compile = `$first.GetMethod('Compile', [Reflection.BindingFlags]'Static, NonPublic')
            function Measure-Compiled([string]`$Name) {
                `$type = [ArcToken.AccessToken].Assembly.GetType(`$Name, `$true)
                `$before = [Runtime.JitInfo]::GetCompiledMethodCount(`$true)
                `$null = `$compile.Invoke(`$null, @(`$type))
                [Runtime.JitInfo]::GetCompiledMethodCount(`$true) - `$before
            }
            `$null = Measure-Compiled ArcToken.Audiences
            ConvertTo-Json @((Measure-Compiled ArcToken.Native.TokenHandle), (Measure-Compiled ArcToken.TokenClaims))
"@
        if ([Environment]::ProcessorCount -eq 1) { Set-ItResult -Skipped -Because 'with one processor nothing is compiled ahead' }
        $seen[0] | Should -BeLessThan 4 -Because 'its methods were compiled'
        $seen[1] | Should -BeGreaterThan 4 -Because 'the count counts'
    }
}

# The platforms that are shipped, and what was built for them: target/platforms/NAME, made by the tasks `linux` and `windows` or, on the
# machine of a platform, by `platform`.

# A whole package has those with Whole; the others are taken where they are there: the release workflow builds them.
$Platforms = [ordered]@{
    'linux-x64'   = @{ Library = 'arc_token.so'; Program = 'arc-token'; Target = 'x86_64-unknown-linux-gnu'; Whole = 'linux' }
    'linux-arm64' = @{ Library = 'arc_token.so'; Program = 'arc-token'; Target = 'aarch64-unknown-linux-gnu'; Whole = 'linux' }
    'win-x64'     = @{ Library = 'arc_token.dll'; Program = 'arc-token.exe'; Target = 'x86_64-pc-windows-msvc'; Whole = 'windows' }
    'win-arm64'   = @{ Library = 'arc_token.dll'; Program = 'arc-token.exe'; Target = 'aarch64-pc-windows-msvc' }
    'osx-x64'     = @{ Library = 'arc_token.dylib'; Program = 'arc-token'; Target = 'x86_64-apple-darwin' }
    'osx-arm64'   = @{ Library = 'arc_token.dylib'; Program = 'arc-token'; Target = 'aarch64-apple-darwin' }
}

# What is in target/platforms for this version: objects with Name, Library, Program, Target. Throws if a whole package lacks one.
function Get-BuiltPlatforms {
    foreach ($name in $Platforms.Keys) {
        $platform, $folder = $Platforms[$name], "$BuildRoot/target/platforms/$name"
        $built = Get-Content "$folder/version" -ErrorAction Ignore
        if ($built -ne $Version) {
            $state = $built ? "of version $built, not $Version" : 'not there'
            assert (-not $platform['Whole']) "A package has all of linux-x64, linux-arm64 and win-x64, and what is built for $name is $state. Run ./build.sh $($platform['Whole'])"
            continue
        }
        [pscustomobject]@{
            Name = $name; Target = $platform.Target; Library = "$folder/$($platform.Library)"; Program = "$folder/$($platform.Program)"
            Compiler = Get-Content "$folder/compiler" -ErrorAction Ignore
        }
    }
}

# Builds for Windows or macOS, on a machine with that system and its own linker.
function Build-Platform([string]$Name) {
    assert ($Platforms.Contains($Name)) "There is no platform '$Name'. Known: $($Platforms.Keys -join ', ')."
    assert ($Name -notlike 'linux-*') "For Linux use the task 'linux': it takes care that the library loads on older systems."
    assert (($Name -like 'win-*') -eq $IsWindows -and ($Name -like 'osx-*') -eq $IsMacOS) "$Name is built on a machine with that system."
    $target = $Platforms[$Name].Target
    # No library of Visual C++ beside it, and no time stamp.
    $flags = $IsWindows ? @('-Ctarget-feature=+crt-static', '-Clink-arg=/Brepro') : @()
    $files = (Invoke-ReleaseBuild --workspace, --target, $target $flags | Where-Object reason -EQ compiler-artifact).filenames

    $folder = "$BuildRoot/target/platforms/$Name"
    $null = New-Item -ItemType Directory -Force $folder
    foreach ($kind in 'Library', 'Program') {
        $wanted = $Platforms[$Name][$kind]
        $from = $files | Where-Object { (Split-Path -Leaf $_) -in $wanted, "lib$wanted" } | Select-Object -Last 1
        assert $from "cargo made no $wanted."
        Copy-Item $from "$folder/$wanted"
    }
    Set-Content "$folder/compiler" (exec { rustc --version })
    Set-Content "$folder/version" $Version
    $folder
}

# Makes the help for Get-Help from docs/help/en-US, Markdown in the layout of platyPS. It supports only the Markdown used there.

# Writes one MAML file for the commands, and a text file for each about topic.
function New-Help([string]$Source, [string]$Target) {
    $null = New-Item -ItemType Directory -Force $Target
    $commands = Get-ChildItem $Source -Filter '*-*.md' | Sort-Object Name | ForEach-Object { ConvertTo-Maml $_ }
    $maml = '<?xml version="1.0" encoding="utf-8"?><helpItems schema="maml" xmlns="http://msh">' + ($commands -join '') + '</helpItems>'
    ([xml]$maml).Save("$Target/ArcToken.dll-Help.xml") # The cast reads it: invalid XML fails here, not in Get-Help.
    foreach ($topic in Get-ChildItem $Source -Filter 'about_*.md') {
        Set-Content "$Target/$($topic.BaseName).help.txt" (ConvertTo-AboutText $topic) -Encoding utf8NoBOM
    }
}

# Splits a text at the headings of this level. A # in code is not a heading.
function Split-Heading([string[]]$Lines, [int]$Level) {
    $part = $null
    $fenced = $false
    foreach ($line in $Lines) {
        if ($line.StartsWith('```')) { $fenced = -not $fenced }
        if (-not $fenced -and $line -match "^#{$Level} (?<title>.+)$") {
            if ($part) { $part }
            $part = [pscustomobject]@{ Title = $Matches.title; Lines = [Collections.Generic.List[string]]::new() }
        }
        elseif ($part) {
            $part.Lines.Add($line)
        }
    }
    if ($part) { $part }
}

# Splits a text into blocks: paragraphs and list items, on one line each; code, unchanged; headings, with their level.
function Split-Block([string[]]$Lines) {
    $text = ($Lines -join "`n") -replace '(?s)<!--.*?-->'
    $pattern = '(?ms)^```(?<language>\w*)\n(?<code>.*?)\n```$|^(?<level>#+) (?<heading>[^\n]+)$|^(?<text>\S.*?)(?=\n\s*\n|\n- |\n```|\n#+ |\s*\z)'
    foreach ($match in [regex]::Matches($text, $pattern)) {
        $group = $match.Groups
        $kind = if ($group['code'].Success) { $group['language'].Value } elseif ($group['level'].Success) { 'heading' } else { 'text' }
        [pscustomobject]@{
            Kind  = if ($kind) { $kind } else { 'code' }
            Level = $group['level'].Length
            Text  = if ($kind -eq 'text') { ConvertFrom-Inline $group['text'].Value } else { $group['code'].Value + $group['heading'].Value }
        }
    }
}

# Removes the marks of Markdown. A link to another page of the help becomes the page's name; any other becomes its address.
function ConvertFrom-Inline([string]$Text) {
    $Text = $Text -replace '\s*\n\s*', ' ' -replace '\[([^\]]+)\]\([^)]*\.md\)', '$1' -replace '\[([^\]]+)\]\(([^)]+)\)', '$1 ($2)'
    $Text -replace '[`]|\*\*', '' -replace '\\([\\<>*_\[\]`])', '$1'
}

# Makes an element of MAML. Its content is XML.
function New-Element([string]$Name, [string]$Content, [string]$Attributes = '') {
    "<$Name$Attributes>$Content</$Name>"
}

function Format-Text([string]$Text) {
    [Security.SecurityElement]::Escape($Text)
}

function Format-Paragraphs($Blocks) {
    ($Blocks | Where-Object Kind -EQ text | ForEach-Object { New-Element maml:para (Format-Text $_.Text) }) -join ''
}

function ConvertTo-Maml([IO.FileInfo]$File) {
    $lines = Get-Content $File
    $name = (Split-Heading $lines 1).Title
    assert ($name -eq $File.BaseName) "$File is about $name."
    $sections = @{}
    Split-Heading $lines 2 | ForEach-Object { $sections[$_.Title] = $_.Lines }
    foreach ($needed in 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'NOTES', 'RELATED LINKS') {
        assert $sections.ContainsKey($needed) "$File has no section $needed."
    }

    $parameters = [ordered]@{}
    Split-Heading $sections.PARAMETERS 3 | Where-Object { $_.Title.StartsWith('-') } | ForEach-Object {
        $parameters[$_.Title.Substring(1)] = Read-Parameter $_ $File
    }
    $syntax = foreach ($set in Split-Block $sections.SYNTAX | Where-Object Kind -EQ code) {
        $shown = [regex]::Matches($set.Text, '(?<= \[{0,2})-(\w+)') | ForEach-Object {
            $parameter = $parameters[$_.Groups[1].Value]
            assert $parameter "$File describes no parameter $_, which its syntax shows."
            Format-Parameter $parameter -InSyntax
        }
        New-Element command:syntaxItem ((New-Element maml:name $name) + ($shown -join ''))
    }
    $examples = Split-Heading $sections.EXAMPLES 3 | ForEach-Object {
        $blocks = Split-Block $_.Lines
        $code = ($blocks | Where-Object Kind -EQ powershell).Text -join "`n"
        assert $code "$File, $($_.Title): no code."
        New-Element command:example ((New-Element maml:title (Format-Text $_.Title)) +
            (New-Element dev:code (Format-Text $code)) + (New-Element dev:remarks (Format-Paragraphs $blocks)))
    }
    $links = [regex]::Matches($sections.'RELATED LINKS' -join "`n", '\[(?<text>[^\]]+)\]\((?<target>[^)]+)\)') | ForEach-Object {
        # Get-Help -Online would open the page of somebody else.
        assert ($_.Groups['target'].Value -like '*.md') "$File, RELATED LINKS: $_ is no page of this help."
        New-Element maml:navigationLink ((New-Element maml:linkText (Format-Text $_.Groups['text'].Value)) + (New-Element maml:uri ''))
    }

    $verb, $noun = $name -split '-'
    $details = (New-Element command:name $name) + (New-Element command:verb $verb) + (New-Element command:noun $noun) +
        (New-Element maml:description (Format-Paragraphs (Split-Block $sections.SYNOPSIS)))
    $full = $parameters.Values | ForEach-Object { Format-Parameter $_ }
    $content = (New-Element command:details $details) +
        (New-Element maml:description (Format-Paragraphs (Split-Block $sections.DESCRIPTION))) +
        (New-Element command:syntax ($syntax -join '')) +
        (New-Element command:parameters ($full -join '')) +
        (New-Element command:inputTypes (Format-Types $sections.INPUTS command:inputType)) +
        (New-Element command:returnValues (Format-Types $sections.OUTPUTS command:returnValue)) +
        (New-Element maml:alertSet (New-Element maml:alert (Format-Paragraphs (Split-Block $sections.NOTES)))) +
        (New-Element command:examples ($examples -join '')) +
        (New-Element command:relatedLinks ($links -join ''))
    $spaces = 'maml="http://schemas.microsoft.com/maml/2004/10"', 'command="http://schemas.microsoft.com/maml/dev/command/2004/10"',
        'dev="http://schemas.microsoft.com/maml/dev/2004/10"'
    New-Element command:command $content (-join $spaces.ForEach({ " xmlns:$_" }))
}

# Reads a parameter: its text, and the values in its block of YAML.
function Read-Parameter($Section, $File) {
    $blocks = Split-Block $Section.Lines
    $parameter = @{ Name = $Section.Title.Substring(1); Paragraphs = Format-Paragraphs $blocks }
    foreach ($line in ($blocks | Where-Object Kind -EQ yaml).Text -split "`n" | Where-Object { $_ }) {
        $key, $value = $line -split ':\s*', 2
        $parameter[$key] = $value
    }
    foreach ($needed in 'Type', 'Parameter Sets', 'Aliases', 'Required', 'Position', 'Default value', 'Accept pipeline input') {
        assert $parameter.ContainsKey($needed) "$File, -$($parameter.Name): no line '$needed'."
    }
    $parameter
}

function Format-Parameter($Parameter, [switch]$InSyntax) {
    $many = $Parameter.Type.EndsWith('[]').ToString().ToLowerInvariant()
    $switch = $Parameter.Type -eq 'SwitchParameter'
    $aliases = if ($Parameter.Aliases) { $Parameter.Aliases } else { 'none' }
    $attributes = " required='$($Parameter.Required.ToLowerInvariant())' variableLength='$many' globbing='false'" +
        " pipelineInput='$($Parameter.'Accept pipeline input')' position='$($Parameter.Position.ToLowerInvariant())' aliases='$aliases'"
    $type = New-Element command:parameterValue (Format-Text $Parameter.Type) " required='$((-not $switch).ToString().ToLowerInvariant())' variableLength='$many'"
    $content = New-Element maml:name $Parameter.Name
    if ($InSyntax) {
        $content += if (-not $switch) { $type } # A switch has no value.
    }
    else {
        $content += (New-Element maml:description $Parameter.Paragraphs) + $type +
            (New-Element dev:defaultValue (Format-Text $Parameter.'Default value'))
    }
    New-Element command:parameter $content $attributes
}

function Format-Types([string[]]$Lines, [string]$Element) {
    (Split-Heading $Lines 3 | ForEach-Object {
        New-Element $Element ((New-Element dev:type (New-Element maml:name $_.Title)) +
            (New-Element maml:description (Format-Paragraphs (Split-Block $_.Lines))))
    }) -join ''
}

# Lays a text out like PowerShell's own about topics: headings at the margin, indented text, no line over 80 characters.
function ConvertTo-AboutText([IO.FileInfo]$File) {
    foreach ($block in Split-Block (Get-Content $File)) {
        switch ($block.Kind) {
            heading { if ($block.Level -eq 1) { 'TOPIC', "    $($block.Text)" } elseif ($block.Level -eq 2) { $block.Text.ToUpperInvariant() } else { "  $($block.Text)" } }
            text {
                $hanging = if ($block.Text.StartsWith('- ')) { '      ' } else { '    ' }
                ([regex]::Matches($block.Text, "\S.{0,$(79 - $hanging.Length)}(?=\s|$)").Value -join "`n$hanging").Insert(0, '    ')
            }
            default { $block.Text -replace '(?m)^', '        ' }
        }
        if ($block.Kind -ne 'heading' -or $block.Level -eq 1) { '' }
    }
}

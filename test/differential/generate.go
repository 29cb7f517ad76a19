package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The values and templates that snippets are generated from.
var (
	scalars = []string{"$null", "$true", "$false", "0", "1", "5", "-1", "3.5", "-0.5", "1e20", "[long]7", "[uint32]5", "[int16]3", "[byte]200",
		"[single]1.1", "[decimal]1.50", "1d", "[double]::NaN", "''", "'a'", "'A'", "'abc'", "' 7 '", "'5'", "'3.5'", "'0x1F'", "'true'",
		"'2026-01-02'", "'Monday'", "[char]'a'", "[DayOfWeek]'Monday'", "[datetime]'2026-01-02'", "[timespan]'01:00:00'", "[version]'1.2'",
		"[guid]'00000000-0000-0000-0000-000000000001'"}
	collections = []string{"@()", "@($null)", "@(1)", "@(1,2,3)", "@('a','b')", "[int[]](1,2)", "@{a=1}", "[pscustomobject]@{x=1}"}
	operators   = strings.Fields(`+ - * / % -eq -ne -gt -ge -lt -le -ceq -like -notlike -clike -match -cmatch -contains -notcontains -in -notin
		-replace -split -join -f -band -bor -bxor -shl -and -or -xor`)
	types = strings.Fields(`int long byte uint32 double single decimal bool string char datetime timespan version guid DayOfWeek int[] string[]
		object[] array regex uri switch`)
	formats = strings.Fields(`{0} {0:N} {0:N0} {0:F1} {0:P} {0:C} {0:E2} {0:D4} {0:X} {0:x8} {0:G} {0:00.0} {0:#,##0.00} {0,8}| {0,-8}| {0:yyyy-MM-dd} {0:s}`)
	sources = []string{"1..6", "3,1,2,3", "'b','a','C','a'", "@($true,$false)", "@{a=1}", "1.5,2,'3'",
		"([pscustomobject]@{ Name = 'fe1'; Port = 5061; On = $true }, [pscustomobject]@{ Name = 'Edge2'; Port = $null; On = $true }, [pscustomobject]@{ Name = 'fe2'; Port = '443' })"}
	stages = []string{"Sort-Object", "Sort-Object Name", "Sort-Object Port, Name -Descending", "Sort-Object -Unique", "Select-Object -First 2",
		"Select-Object -Last 1", "Select-Object -Skip 1", "Select-Object -Unique", "Select-Object Name, Port", "Select-Object -ExpandProperty Name",
		"Where-Object { $_ }", "Where-Object Name", "Where-Object Port -ge 443", "ForEach-Object { $_, $_ }", "ForEach-Object { \"$_\" }",
		"ForEach-Object Name", "ForEach-Object { ,@($_) }", "Group-Object Name", "Measure-Object", "Measure-Object Port -Sum", "Get-Unique",
		"ConvertTo-Json -Compress", "ConvertTo-Csv -NoTypeInformation", "Compare-Object (1,2)", "Write-Output"}
)

// shown puts a snippet into a script that prints the class and the text of each object.
func shown(body string) string {
	return "& {\n" + body + "\n} | & { process { if ($null -eq $_) { '<null>' } else { $_.GetType().Name + '|' + [string]$_ } } }\n"
}

// generate makes new snippets; the same seed makes the same ones.
func generate(seed uint64, n int) []snippet {
	r := rand.New(rand.NewPCG(seed, 0))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	value := func() string {
		if r.IntN(5) == 0 {
			return pick(collections)
		}
		return pick(scalars)
	}
	kinds := []struct {
		name string
		make func() string
	}{
		{"new operators", func() string { return fmt.Sprintf("(%s) %s (%s)", value(), pick(operators), value()) }},
		{"new casts", func() string { return fmt.Sprintf("[%s](%s)", pick(types), value()) }},
		{"new formats", func() string { return fmt.Sprintf("'%s' -f (%s)", pick(formats), pick(scalars)) }},
		{"new pipelines", func() string {
			parts := []string{pick(sources)}
			for range 1 + r.IntN(3) {
				parts = append(parts, pick(stages))
			}
			return strings.Join(parts, " | ")
		}},
		{"new statements", func() string {
			return fmt.Sprintf("$x = %s\nif ($x %s %s) { 'yes' } else { 'no' }\nforeach ($i in %s) { switch ($i) { %s { 'one' } default { \"d:$_\" } } }\ntry { throw %s } catch { \"c:$_\" }",
				value(), pick([]string{"-eq", "-ne", "-lt", "-in", "-like"}), value(), value(), pick(scalars), pick(scalars))
		}},
	}
	list := make([]snippet, n)
	for i := range list {
		kind := kinds[i%len(kinds)]
		body := kind.make()
		list[i] = snippet{ID: fmt.Sprintf("%d/%d", seed, i), Group: kind.name, Snippet: body, Script: shown(body)}
	}
	return list
}

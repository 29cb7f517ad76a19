package shell

import (
	"fmt"
	"strings"
)

const preface = `# The PowerShell catalogue

This is everything that is ever sent to a server of the organization: one script per operation, in
` + "`internal/lync/shell/scripts`" + `. The list is closed; ` + "`kubectl fedroute commands`" + ` prints it. Arguments are bound
to typed parameters and never become PowerShell text. In Observe mode only the scripts that change
nothing are used: the program then holds no other.

A script needs nothing of the program that sends it. How it is entered, by that program and by hand: its text is one script block,
` + "`& ([scriptblock]::Create($text)) @arguments`" + `, or a file, ` + "`.\\Set-SiteRoute.ps1 -Site Redmond …`" + `, called with named
parameters on the machine it runs on. It imports its module and sets its preferences itself, never calls ` + "`exit`" + ` and puts out
one object; its errors carry the id ` + "`fedroute.<Kind>`" + `. A test runs every script so, without that program.

This page is generated from the headers of the scripts.
`

// Markdown writes the catalogue's page for people.
func Markdown(commands []Command) string {
	var page strings.Builder
	page.WriteString(preface)
	page.WriteString("\n| script | changes | runs on |\n| --- | --- | --- |\n")
	for _, c := range commands {
		fmt.Fprintf(&page, "| [%s](#%s) | %s | %s |\n", c.Name, strings.ToLower(c.Name), c.Changes, c.RunsOn)
	}
	for _, c := range commands {
		fmt.Fprintf(&page, "\n## %s\n%s.\n", c.Name, sentence(c.What))
		if c.Notes != "" {
			fmt.Fprintf(&page, "\n%s\n", c.Notes)
		}
		page.WriteString("\n")
		for _, line := range []struct{ label, text string }{
			{"Reads", c.Reads},
			{"Changes", c.Changes},
			{"Runs on", c.RunsOn},
			{"Errors", c.Errors},
			{"Cmdlets", strings.Join(c.Cmdlets, ", ")},
			{"Only where Get-Command finds it", strings.Join(c.Optional, ", ")},
			{"Versions", strings.Join(c.Versions, ", ")},
			{"Source", c.Source},
		} {
			if line.text != "" {
				fmt.Fprintf(&page, "- %s: %s\n", line.label, line.text)
			}
		}
	}
	return page.String()
}

// sentence gives the text a capital at its beginning.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

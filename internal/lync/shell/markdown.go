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

To try a script by hand, call it with its parameters in a Lync Server or Skype for Business Server
Management Shell; Set-DnsRecords in a PowerShell on the DNS server. Its output is one object; its errors carry the id ` + "`fedroute.<Kind>`" + `.

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

// sentence begins with a capital.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

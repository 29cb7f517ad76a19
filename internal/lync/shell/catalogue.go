package shell

import (
	"embed"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Command describes one script of the catalogue. The texts come from the script's header.
type Command struct {
	Name    string // "Set-SiteRoute"
	What    string // one line
	Notes   string // what a person must know before running it, may be empty
	Reads   string
	Changes string // "nothing" for a reading script
	RunsOn  string
	// Versions are the product generations that the script was written for, as the cmdlet
	// reference spells them. A script of the DnsServer module has versions of Windows
	// Server.
	Versions []string
	// Cmdlets are the cmdlets of the product or of the DnsServer module that the script
	// names, sorted.
	Cmdlets []string
	// Optional lists cmdlets or "Cmdlet -Parameter" that some of the versions do not have.
	// The script looks for them with Get-Command first.
	Optional []string
	Errors   string // the fault kinds it raises itself, may be empty
	Source   string // where the facts come from
	Text     string // the script
}

// Operator reports whether the script is for an operator's account, and not for a reader's:
// it may change something, or it asks about the account itself.
func (c Command) Operator() bool { return c.Writes() || c.Name == readEnablePermission.reading.name }

// Writes reports whether the script may change something.
func (c Command) Writes() bool { return c.Changes != "nothing" }

// Commands lists the catalogue, sorted by name. The catalogue is closed: no other script
// is ever run on a server.
func Commands() []Command { return slices.Clone(commands()) }

// commands reads the headers once: every look at a kit compares it with the catalogue.
var commands = sync.OnceValue(func() []Command {
	var all []Command
	for _, files := range []embed.FS{readingFiles, writingFiles} {
		entries, err := files.ReadDir("scripts")
		if err != nil {
			continue // an embedded folder that has no file does not exist
		}
		for _, e := range entries {
			s := load(files, strings.TrimSuffix(path.Base(e.Name()), ".ps1"))
			all = append(all, describe(s.name, s.text))
		}
	}
	slices.SortFunc(all, func(a, b Command) int { return strings.Compare(a.Name, b.Name) })
	return all
})

var (
	cmdletName = regexp.MustCompile(`\b[A-Z][a-z]+-(?:Cs|DnsServer)[A-Z][A-Za-z]+\b`)
	headerKey  = regexp.MustCompile(`^([A-Z][a-z]+(?: on)?): (.*)$`)
)

// describe reads a header. The first line names the script and says what it is for. Lines
// of the form "Key: value" follow, with indented continuation lines. Any other line
// belongs to the notes.
func describe(name, text string) Command {
	head, body := splitHeader(text)
	values := map[string]string{}
	var notes []string
	key := ""
	for _, line := range head[min(1, len(head)):] {
		switch m := headerKey.FindStringSubmatch(line); {
		case m != nil:
			key = m[1]
			values[key] = m[2]
		case key != "" && strings.HasPrefix(line, "  "):
			values[key] += " " + strings.TrimSpace(line)
		case line != "":
			key = ""
			notes = append(notes, line)
		}
	}
	what := ""
	if len(head) > 0 {
		what = strings.TrimSpace(strings.TrimPrefix(head[0], name+":"))
	}
	return Command{
		Name: name, What: what, Notes: strings.Join(notes, " "), Text: text,
		Reads: values["Reads"], Changes: values["Changes"], RunsOn: values["Runs on"],
		Versions: list(values["Versions"]), Optional: list(values["Optional"]),
		Errors: values["Errors"], Source: values["Source"],
		Cmdlets: slices.Compact(slices.Sorted(slices.Values(cmdletName.FindAllString(withoutComments(body), -1)))),
	}
}

// splitHeader gives the leading comment lines, without "# ", and the rest.
func splitHeader(text string) (head, body []string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "#") {
			return head, lines[i:]
		}
		head = append(head, strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
	}
	return head, nil
}

func withoutComments(lines []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), "#")
	}), "\n")
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ", ")
}

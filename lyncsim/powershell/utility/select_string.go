package utility

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func selectString() cmdlet {
	return cmdlet{name: "Select-String", unsaid: map[string]unsaid{"InputObject": {nulls: true}}, heeds: "Pattern Path LiteralPath InputObject Encoding SimpleMatch CaseSensitive Quiet NotMatch AllMatches List Raw",
		begin: func(_ context.Context, c *powershell.Call) error { c.State = &search{}; return nil },
		process: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Path") || c.Has("LiteralPath") {
				return searchFiles(c)
			}
			if item, ok := subject(c); ok {
				return searchLine(c, value.Text(item), value.NewObject().Set("Path", "InputStream").Set("LineNumber", lineNumber(c, count(c))))
			}
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			if !c.On("Quiet") {
				return nil
			}
			if c.State.(*search).hits == 0 {
				return nil
			}
			return c.EmitWhole(true)
		}}
}

// lineNumber is a line number as the edition gives it: an Int32 in PowerShell 5.1, a
// UInt64 in PowerShell 7.
func lineNumber(c *powershell.Call, n int) any {
	if c.Runspace().Edition() == powershell.Core7 {
		return uint64(n)
	}
	return n
}

// search is the state of a running Select-String.
type search struct {
	lines int
	hits  int
}

func count(c *powershell.Call) int {
	s := c.State.(*search)
	s.lines++
	return s.lines
}

func searchFiles(c *powershell.Call) error {
	list, err := paths(c)
	if err != nil {
		return err
	}
	for _, t := range list {
		text, ok, err := t.read(c)
		if err != nil {
			return err
		}
		if !ok {
			if err := c.WriteError(pathNotFound(t)); err != nil {
				return err
			}
			continue
		}
		for i, line := range dotnet.SplitLines(text) {
			hits := c.State.(*search).hits
			if err := searchLine(c, line, value.NewObject().Set("Path", t.name).Set("LineNumber", lineNumber(c, i+1))); err != nil {
				return err
			}
			if c.On("List") && c.State.(*search).hits > hits {
				break
			}
		}
	}
	return nil
}

// searchLine puts out the match of one line. at holds the place of the line.
func searchLine(c *powershell.Call, line string, at *value.Object) error {
	for _, pattern := range c.Texts("Pattern") {
		m, err := matchOf(c, line, pattern)
		if err != nil {
			return err
		}
		if (m != nil) == c.On("NotMatch") {
			continue
		}
		c.State.(*search).hits++
		switch {
		case c.On("Quiet"):
			return nil
		case c.On("Raw"):
			return c.EmitWhole(line)
		}
		matches, err := matchesOf(c, line, pattern, m)
		if err != nil {
			return err
		}
		return c.EmitWhole(matchInfo(line, pattern, at, matches).Set("IgnoreCase", !c.On("CaseSensitive")))
	}
	return nil
}

func matchOf(c *powershell.Call, line, pattern string) (*dotnet.Match, error) {
	re, err := compile(c, pattern)
	if err != nil {
		return nil, err
	}
	return re.Match(line, 0)
}

func compile(c *powershell.Call, pattern string) (*dotnet.Regex, error) {
	if c.On("SimpleMatch") {
		pattern = dotnet.EscapeRegex(pattern)
	}
	options := "i"
	if c.On("CaseSensitive") {
		options = ""
	}
	re, err := dotnet.CompileRegex(pattern, options)
	if err != nil {
		return nil, powershell.NewErrorRecord("System.ArgumentException", "InvalidRegex", "InvalidArgument", nil,
			"The string "+pattern+" is not a valid regular expression: "+err.Error())
	}
	return re, nil
}

// matchesOf are the matches of a line: the first match, or with -AllMatches all matches.
func matchesOf(c *powershell.Call, line, pattern string, first *dotnet.Match) ([]any, error) {
	if first == nil || c.On("SimpleMatch") {
		return []any{}, nil
	}
	matches := []any{first}
	if !c.On("AllMatches") {
		return matches, nil
	}
	re, err := compile(c, pattern)
	if err != nil {
		return nil, err
	}
	all, err := re.All(line)
	if err != nil {
		return nil, err
	}
	matches = matches[:0]
	for _, m := range all {
		matches = append(matches, m)
	}
	return matches, nil
}

func matchInfo(line, pattern string, at *value.Object, matches []any) *value.Object {
	path, _ := at.Get("Path")
	number, _ := at.Get("LineNumber")
	o := value.NewObject("Microsoft.PowerShell.Commands.MatchInfo").Set("LineNumber", number).Set("Line", line).
		Set("Filename", dotnet.Leaf(value.Text(path))).Set("Path", path).Set("Pattern", pattern).
		Set("Matches", value.NewArray("System.Text.RegularExpressions.Match", matches...))
	o.Text = func() string {
		if path == "InputStream" {
			return line
		}
		return value.Text(path) + ":" + value.Text(number) + ":" + line
	}
	return o
}

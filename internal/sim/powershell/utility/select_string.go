package utility

import (
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func selectString() cmdlet {
	return cmdlet{name: "Select-String", heeds: "Pattern Path LiteralPath InputObject Encoding SimpleMatch CaseSensitive Quiet NotMatch AllMatches List Raw",
		begin: func(_ context.Context, c *powershell.Call) error { c.State = &search{}; return nil },
		process: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Path") || c.Has("LiteralPath") {
				return searchFiles(c)
			}
			if item, ok := subject(c); ok {
				return searchLine(c, value.Text(item), value.NewObject().Set("Path", "InputStream").Set("LineNumber", count(c)))
			}
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			if !c.On("Quiet") {
				return nil
			}
			return c.EmitWhole(c.State.(*search).hit)
		}}
}

// search is a Select-String at work.
type search struct {
	lines int
	hit   bool
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
			if err := searchLine(c, line, value.NewObject().Set("Path", t.name).Set("LineNumber", i+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// searchLine puts out a match of one line, which stands where at says.
func searchLine(c *powershell.Call, line string, at *value.Object) error {
	for _, pattern := range c.Texts("Pattern") {
		m, err := matchOf(c, line, pattern)
		if err != nil {
			return err
		}
		if (m != nil) == c.On("NotMatch") {
			continue
		}
		c.State.(*search).hit = true
		if c.On("Quiet") {
			return nil
		}
		return c.EmitWhole(matchInfo(line, pattern, at, m))
	}
	return nil
}

func matchOf(c *powershell.Call, line, pattern string) (*dotnet.Match, error) {
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
	return re.Match(line, 0)
}

func matchInfo(line, pattern string, at *value.Object, m *dotnet.Match) *value.Object {
	path, _ := at.Get("Path")
	number, _ := at.Get("LineNumber")
	matches := []any{}
	if m != nil {
		matches = append(matches, m)
	}
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

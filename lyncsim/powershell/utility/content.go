package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func getContent() cmdlet {
	return cmdlet{name: "Get-Content", heeds: "Path LiteralPath TotalCount Tail Encoding Raw Force",
		process: func(_ context.Context, c *powershell.Call) error {
			if strings.EqualFold(c.Text("Encoding"), "Byte") {
				return dotnet.Refuse("Get-Content -Encoding Byte")
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if err := emitContent(c, t); err != nil {
					return err
				}
			}
			return nil
		}}
}

func emitContent(c *powershell.Call, t target) error {
	text, ok, err := t.read(c)
	if err != nil {
		return err
	}
	if !ok {
		return c.WriteError(pathNotFound(t))
	}
	if c.On("Raw") {
		return c.EmitWhole(text)
	}
	lines := dotnet.SplitLines(text)
	if strings.Trim(text, "\r\n") == "" && text != "" {
		lines = make([]string, strings.Count(text, "\n"))
	}
	if c.Has("TotalCount") {
		lines = lines[:min(len(lines), max(0, c.Int("TotalCount")))]
	}
	if c.Has("Tail") {
		lines = lines[max(0, len(lines)-c.Int("Tail")):]
	}
	return c.Emit(lines)
}

// read gives a target's content as text; false when it is not there.
func (t target) read(c *powershell.Call) (string, bool, error) {
	switch t.drive {
	case "env":
		v := environment(c, t.name)
		return value.Text(v), v != nil, nil
	case "variable":
		v, ok := c.Variable(t.name)
		return value.Text(v), ok, nil
	}
	data, err := c.Runspace().Env().Files.ReadFile(t.name)
	if err != nil {
		return "", false, nil
	}
	text := dotnet.DecodeText(data)
	plain := string(data) == text
	if plain && !c.Has("Encoding") && c.Runspace().Edition() == powershell.Windows51 && strings.ContainsFunc(text, func(r rune) bool { return r > 127 }) {
		return "", false, dotnet.Refuse("text outside ASCII in the machine's own code page; use -Encoding UTF8")
	}
	return text, true, nil
}

// writer makes Set-Content and Add-Content.
func writer(name string, save func(c *powershell.Call, t target, text string) error) cmdlet {
	return cmdlet{name: name, heeds: "Path LiteralPath Value Encoding Force NoNewline", unsaid: map[string]unsaid{"Value": {nulls: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			if strings.EqualFold(c.Text("Encoding"), "Byte") {
				return dotnet.Refuse("%s -Encoding Byte", name)
			}
			c.State = append(gathered(c), value.Unroll(c.Value("Value"))...)
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			end := "\r\n"
			if c.On("NoNewline") {
				end = ""
			}
			var text strings.Builder
			for _, v := range gathered(c) {
				text.WriteString(value.Text(v) + end)
			}
			for _, t := range list {
				if err := save(c, t, text.String()); err != nil {
					return err
				}
			}
			return nil
		}}
}

func setContent() cmdlet {
	return writer("Set-Content", func(c *powershell.Call, t target, text string) error {
		switch t.drive {
		case "env":
			setEnvironment(c, t.name, strings.TrimSuffix(text, "\r\n"))
			return nil
		case "variable":
			return c.SetVariable(t.name, strings.TrimSuffix(text, "\r\n"), "")
		}
		yes, err := c.ShouldProcess("Path: "+t.name, "Set Content")
		if err != nil || !yes {
			return err
		}
		data, err := encode(c, text, usualEncoding(c))
		if err != nil {
			return err
		}
		return dotnet.FileError(c.Runspace().Env().Files.WriteFile(t.name, data), t.name)
	})
}

func addContent() cmdlet {
	return writer("Add-Content", func(c *powershell.Call, t target, text string) error {
		if t.drive != "" {
			return dotnet.Refuse("Add-Content on the drive %s:", t.drive)
		}
		yes, err := c.ShouldProcess("Path: "+t.name, "Add Content")
		if err != nil || !yes {
			return err
		}
		return appendText(c, t, text, usualEncoding(c))
	})
}

// setEnvironment sets or, with an empty text, removes an environment variable.
func setEnvironment(c *powershell.Call, name, text string) {
	vars := c.Runspace().Env().Vars
	for k := range vars {
		if strings.EqualFold(k, name) {
			delete(vars, k)
		}
	}
	if text != "" {
		vars[name] = text
	}
}

// clearContent empties files that are there.
func clearContent() cmdlet {
	return cmdlet{name: "Clear-Content", heeds: "Path LiteralPath Force",
		process: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if err := clearOne(c, t); err != nil {
					return err
				}
			}
			return nil
		}}
}

func clearOne(c *powershell.Call, t target) error {
	if !t.isFile(c) {
		return c.WriteError(pathNotFound(t))
	}
	yes, err := c.ShouldProcess("Path: "+t.name, "Clear Content")
	if err != nil || !yes {
		return err
	}
	return dotnet.FileError(c.Runspace().Env().Files.WriteFile(t.name, nil), t.name)
}

package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// csvIn7 are the parameters that ConvertTo-Csv and Export-Csv have in 7 only.
const csvIn7 = "IncludeTypeInformation NoHeader QuoteFields UseQuotes"

func convertToCSV() cmdlet {
	return cmdlet{name: "ConvertTo-Csv", heeds: "InputObject Delimiter UseCulture NoTypeInformation " + csvIn7,
		process: gather,
		end: func(_ context.Context, c *powershell.Call) error {
			items := gathered(c)
			if len(items) == 0 {
				return nil
			}
			if err := refuseRows(items); err != nil {
				return err
			}
			names := columnsOf(c, items[0])
			if len(names) == 0 && c.Runspace().Edition() == powershell.Core7 {
				return nil
			}
			lines, err := csvLines(c, items, names, true)
			if err != nil {
				return err
			}
			return c.Emit(lines)
		}}
}

// refuseRows refuses objects of the classes whose properties, or the order of them, the
// simulator does not know completely.
func refuseRows(items []any) error {
	for _, item := range items {
		switch item.(type) {
		case *value.Object, *value.Hashtable, string, bool, value.Char:
			continue
		}
		if !value.IsNumber(item) {
			return dotnet.Refuse("CSV of a %s", value.TypeName(item))
		}
	}
	return nil
}

// delimiter is the text between fields. Without -Delimiter it is the comma, which is
// also the list separator of the simulated culture.
func delimiter(c *powershell.Call) string {
	if c.Has("Delimiter") {
		return c.Text("Delimiter")
	}
	return ","
}

func columnsOf(c *powershell.Call, item any) []string {
	var names []string
	for _, p := range properties(c, item) {
		names = append(names, p.Name)
	}
	return names
}

// csvLines writes objects as lines. With head, the type and the names come first.
// PowerShell 5.1 writes the type unless -NoTypeInformation is given; PowerShell 7 writes
// it only with -IncludeTypeInformation.
func csvLines(c *powershell.Call, items []any, names []string, head bool) ([]string, error) {
	var lines []string
	typed := c.On("IncludeTypeInformation")
	if c.Runspace().Edition() == powershell.Windows51 {
		typed = !c.On("NoTypeInformation")
	}
	if head && typed {
		lines = append(lines, "#TYPE "+value.TypeName(items[0]))
	}
	if head && !c.On("NoHeader") {
		lines = append(lines, csvLine(c, names, texts(names)))
	}
	for _, item := range items {
		fields := make([]any, len(names))
		for i, name := range names {
			v, _, err := c.Property(item, name)
			if err != nil {
				return nil, err
			}
			fields[i] = v
		}
		if line := csvLine(c, names, fields); line != "" || c.Runspace().Edition() == powershell.Windows51 && len(names) > 0 {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func texts(names []string) []any {
	list := make([]any, len(names))
	for i, n := range names {
		list[i] = n
	}
	return list
}

// csvLine writes one line. A $null becomes an empty field without quotes.
func csvLine(c *powershell.Call, names []string, fields []any) string {
	line := make([]string, len(fields))
	for i, f := range fields {
		text := value.Text(f)
		switch f.(type) {
		case value.DateTime, float32, float64: // written as their ToString writes them
			text = value.MethodText(f, c.Runspace().Edition() == powershell.Core7)
		}
		if _, many := value.Items(f); many {
			text = value.TypeName(f)
		}
		if f != nil && csvQuotes(c, names[i], text) {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		line[i] = text
	}
	return strings.Join(line, delimiter(c))
}

// csvQuotes reports whether a field is quoted. PowerShell 5.1 quotes every field. In
// PowerShell 7 the parameters decide.
func csvQuotes(c *powershell.Call, name, text string) bool {
	if c.Has("QuoteFields") {
		return slices.ContainsFunc(c.Texts("QuoteFields"), func(f string) bool { return strings.EqualFold(f, name) })
	}
	switch c.Text("UseQuotes") {
	case "Never":
		return false
	case "AsNeeded":
		return strings.ContainsAny(text, "\"\r\n"+delimiter(c))
	}
	return true
}

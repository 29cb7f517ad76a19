package utility

import (
	"context"
	"slices"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// viewer is a command that shows objects for people. What it puts out are the
// lines of the view, where the real ones put out format objects.
func viewer(name, alias, class string, layOut func(rows []any, names []string) []string) *powershell.Command {
	return &powershell.Command{Name: name, Aliases: []string{alias}, Class: "Microsoft.PowerShell.Commands." + class,
		Parameters: append([]powershell.Parameter{
			piped("InputObject"), at(0, "Property", "Object[]"), named("GroupBy", ""), named("View", "String"),
		}, flags("AutoSize", "Wrap", "HideTableHeaders", "Force")...),
		Process: gather,
		End: func(ctx context.Context, c *powershell.Call) error {
			if c.Has("GroupBy") || c.Has("View") {
				return dotnet.Refuse("%s -GroupBy or -View", name)
			}
			rows, err := viewed(ctx, c)
			if err != nil || len(rows) == 0 {
				return err
			}
			names := titles(c, rows[0])
			if len(names) == 0 {
				return c.Emit(c.Runspace().Render(rows))
			}
			lines := layOut(rows, names)
			if c.On("HideTableHeaders") {
				lines = slices.Delete(lines, 1, 3)
			}
			return c.Emit(lines)
		}}
}

func formatTable() *powershell.Command {
	return viewer("Format-Table", "ft", "FormatTableCommand", powershell.TableView)
}

func formatList() *powershell.Command {
	return viewer("Format-List", "fl", "FormatListCommand", powershell.ListView)
}

// viewed are the objects to show, reduced to -Property.
func viewed(ctx context.Context, c *powershell.Call) ([]any, error) {
	list, err := columns(value.Unroll(c.Value("Property")))
	if err != nil || len(list) == 0 {
		return gathered(c), err
	}
	s := &selection{columns: list}
	var rows []any
	for _, item := range gathered(c) {
		made, err := s.project(ctx, c, item)
		if err != nil {
			return nil, err
		}
		rows = append(rows, made)
	}
	return rows, nil
}

func titles(c *powershell.Call, item any) []string {
	switch item.(type) {
	case string, bool, value.DateTime:
		return nil
	case *value.Hashtable:
		return []string{"Name", "Value"}
	}
	if value.IsNumber(item) {
		return nil
	}
	var names []string
	for _, p := range properties(c, item) {
		names = append(names, p.Name)
	}
	return names
}

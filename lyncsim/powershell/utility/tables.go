package utility

import (
	"context"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// viewer makes a command that shows objects for people. The command puts out the lines
// of the view. The real commands put out format objects instead.
func viewer(name, more string, layOut func(rows []any, names []string, core bool) []string) cmdlet {
	return cmdlet{name: name, heeds: "InputObject Property Force" + more,
		process: gather,
		end: func(ctx context.Context, c *powershell.Call) error {
			rows, err := viewed(ctx, c)
			if err != nil || len(rows) == 0 {
				return err
			}
			if err := refuseView(rows); err != nil {
				return err
			}
			names := titles(c, rows[0])
			if len(names) == 0 {
				return c.Emit(c.Runspace().Render(rows))
			}
			if name == "Format-List" {
				names = nil
			}
			lines := layOut(rows, names, c.Runspace().Edition() == powershell.Core7)
			if c.On("HideTableHeaders") {
				lines = slices.Delete(lines, 1, 3)
			}
			return c.Emit(lines)
		}}
}

func formatTable() cmdlet {
	return viewer("Format-Table", " AutoSize Wrap HideTableHeaders", powershell.TableView)
}

func formatList() cmdlet { return viewer("Format-List", "", powershell.ListView) }

// viewed are the objects to show, reduced to -Property.
func viewed(ctx context.Context, c *powershell.Call) ([]any, error) {
	list, err := columns(value.Unroll(c.Value("Property")))
	if err != nil || len(list) == 0 {
		return gathered(c), err
	}
	s := &selection{columns: list, present: c.Name() == "Format-List"}
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
	case string, bool, value.Enum, value.Char:
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
